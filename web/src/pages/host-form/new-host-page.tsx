import { Link, useNavigate, useRouter } from '@tanstack/react-router';
import { useTitle } from '../../components/use-title.ts';
import { useView } from '../../live/use-live.ts';
import { startTexts } from '../../texts/fleet.ts';
import { formTexts } from '../../texts/form.ts';
import { HostForm } from './host-form.tsx';

export function NewHostPage() {
  const navigate = useNavigate();
  const router = useRouter();
  useTitle(formTexts.addTitle);
  useView({ hosts: [], watch: [] });
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-5 py-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h1 className="text-2xl font-semibold">{formTexts.addTitle}</h1>
        <p className="text-sm text-muted">
          {formTexts.many}{' '}
          <Link to="/hosts/import" className="text-accent underline">
            {startTexts.import}
          </Link>
        </p>
      </div>
      <HostForm
        saved={null}
        onSaved={({ id }) => void navigate({ to: '/hosts/$id', params: { id }, replace: true })}
        onCancel={() => router.history.back()}
      />
    </div>
  );
}

import { useNavigate, useParams } from '@tanstack/react-router';
import { useFresh } from '../../api/fresh.ts';
import { ApiError } from '../../api/http.ts';
import { hostQuery } from '../../api/queries.ts';
import { Missing } from '../../components/failed.tsx';
import { Notice } from '../../components/notice.tsx';
import { useTitle } from '../../components/use-title.ts';
import { useView } from '../../live/use-live.ts';
import { texts } from '../../texts/common.ts';
import { formTexts } from '../../texts/form.ts';
import { hostTexts } from '../../texts/host.ts';
import { HostForm } from './host-form.tsx';

/** What is answered for a host that is not there, and for an id that is none. */
const notFound: ReadonlySet<number> = new Set([400, 404]);

export function EditHostPage() {
  const { id } = useParams({ from: '/app/hosts/$id/edit' });
  const navigate = useNavigate();
  const { data: host, error } = useFresh(hostQuery(id));
  const toHost = (): void => void navigate({ to: '/hosts/$id', params: { id }, replace: true });
  useTitle(formTexts.editTitle);
  useView({ hosts: [], watch: [] });
  // A form that is there stays, also where somebody removes the host meanwhile, so that nobody loses what they typed.
  if (!host && error instanceof ApiError && notFound.has(error.status)) return <Missing text={hostTexts.missing} />;
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-5 py-4">
      <h1 className="break-words text-2xl font-semibold">
        {formTexts.editTitle}
        {host ? `: ${host.name}` : ''}
      </h1>
      {error && !host ? <Notice kind="bad">{error.message}</Notice> : null}
      {host ? (
        <HostForm key={host.id} saved={host} onSaved={toHost} onCancel={toHost} />
      ) : error ? null : (
        <p role="status" className="text-muted">
          {texts.loading}
        </p>
      )}
    </div>
  );
}

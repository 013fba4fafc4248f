import { leaveForProvider, type PublicProvider } from '../../api/sign-in.ts';
import { Button } from '../../components/button.tsx';
import { useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import { signInTexts } from '../../texts/people/sign-in.ts';

/** The way to the provider. Where there is a password form above, beside it. */
export function ProviderButton({
  provider,
  next,
  isAlone,
}: {
  readonly provider: PublicProvider;
  readonly next: string;
  readonly isAlone: boolean;
}) {
  const { run, isBusy, error } = useAction(() => leaveForProvider(next));
  return (
    <div className="flex flex-col gap-3">
      {isAlone ? null : (
        <div className="flex items-center gap-3 text-xs text-muted">
          <span className="h-px flex-1 bg-line" />
          {signInTexts.or}
          <span className="h-px flex-1 bg-line" />
        </div>
      )}
      {error ? <Notice kind="bad">{error}</Notice> : null}
      <Button
        look={isAlone ? 'primary' : 'plain'}
        className="w-full !whitespace-normal"
        busy={isBusy}
        onClick={() => void run()}
      >
        {signInTexts.with(provider.name)}
      </Button>
    </div>
  );
}

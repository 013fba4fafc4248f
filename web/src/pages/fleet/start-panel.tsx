import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { request } from '../../api/http.ts';
import { meQuery, refresh, settingsQuery } from '../../api/queries.ts';
import type { Host } from '../../api/types.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { useAction } from '../../components/form/use-action.ts';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { startTexts } from '../../texts/fleet.ts';
import { policyTexts } from '../../texts/policy.ts';

const card = 'flex flex-col items-start gap-3 rounded-2xl border border-line bg-surface p-6';

/** What is shown while there are no hosts: the ways to begin, and the one question. */
export function StartPanel() {
  const { data: me } = useQuery(meQuery);
  return (
    <section className="mx-auto flex max-w-3xl flex-col gap-6 py-8 sm:py-14">
      <div>
        <h1 className="text-2xl font-semibold">{startTexts.title}</h1>
        <p className="mt-1 text-muted">{startTexts.lead}</p>
      </div>
      <div className={`grid gap-4 ${me?.is_admin ? 'sm:grid-cols-2' : ''}`}>
        {me?.is_admin ? <WatchThisMachine /> : null}
        <div className={card}>
          <Icon name="server" className="size-8 text-accent" />
          <h2 className="text-lg font-semibold">{startTexts.server}</h2>
          <p className="flex-1 text-sm text-muted">{startTexts.serverText}</p>
          <Link to="/hosts/new" className={buttonClass(me?.is_admin ? 'plain' : 'primary')}>
            {startTexts.server}
          </Link>
        </div>
      </div>
      <p className="text-sm text-muted">
        {startTexts.importText}{' '}
        <Link to="/hosts/import" className="text-accent underline">
          {startTexts.import}
        </Link>
      </p>
      {me?.is_admin ? <PolicyQuestion /> : <p className="text-sm text-muted">{startTexts.waiting}</p>}
    </section>
  );
}

function WatchThisMachine() {
  const navigate = useNavigate();
  const { run, isBusy, error } = useAction(async () => {
    const host = await request<Host>('POST', '/host/db/host', {
      name: startTexts.localName,
      ip: 'localhost',
      connectionType: 'local',
    });
    await navigate({ to: '/hosts/$id', params: { id: host.id } });
  });
  return (
    <div className={card}>
      <Icon name="laptop" className="size-8 text-accent" />
      <h2 className="text-lg font-semibold">{startTexts.local}</h2>
      <p className="flex-1 text-sm text-muted">{startTexts.localText}</p>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      <Button look="primary" busy={isBusy} onClick={() => void run()}>
        {startTexts.local}
      </Button>
    </div>
  );
}

/** Asked until it was answered once. */
export function PolicyQuestion() {
  const { data: settings } = useQuery(settingsQuery);
  const { run, isBusy, error } = useAction(async (collectAlways: boolean) => {
    await request('POST', '/global-settings', { collectAlways });
    await refresh(settingsQuery);
  });
  if (!settings || settings.collectAlwaysChosen) return null;
  const answers = [
    [true, policyTexts.always, policyTexts.alwaysText],
    [false, policyTexts.looking, policyTexts.lookingText],
  ] as const;
  return (
    <div role="group" aria-labelledby="policy-question" className={card}>
      <h2 id="policy-question" className="font-semibold">
        {policyTexts.question}
      </h2>
      <div className="grid w-full gap-3 sm:grid-cols-2">
        {answers.map(([collectAlways, name, text]) => (
          <button
            key={name}
            type="button"
            disabled={isBusy}
            onClick={() => void run(collectAlways)}
            className="rounded-xl border border-line p-4 text-left hover:border-accent hover:bg-accent-soft"
          >
            <span className="block font-medium">{name}</span>
            <span className="block text-sm text-muted">{text}</span>
          </button>
        ))}
      </div>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      <p className="text-xs text-muted">{policyTexts.hint}</p>
    </div>
  );
}

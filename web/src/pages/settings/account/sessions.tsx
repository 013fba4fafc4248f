import { useQuery } from '@tanstack/react-query';
import { request } from '../../../api/http.ts';
import { refresh, sessionsQuery } from '../../../api/queries.ts';
import type { Session } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import * as format from '../../../format.ts';
import { settingsTexts } from '../../../texts/settings.ts';
import { List, Loaded, Named, Panel } from '../panel.tsx';
import { nameOfClient } from './user-agent.ts';

const words = settingsTexts.session;

/** Where one is logged in. */
export function SessionsSettings() {
  const query = useQuery(sessionsQuery);
  const { run, isBusy, error } = useAction(async (sessions: readonly Session[]) => {
    for (const { id } of sessions) await request('DELETE', `/users/sessions/${encodeURIComponent(id)}`);
    await refresh(sessionsQuery);
  });
  return (
    <Panel lead={words.text}>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      <Loaded query={query}>
        {({ sessions }) => {
          const others = sessions.filter(({ isCurrent }) => !isCurrent);
          return (
            <>
              <List items={sessions} empty={words.none} keyOf={({ id }) => id}>
                {(one) => (
                  <>
                    <Named
                      name={
                        <>
                          {nameOfClient(one.userAgent)}
                          {one.isCurrent ? (
                            <span className="ml-2 text-sm font-normal text-good">{words.current}</span>
                          ) : null}
                        </>
                      }
                      about={`${one.address} · ${words.since} ${format.time(one.createdAt)} · ${words.until} ${format.time(one.expiresAt)}`}
                    />
                    {one.isCurrent ? null : (
                      <Button look="danger" busy={isBusy} onClick={() => void run([one])}>
                        {words.revoke}
                      </Button>
                    )}
                  </>
                )}
              </List>
              {others.length > 1 ? (
                <div>
                  <Button look="danger" busy={isBusy} onClick={() => void run(others)}>
                    {words.revokeOthers}
                  </Button>
                </div>
              ) : null}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

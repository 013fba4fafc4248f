import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { request } from '../../../api/http.ts';
import { hostKeysQuery, keysOfHostQuery, pendingKeysQuery, refresh } from '../../../api/queries.ts';
import type { HostKey, Me, PendingKey } from '../../../api/types.ts';
import { AcceptKey } from '../../../components/accept-key.tsx';
import { Confirm } from '../../../components/form/confirm.tsx';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import { hostKeyTexts } from '../../../texts/host-keys.ts';
import { List, Loaded, Named, Panel } from '../panel.tsx';
import { HostKeyPolicyForm } from './host-key-policy.tsx';
import { KeyHistory } from './key-history.tsx';
import { KnownHostsImportForm } from './known-hosts-import.tsx';
import { KnownHostsLines } from './known-hosts-lines.tsx';

const words = hostKeyTexts;

/** The keys by which hosts are known: those that wait first, then those that are pinned, and where they come from. */
export function HostKeysSettings({ me }: { readonly me: Me }) {
  const { data: pending = [] } = useQuery(pendingKeysQuery);
  const query = useQuery(hostKeysQuery);
  return (
    <>
      <p className="text-sm text-muted">{words.text}</p>
      {pending.length > 0 ? (
        <Panel title={words.pendingTitle}>
          <List items={pending} empty="" keyOf={({ hostId }) => String(hostId)}>
            {(key) => (
              <>
                <KeyOfHost
                  keyOf={key}
                  about={`${words.pending[key.why]} · ${words.seen} ${format.time(key.firstSeen)}`}
                >
                  <KeyHistory hostId={key.hostId} name={key.hostName} />
                </KeyOfHost>
                {key.level === 'manage' ? (
                  <AcceptKey hostId={key.hostId} fingerprint={key.fingerprint} />
                ) : (
                  <p className="text-sm text-muted">{hostTexts.keys.onlyManagers}</p>
                )}
              </>
            )}
          </List>
        </Panel>
      ) : null}
      {me.is_admin ? <HostKeyPolicyForm /> : null}
      <Panel title={words.pinnedTitle}>
        <Loaded query={query}>
          {(keys) => (
            <List items={keys} empty={words.none} keyOf={(key) => `${key.hostId} ${key.fingerprint}`}>
              {(key) => (
                <>
                  <KeyOfHost
                    keyOf={key}
                    about={`${words.since} ${format.time(key.firstSeen)}, ${words.sources[key.source]}`}
                  >
                    <KeyHistory hostId={key.hostId} name={key.hostName} />
                  </KeyOfHost>
                  <Confirm
                    label={words.forget}
                    title={`${words.forget}: ${key.hostName}`}
                    text={words.forgetText}
                    onConfirm={async () => {
                      await request('DELETE', `/host-keys/${key.hostId}`);
                      await refresh(hostKeysQuery, pendingKeysQuery, keysOfHostQuery(key.hostId));
                    }}
                  />
                </>
              )}
            </List>
          )}
        </Loaded>
      </Panel>
      <KnownHostsImportForm me={me} />
      <KnownHostsLines me={me} />
    </>
  );
}

function KeyOfHost({
  keyOf: key,
  about,
  children,
}: {
  readonly keyOf: HostKey | PendingKey;
  readonly about: string;
  readonly children: ReactNode;
}) {
  return (
    <Named
      name={
        <Link to="/hosts/$id" params={{ id: key.hostId }} className="underline decoration-line underline-offset-4">
          {key.hostName}
        </Link>
      }
      about={
        <>
          {key.address} · {about}
          <br />
          <span className="break-all font-mono text-xs">
            {key.algorithm} {key.fingerprint}
          </span>
          <br />
          {children}
        </>
      }
    />
  );
}

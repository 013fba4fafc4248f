import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { keysOfHostQuery, refresh } from '../../api/queries.ts';
import { AcceptKey } from '../../components/accept-key.tsx';
import { Copy } from '../../components/copy.tsx';
import { hostTexts } from '../../texts/host.ts';

const words = hostTexts.keys;

/** Which key was expected, which was shown, how to find out whose it is, and the button that accepts it. */
export function KeyTrouble({ id, reason }: { readonly id: number; readonly reason: string }) {
  const query = keysOfHostQuery(id);
  const { data: keys } = useQuery(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another reason means another key
  useEffect(() => void refresh(query), [id, reason]);
  if (!keys?.pending) return null;
  const { pinned, pending, level } = keys;
  return (
    <div className="flex w-full flex-col gap-3">
      <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[auto_1fr]">
        <dt className="font-semibold">{words.expected}</dt>
        <dd className="break-all font-mono text-xs">
          {pinned.length === 0 ? words.noneExpected : pinned.map(nameOf).join(', ')}
        </dd>
        <dt className="font-semibold">{words.shown}</dt>
        <dd className="break-all font-mono text-xs">{nameOf(pending)}</dd>
      </dl>
      <p>{words.check}</p>
      <Copy label={words.command} text={commandFor(pending.algorithm)} />
      {level === 'manage' ? (
        <div>
          <AcceptKey hostId={id} fingerprint={pending.fingerprint} />
        </div>
      ) : (
        <p>{words.onlyManagers}</p>
      )}
    </div>
  );
}

function nameOf({ algorithm, fingerprint }: { readonly algorithm: string; readonly fingerprint: string }): string {
  return `${algorithm} ${fingerprint}`;
}

/** What prints the fingerprint on the host itself, where OpenSSH keeps its keys. */
function commandFor(algorithm: string): string {
  const type = algorithm.startsWith('ecdsa-') ? 'ecdsa' : algorithm === 'ssh-rsa' ? 'rsa' : 'ed25519';
  return `ssh-keygen -lf /etc/ssh/ssh_host_${type}_key.pub`;
}

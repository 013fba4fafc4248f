import { request } from '../api/http.ts';
import { hostKeysQuery, keysOfHostQuery, pendingKeysQuery, refresh } from '../api/queries.ts';
import { hostTexts } from '../texts/host.ts';
import { Confirm } from './form/confirm.tsx';

const words = hostTexts.keys;

/** Accepts the key of this fingerprint for a host, after asking once more. */
export function AcceptKey({ hostId, fingerprint }: { readonly hostId: number; readonly fingerprint: string }) {
  return (
    <Confirm
      label={words.accept}
      title={words.acceptTitle}
      text={words.acceptText(fingerprint)}
      onConfirm={async () => {
        try {
          await request('POST', `/host-keys/${hostId}/accept`, { fingerprint });
        } finally {
          await refresh(hostKeysQuery, pendingKeysQuery, keysOfHostQuery(hostId));
        }
      }}
    />
  );
}

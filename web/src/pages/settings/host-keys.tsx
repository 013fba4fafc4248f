import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { request } from '../../api/http.ts';
import { hostKeysQuery, refresh } from '../../api/queries.ts';
import { Confirm } from '../../components/confirm.tsx';
import * as format from '../../format.ts';
import { texts } from '../../texts.ts';
import { List, Loaded, Named, Panel } from './panel.tsx';

const words = texts.settings.hostKey;

/** The keys by which hosts are known. */
export function HostKeysSettings() {
  const query = useQuery(hostKeysQuery);
  return (
    <Panel lead={words.text}>
      <Loaded query={query}>
        {(keys) => (
          <List items={keys} empty={words.none} keyOf={(key) => `${key.hostId} ${key.fingerprint}`}>
            {(key) => (
              <>
                <Named
                  name={
                    <Link
                      to="/hosts/$id"
                      params={{ id: key.hostId }}
                      className="underline decoration-line underline-offset-4"
                    >
                      {key.hostName}
                    </Link>
                  }
                  about={
                    <>
                      {key.address} · {words.since} {format.time(key.firstSeen)}
                      <br />
                      <span className="break-all font-mono text-xs">
                        {key.algorithm} {key.fingerprint}
                      </span>
                    </>
                  }
                />
                <Confirm
                  label={words.forget}
                  title={`${words.forget}: ${key.hostName}`}
                  text={words.forgetText}
                  onConfirm={async () => {
                    await request('DELETE', `/host-keys/${key.hostId}`);
                    await refresh(hostKeysQuery);
                  }}
                />
              </>
            )}
          </List>
        )}
      </Loaded>
    </Panel>
  );
}

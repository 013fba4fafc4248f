import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../../api/http.ts';
import { knownHostsQuery, refresh } from '../../../api/queries.ts';
import type { Me } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { Confirm } from '../../../components/form/confirm.tsx';
import { texts } from '../../../texts/common.ts';
import { hostKeyTexts } from '../../../texts/host-keys.ts';
import { List, Loaded, Named, Panel } from '../panel.tsx';
import { namesText } from './known-hosts-import.tsx';

const words = hostKeyTexts;
const first = 20;

/** The lines of known_hosts that are kept for hosts that come later. */
export function KnownHostsLines({ me }: { readonly me: Me }) {
  const query = useQuery(knownHostsQuery);
  const [showsAll, setShowsAll] = useState(false);
  return (
    <Panel title={words.keptTitle}>
      <Loaded query={query}>
        {(lines) => (
          <List items={showsAll ? lines : lines.slice(0, first)} empty={words.noneKept} keyOf={({ id }) => String(id)}>
            {({ id, names, marker, algorithm, fingerprint, isEverybodys }) => (
              <>
                <Named
                  name={[namesText(names), words.markers[marker], isEverybodys ? words.everybodys : '']
                    .filter((part) => part !== '')
                    .join(' · ')}
                  about={
                    <span className="break-all font-mono text-xs">
                      {algorithm} {fingerprint}
                    </span>
                  }
                />
                {isEverybodys && !me.is_admin ? null : (
                  <Confirm
                    label={texts.remove}
                    title={`${texts.remove}: ${namesText(names)}`}
                    text={words.removeLineText}
                    onConfirm={async () => {
                      await request('DELETE', `/known-hosts/${id}`);
                      await refresh(knownHostsQuery);
                    }}
                  />
                )}
              </>
            )}
          </List>
        )}
      </Loaded>
      {(query.data?.length ?? 0) > first ? (
        <div>
          <Button look="quiet" onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? texts.showLess : texts.showAll(query.data?.length ?? 0)}
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

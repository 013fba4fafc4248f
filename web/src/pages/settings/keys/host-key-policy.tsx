import { useState } from 'react';
import { useFresh } from '../../../api/fresh.ts';
import { request } from '../../../api/http.ts';
import { pendingKeysQuery, refresh, settingsQuery } from '../../../api/queries.ts';
import type { HostKeyPolicy } from '../../../api/types.ts';
import { useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import { hostKeyTexts } from '../../../texts/host-keys.ts';
import { hostKeyPolicies } from '../../host-form/draft.ts';
import { Loaded, Panel } from '../panel.tsx';

const words = hostKeyTexts;

/** What becomes of the key of a host that is met for the first time, for all hosts that say nothing else. */
export function HostKeyPolicyForm() {
  const query = useFresh(settingsQuery);
  const [isSaved, setIsSaved] = useState(false);
  /** What was chosen and is not answered yet. */
  const [chosen, setChosen] = useState<HostKeyPolicy | null>(null);
  const { run, error } = useAction(async (hostKeyPolicy: HostKeyPolicy) => {
    setIsSaved(false);
    setChosen(hostKeyPolicy);
    try {
      await request('POST', '/global-settings', { hostKeyPolicy });
      await refresh(settingsQuery, pendingKeysQuery);
      setIsSaved(true);
    } finally {
      setChosen(null);
    }
  });
  return (
    <Panel>
      <Loaded query={query}>
        {(settings) => (
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-2 font-semibold">{words.policyTitle}</legend>
            {hostKeyPolicies.map((policy) => (
              <label
                key={policy}
                className="flex gap-3 rounded-xl border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft"
              >
                <input
                  type="radio"
                  name="hostKeyPolicy"
                  checked={(chosen ?? settings.hostKeyPolicy) === policy}
                  onChange={() => void run(policy)}
                  className="mt-1 accent-accent"
                />
                <span>
                  <span className="block text-sm font-medium">{words.policies[policy]}</span>
                  <span className="block text-sm text-muted">{words.policyTexts[policy]}</span>
                </span>
              </label>
            ))}
          </fieldset>
        )}
      </Loaded>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      {isSaved ? <Notice kind="good">{words.policySaved}</Notice> : null}
    </Panel>
  );
}

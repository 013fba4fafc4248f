import { useState } from 'react';
import type { HeartbeatState } from '../../../../src/model/alerts/heartbeat.ts';
import { useFresh } from '../../api/fresh.ts';
import { type Heartbeat, heartbeatQuery } from '../../api/heartbeat.ts';
import { request } from '../../api/http.ts';
import { refresh } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, TextField } from '../../components/form/field.tsx';
import { SavedForm } from '../../components/form/saved-form.tsx';
import { fieldsOf, useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import * as format from '../../format.ts';
import { heartbeatTexts as words } from '../../texts/alerts/heartbeat.ts';
import { Loaded, Panel } from './panel.tsx';

/** The address that is called while Sonde works, so that its end is noticed. */
export function HeartbeatSettings() {
  const query = useFresh({ ...heartbeatQuery, refetchInterval: ({ state }) => pauseOf(state.data?.state) });
  const [removals, setRemovals] = useState(0);
  return (
    <Panel lead={words.lead}>
      <Loaded query={query}>
        {(heartbeat) => (
          <>
            <HeartbeatForm key={removals} heartbeat={heartbeat} />
            <State heartbeat={heartbeat} onRemoved={() => setRemovals(removals + 1)} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

/** How long until the state is asked for again, ms: the first call is seconds away. */
function pauseOf(state: HeartbeatState | undefined): number {
  return state === 'waiting' ? 2_000 : 30_000;
}

function HeartbeatForm({ heartbeat }: { readonly heartbeat: Heartbeat }) {
  const { url, intervalSeconds, tellsFailure } = heartbeat;
  const save = async (form: HTMLFormElement): Promise<void> => {
    const sent = fieldsOf(form);
    const { url: shown } = await request<Heartbeat>('PUT', '/heartbeat', {
      url: sent.url ?? '',
      intervalSeconds: Number(sent.intervalSeconds),
      tellsFailure: sent.tellsFailure !== undefined,
    });
    // The secret part of the address does not stay on the screen.
    const field = form.elements.namedItem('url');
    if (field instanceof HTMLInputElement) field.value = shown ?? '';
    await refresh(heartbeatQuery);
  };
  return (
    <SavedForm save={save} submit={words.save} saved={words.saved}>
      <TextField
        label={words.url}
        hint={words.urlHint}
        name="url"
        inputMode="url"
        autoComplete="off"
        required
        defaultValue={url ?? ''}
      />
      <TextField
        label={words.interval}
        hint={words.intervalHint}
        name="intervalSeconds"
        type="number"
        min={30}
        max={86_400}
        required
        defaultValue={intervalSeconds ?? 60}
      />
      <Checkbox
        label={words.tellsFailure}
        hint={words.tellsFailureHint}
        name="tellsFailure"
        defaultChecked={tellsFailure ?? true}
      />
    </SavedForm>
  );
}

function State({
  heartbeat: { state, calledAt, answer, url },
  onRemoved,
}: {
  readonly heartbeat: Heartbeat;
  readonly onRemoved: () => void;
}) {
  const [said, setSaid] = useState<{ readonly success: boolean; readonly answer: string } | null>(null);
  const test = useAction(async () => {
    setSaid(null);
    setSaid(await request('POST', '/heartbeat/test'));
    await refresh(heartbeatQuery);
  });
  const remove = useAction(async () => {
    setSaid(null);
    await request('DELETE', '/heartbeat');
    await refresh(heartbeatQuery);
    onRemoved();
  });
  const error = test.error ?? remove.error;
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      <p className="text-sm wrap-anywhere">
        {words.states[state]}
        {calledAt === null ? null : (
          <span className="block text-muted">{words.last(format.time(calledAt), answer ?? '')}</span>
        )}
      </p>
      {url === null ? null : (
        <div className="flex flex-wrap gap-2">
          <Button busy={test.isBusy} onClick={() => void test.run()}>
            {test.isBusy ? words.testing : words.test}
          </Button>
          <Button busy={remove.isBusy} onClick={() => void remove.run()}>
            {words.remove}
          </Button>
        </div>
      )}
      {error === null ? null : <Notice kind="bad">{error}</Notice>}
      {said === null ? null : (
        <Notice kind={said.success ? 'good' : 'bad'} title={said.success ? words.tested : words.testFailed}>
          {said.answer}
        </Notice>
      )}
    </div>
  );
}

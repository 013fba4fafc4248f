import { Button } from '../../components/button.tsx';
import { Select } from '../../components/form/field.tsx';
import { live } from '../../live/use-live.ts';
import { texts, ticksTexts } from '../../texts/common.ts';
import { formTexts } from '../../texts/form.ts';
import type { Draft } from './draft.ts';
import { ProxyFields } from './proxy-fields.tsx';

const words = formTexts;

/** How the host is reached: proxies, then jump hosts, in order. Open where there are some. */
export function WayFields({
  draft,
  savedId,
  onChange,
}: {
  readonly draft: Draft;
  readonly savedId: number | null;
  readonly onChange: (part: Partial<Draft>) => void;
}) {
  const isUsed = draft.jumpHosts.length + draft.proxies.length > 0;
  return (
    <details className="rounded-xl border border-line p-4" open={isUsed || undefined}>
      <summary className="text-sm font-medium">{words.way}</summary>
      <div className="flex flex-col gap-5 pt-4">
        <JumpFields draft={draft} savedId={savedId} onChange={onChange} />
        <ProxyFields draft={draft} onChange={onChange} />
      </div>
    </details>
  );
}

function JumpFields({
  draft,
  savedId,
  onChange,
}: {
  readonly draft: Draft;
  readonly savedId: number | null;
  readonly onChange: (part: Partial<Draft>) => void;
}) {
  const { jumpHosts } = draft;
  const hosts = new Map([...live.getState().fleet.values()].map(({ host }) => [host.id, host]));
  const set = (ids: readonly number[]): void => onChange({ jumpHosts: ids.map((hostId) => ({ hostId })) });
  const ids = jumpHosts.map(({ hostId }) => hostId);
  const free = [...hosts.values()]
    .filter((host) => host.connectionType === 'ssh' && host.id !== savedId && !ids.includes(host.id))
    .sort((a, b) => a.name.localeCompare(b.name));
  const move = (at: number): void =>
    set(ids.map((id, n) => (n === at - 1 ? (ids[at] ?? id) : n === at ? (ids[at - 1] ?? id) : id)));
  return (
    <div className="flex flex-col gap-3">
      {ids.length > 0 ? (
        <ol aria-label={words.jump} className="flex flex-col gap-2">
          {ids.map((id, at) => {
            const name = hosts.get(id)?.name ?? ticksTexts.unseen(id);
            return (
              <li key={id} className="flex flex-wrap items-center gap-2 text-sm">
                <span className="numbers w-6 text-muted">{at + 1}.</span>
                <span className="min-w-0 flex-1 break-words">{name}</span>
                {at > 0 ? (
                  <Button look="quiet" aria-label={words.jumpEarlier(name)} onClick={() => move(at)}>
                    ↑
                  </Button>
                ) : null}
                <Button
                  look="quiet"
                  aria-label={words.jumpRemove(name)}
                  onClick={() => set(ids.filter((one) => one !== id))}
                >
                  {texts.remove}
                </Button>
              </li>
            );
          })}
        </ol>
      ) : null}
      <Select
        label={ids.length === 0 ? words.jump : words.jumpMore}
        hint={words.jumpHint}
        value=""
        onChange={({ target }) => (target.value === '' ? undefined : set([...ids, Number(target.value)]))}
      >
        <option value="">{words.jumpChoose}</option>
        {free.map((host) => (
          <option key={host.id} value={host.id}>
            {host.name}
          </option>
        ))}
      </Select>
    </div>
  );
}

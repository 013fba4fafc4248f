import { Button } from '../../components/button.tsx';
import { Select, TextField } from '../../components/form/field.tsx';
import { PasswordField } from '../../components/form/secret-fields.tsx';
import { formTexts } from '../../texts/form.ts';
import type { Draft, ProxyDraft } from './draft.ts';

const words = formTexts;
const ports = { 4: '1080', 5: '1080', http: '8080' } as const;

/** The proxies before the first jump host, in order, each with a login if it wants one. */
export function ProxyFields({
  draft,
  onChange,
}: {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}) {
  const { proxies } = draft;
  const set = (id: number, part: Partial<ProxyDraft>): void =>
    onChange({ proxies: proxies.map((proxy) => (proxy.id === id ? { ...proxy, ...part } : proxy)) });
  const add = (): void => {
    const id = Math.max(-1, ...proxies.map((proxy) => proxy.id)) + 1;
    const fresh = { id, type: 5, host: '', port: ports[5], username: '', password: '', hasPassword: false } as const;
    onChange({ proxies: [...proxies, fresh] });
  };
  return (
    <div className="flex flex-col items-start gap-4">
      {proxies.map((proxy, at) => (
        <OneProxy
          key={proxy.id}
          proxy={proxy}
          legend={`${words.proxy} ${proxies.length > 1 ? at + 1 : ''}`}
          onChange={(part) => set(proxy.id, part)}
          onRemove={() => onChange({ proxies: proxies.filter((one) => one.id !== proxy.id) })}
        />
      ))}
      <Button onClick={add}>{words.proxyAdd}</Button>
    </div>
  );
}

function OneProxy({
  proxy,
  legend,
  onChange,
  onRemove,
}: {
  readonly proxy: ProxyDraft;
  readonly legend: string;
  readonly onChange: (part: Partial<ProxyDraft>) => void;
  readonly onRemove: () => void;
}) {
  return (
    <fieldset className="grid w-full gap-3 rounded-lg border border-line p-3 sm:grid-cols-2">
      <legend className="px-1 text-sm font-medium">{legend}</legend>
      <Select
        label={words.proxyType}
        value={String(proxy.type)}
        onChange={({ target }) => {
          const type = target.value === 'http' ? 'http' : target.value === '4' ? 4 : 5;
          const isUntouched = proxy.port === ports[proxy.type];
          onChange({ type, ...(isUntouched ? { port: ports[type] } : {}) });
        }}
      >
        <option value="5">SOCKS 5</option>
        <option value="4">SOCKS 4</option>
        <option value="http">HTTP CONNECT</option>
      </Select>
      <div className="grid grid-cols-[1fr_6rem] gap-3">
        <TextField
          label={words.proxyAddress}
          required
          spellCheck={false}
          autoCapitalize="none"
          value={proxy.host}
          onChange={({ target }) => onChange({ host: target.value })}
        />
        <TextField
          label={words.proxyPort}
          type="number"
          min={1}
          max={65535}
          required
          value={proxy.port}
          onChange={({ target }) => onChange({ port: target.value })}
        />
      </div>
      <TextField
        label={words.proxyUser}
        hint={words.proxyUserHint}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        value={proxy.username}
        onChange={({ target }) => onChange({ username: target.value })}
      />
      <PasswordField
        kind="secret"
        label={words.proxyPassword}
        placeholder={proxy.hasPassword ? words.kept : ''}
        value={proxy.password}
        onChange={({ target }) => onChange({ password: target.value })}
      />
      <div>
        <Button look="quiet" onClick={onRemove}>
          {words.proxyRemove}
        </Button>
      </div>
    </fieldset>
  );
}

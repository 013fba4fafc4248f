import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { at } from '../../../api/base.ts';
import { request } from '../../../api/http.ts';
import { apiKeysQuery, meQuery, refresh } from '../../../api/queries.ts';
import type { ApiKey, NewApiKey } from '../../../api/types.ts';
import { Copy } from '../../../components/copy.tsx';
import { Confirm } from '../../../components/form/confirm.tsx';
import { Select, TextField } from '../../../components/form/field.tsx';
import { Form } from '../../../components/form/form.tsx';
import { HostTicks } from '../../../components/form/host-ticks.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import * as format from '../../../format.ts';
import { serverNow } from '../../../live/clock.ts';
import { texts } from '../../../texts/common.ts';
import { settingsTexts } from '../../../texts/settings.ts';
import { List, Loaded, Named, Panel } from '../panel.tsx';

const words = settingsTexts.apiKey;
const dayMs = 86_400_000;

/** Keys for programs. */
export function ApiKeysSettings() {
  const query = useQuery(apiKeysQuery);
  const { data: me } = useQuery(meQuery);
  return (
    <>
      <MakeKey />
      <Panel>
        <Loaded query={query}>
          {({ apiKeys }) => (
            <List items={apiKeys} empty={words.none} keyOf={({ id }) => id}>
              {(key) => (
                <>
                  <Named name={key.name} about={aboutKey(key, key.userId !== me?.userId)} />
                  <Confirm
                    label={texts.remove}
                    title={`${texts.remove}: ${key.name}`}
                    text={words.removeText}
                    onConfirm={async () => {
                      await request('DELETE', `/users/api-keys/${encodeURIComponent(key.id)}`);
                      await refresh(apiKeysQuery);
                    }}
                  />
                </>
              )}
            </List>
          )}
        </Loaded>
      </Panel>
    </>
  );
}

function MakeKey() {
  const [token, setToken] = useState<string | null>(null);
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const action = useAction(async (form: HTMLFormElement) => {
    const { name, days = '', scope } = fieldsOf(form);
    const expiresAt = days === '' ? null : new Date(serverNow() + Number(days) * dayMs).toISOString();
    const hostIds = chosen.length > 0 ? chosen : null;
    const body = { name, expiresAt, scope, hostIds };
    const made = await request<NewApiKey>('POST', '/users/api-keys', body);
    setToken(made.token);
    form.reset();
    setChosen([]);
    await refresh(apiKeysQuery);
  });
  return (
    <Panel title={words.make} lead={words.text}>
      <Form action={action} submit={words.make}>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={words.name} name="name" maxLength={100} required />
          <Select label={words.expires} name="days">
            <option value="">{texts.never}</option>
            {[30, 90, 365].map((days) => (
              <option key={days} value={days}>
                {words.inDays(days)}
              </option>
            ))}
          </Select>
          <Select label={words.scope} name="scope">
            {Object.entries(words.scopes).map(([scope, text]) => (
              <option key={scope} value={scope}>
                {text}
              </option>
            ))}
          </Select>
        </div>
        <HostTicks
          key={token}
          legend={words.hosts}
          search={words.searchHosts}
          hint={words.hostsHint}
          chosen={chosen}
          onChange={setChosen}
        />
      </Form>
      {token ? (
        <div className="flex flex-col gap-2">
          <Notice kind="good">{words.once}</Notice>
          <Copy label={words.token} text={token} />
          <Copy
            label={words.example}
            text={`curl -H 'Authorization: Bearer ${token}' ${location.origin}${at('/status')}`}
          />
        </div>
      ) : null}
    </Panel>
  );
}

/** What there is to know of a key, in one line. */
function aboutKey(key: ApiKey, isOthers: boolean): string {
  const { tokenPrefix, hostIds, createdAt, expiresAt, lastUsedAt } = key;
  const may = [words.scopes[key.scope], ...(hostIds ? [words.limit(hostIds.length)] : [])].join(', ');
  return [
    ...(isOthers ? [words.of(key.username)] : []),
    ...(tokenPrefix === null ? [] : [`${tokenPrefix}…`]),
    may,
    `${words.made} ${format.time(createdAt)}`,
    `${key.isActive ? words.ends : words.ended} ${expiresAt ? format.time(expiresAt) : texts.never}`,
    lastUsedAt === null ? words.unused : `${words.used} ${format.time(lastUsedAt)}`,
  ].join(' · ');
}

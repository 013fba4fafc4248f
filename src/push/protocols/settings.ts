import Type from 'typebox';
import { badRequest } from '../../lib/errors.ts';
import type { Configured } from '../../notifiers/config.ts';
import { checkHeaders, ownHeaders, secret, serviceUrl, words } from '../../notifiers/fields.ts';

const reserved =
  /^(host|content-.*|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|user-agent|x-prometheus-remote-write-version)$/i;
const maxLabels = 20;

const config = Type.Object({
  url: serviceUrl(
    'Where series are sent, such as https://mimir.example.org/api/v1/push or http://collector:4318/v1/metrics',
  ),
  username: Type.Optional(words('The user name, if the receiver asks for one', 200)),
  password: Type.Optional(secret('The password that belongs to the user name')),
  token: Type.Optional(secret('A token, sent as Authorization: Bearer', 8_000)),
  headers: Type.Optional(ownHeaders()),
  job: Type.Optional(words('The label job (service.name) of what hosts tell; node by default', 200)),
  labels: Type.Optional(
    Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 256 }), {
      description: 'Labels that every series gets, at most 20, such as {"site": "berlin"}',
      maxProperties: maxLabels,
    }),
  ),
});

/** The settings of a destination, whatever its kind. */
export type DestinationConfig = Type.Static<typeof config>;

const checked = {
  config,
  check: (given: DestinationConfig) => {
    const { username, password, token, headers = {}, labels = {} } = given;
    if ((username === undefined) !== (password === undefined))
      throw badRequest('config.username and config.password belong together: enter both, or neither');
    if (token !== undefined && password !== undefined)
      throw badRequest('config.token and config.password cannot both be set: a receiver takes one of them');
    checkHeaders(headers, reserved);
    if ((token ?? password) !== undefined && Object.keys(headers).some((name) => /^authorization$/i.test(name)))
      throw badRequest('headers: Authorization is set by the token or the password');
    for (const name of Object.keys(labels))
      if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.startsWith('__') || /^(instance|job|sonde_folder)$/.test(name))
        throw badRequest(`config.labels: ${name} is not a label that you can set`);
  },
};

/** The same, for what reads and shows settings of any kind. */
// Safe: its check only sees settings that this schema accepts.
export const destinationSettings = checked as unknown as Configured;

/** The headers of every request: those of the settings, and of the protocol. */
export function headersOf(
  { username, password, token, headers = {} }: DestinationConfig,
  ofProtocol: Readonly<Record<string, string>>,
  version: string,
): Readonly<Record<string, string>> {
  return {
    ...headers,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(password === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }),
    ...ofProtocol,
    'user-agent': `Sonde/${version}`,
  };
}

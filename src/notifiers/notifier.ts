import Type from 'typebox';
import type { ChannelKind } from '../model/alerts/channel.ts';
import type { Message } from '../model/alerts/message.ts';
import { checkTemplate, templateNames } from './template.ts';

const names = templateNames.map((one) => `{{${one}}}`).join(', ');

/** A request to a service, not sent yet. The body is complete: signing it needs every byte. */
export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What a service answered. */
export type HttpAnswer = {
  readonly status: number;
  /** The header Retry-After; null if there is none. */
  readonly retryAfter: string | null;
  /** The header Content-Type; left out: not known. */
  readonly contentType?: string | undefined;
  /** At most 64 KiB of it. */
  readonly body: string;
};

/** What became of a message: `again` may work later; `refused` will not work until somebody changes the channel; `dead` never. */
export type Verdict = {
  readonly result: 'sent' | 'again' | 'refused' | 'dead';
  /** What the service said, in one sentence. Never contains a secret. */
  readonly answer: string;
  /** When the service asked for a pause; ms. */
  readonly afterMs?: number;
  /** What the service wants to be called from now on; see Telegram. */
  readonly change?: Readonly<Record<string, unknown>>;
};

/** An e-mail, not sent yet, and the server that takes it. */
export type Mail = {
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly security: 'starttls' | 'tls' | 'none';
    readonly username: string;
    readonly password: string;
  };
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without angle brackets. */
  readonly messageId: string;
  /** The ids of threads that it belongs to, without angle brackets. */
  readonly references: readonly string[];
  readonly isUrgent: boolean;
};

/** What one kind of channel sends. Pure. */
export type Dressed =
  | { readonly via: 'http'; readonly requests: readonly HttpRequest[] }
  | { readonly via: 'smtp'; readonly mail: Mail };

/** One kind of channel, for configurations of one shape. */
export type NotifierOf<Schema extends Type.TObject> = {
  readonly kind: ChannelKind;
  /** As people call it. */
  readonly title: string;
  /** Fields with `secret: true` are never shown again. */
  readonly config: Schema;
  /** What the schema cannot say: throws 400. */
  readonly check?: (config: Type.Static<Schema>) => void;
  /** Dresses a message that {@link plainMessage} has cleaned, within the limits of the service. */
  readonly dress: (message: Message, config: Type.Static<Schema>, nowMs: number) => Dressed;
  /** What an answer means; by default, what its status says. */
  readonly judge?: (answer: HttpAnswer) => Verdict;
};

/** One kind of channel. Its configuration was checked by its schema. */
export type Notifier = NotifierOf<Type.TObject>;

/** What every kind of channel takes: how people want to be told. */
const templates = {
  titleTemplate: Type.Optional(
    Type.String({ description: `The title of a message about one incident, with ${names}`, maxLength: 500 }),
  ),
  lineTemplate: Type.Optional(
    Type.String({ description: 'The line of each incident, with the same names', maxLength: 1_000 }),
  ),
};

/** The list does not know the shape of each configuration; `src/notifiers/config.ts` checks it against the schema. */
export function notifier<Schema extends Type.TObject>(one: NotifierOf<Schema>): Notifier {
  const all = {
    ...one,
    config: Type.Object({ ...one.config.properties, ...templates }),
    check: (config: Type.Static<Schema>): void => {
      one.check?.(config);
      for (const name of ['titleTemplate', 'lineTemplate']) {
        const template = (config as Readonly<Record<string, unknown>>)[name];
        if (typeof template === 'string') checkTemplate(name, template);
      }
    },
  };
  // Safe, because only configurations that the schema of this very notifier accepts reach it.
  return all as unknown as Notifier;
}

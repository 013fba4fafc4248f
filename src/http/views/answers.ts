import type { Static, TObject, TSchema } from 'typebox';
import type * as alerts from '../schemas/alerts.ts';
import type * as destinations from '../schemas/destinations.ts';
import type * as history from '../schemas/history.ts';
import type * as imports from '../schemas/imports.ts';
import type * as prometheus from '../schemas/prometheus.ts';
import type * as records from '../schemas/records.ts';
import type * as users from '../schemas/users.ts';
import type * as watching from '../schemas/watching.ts';

/** What the API answers, by its schemas: the page reads these types, and the routes answer with them. */
export type Answer<Schema extends TSchema> = Frozen<Static<Schema>>;

type Frozen<Value> = Value extends readonly (infer One)[]
  ? readonly Frozen<One>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: Frozen<Value[Name]> }
    : Value;

/** A host; fields that other clients sent come with it. */
export type HostAnswer = Answer<typeof records.host>;
export type CredentialAnswer = Answer<typeof records.credential>;
export type ApiKeyAnswer = Answer<typeof records.apiKey>;
export type NewApiKeyAnswer = Answer<typeof records.newApiKey>;
export type SessionAnswer = Answer<typeof records.session>;
export type MeAnswer = Answer<typeof records.me>;
export type UserAnswer = Answer<typeof records.user>;
export type SetupRequiredAnswer = Answer<typeof users.setupRequired>;
export type AllowedAnswer = Answer<typeof users.allowed>;
export type LoginAnswer = Answer<typeof records.login.doneOrCode>;
export type PasswordChangedAnswer = Answer<typeof users.passwordChanged>;
export type PasswordResetAnswer = Answer<typeof users.passwordReset>;
export type TotpSecretAnswer = Answer<typeof users.totpSecret>;
export type TotpOnAnswer = Answer<typeof users.totpOn>;
export type ShareAnswer = Answer<typeof records.share>;
export type AuditAnswer = Answer<typeof records.auditPage>;

export type ImportPreviewAnswer = Answer<typeof imports.importPreview>;
export type ImportAnswer = Answer<typeof imports.importResult>;

export type HoldAnswer = Answer<typeof watching.hold>;
export type StartAnswer = Answer<typeof watching.started> | Answer<typeof watching.asked>;
export type ProcessAnswer = Answer<typeof watching.process>;
export type SudoersAnswer = Answer<typeof watching.sudoers>;
export type TestAnswer = Answer<typeof watching.testResult>;

export type HistoryAnswer = Answer<typeof history.hostHistory>;
export type ComparisonAnswer = Answer<typeof history.comparison>;
export type AvailabilityAnswer = Answer<typeof history.availability>;
export type HistorySettingsAnswer = Answer<typeof history.historySettings>;
export type HistoryStorageAnswer = Answer<typeof history.historyStorage>;

/** What an incident shows beside itself. */
export type IncidentDetailAnswer = Answer<TObject<typeof alerts.detail>>;
export type DeliveryAnswer = Answer<typeof alerts.delivery>;

export type DestinationAnswer = Answer<typeof destinations.destination>;

export type ScrapeStateAnswer = Answer<typeof prometheus.scrapeState>;

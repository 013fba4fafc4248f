/** What the REST API answers. Types of the server, so that a field that is renamed there does not compile here. */

import type {
  AllowedAnswer,
  ApiKeyAnswer,
  AuditAnswer,
  CredentialAnswer,
  HoldAnswer,
  HostAnswer,
  ImportAnswer,
  ImportPreviewAnswer,
  LoginAnswer,
  MeAnswer,
  NewApiKeyAnswer,
  PasswordChangedAnswer,
  PasswordResetAnswer,
  ProcessAnswer,
  SessionAnswer,
  SetupRequiredAnswer,
  ShareAnswer,
  StartAnswer,
  SudoersAnswer,
  TestAnswer,
  TotpOnAnswer,
  TotpSecretAnswer,
  UserAnswer,
} from '../../../src/http/views/answers.ts';
import type { HostKeyPolicy } from '../../../src/model/connection/host-key.ts';
import type {
  HostKeysView as HostKeys,
  HostNamed,
  ImportView as KnownHostsImport,
  KeptLineView as KnownHostsLine,
  PendingKeyView,
  PinnedKeyView,
} from '../../../src/model/connection/key-views.ts';
import type { LogEntry } from '../../../src/model/connection/log.ts';
import type { Failure } from '../../../src/model/failure.ts';
import type { Level } from '../../../src/model/host.ts';
import type { GlobalSettings } from '../../../src/model/settings.ts';

export type Me = MeAnswer;
export type SetupRequired = SetupRequiredAnswer;
export type Allowed = AllowedAnswer;
export type LoggedIn = LoginAnswer;
export type PasswordChanged = PasswordChangedAnswer;
export type PasswordReset = PasswordResetAnswer;
export type TotpSecret = TotpSecretAnswer;
export type TotpOn = TotpOnAnswer;
export type User = UserAnswer;
export type Session = SessionAnswer;
export type ApiKey = ApiKeyAnswer;
export type NewApiKey = NewApiKeyAnswer;
export type Share = ShareAnswer;
export type AuditPage = AuditAnswer;
export type AuditEntry = AuditPage['entries'][number];

/** A host; somebody who may only view it gets none of the fields about its route. */
export type Host = HostAnswer;
export type StatsConfig = Host['statsConfig'];
/** A proxy on the way to a host; 4 and 5 are SOCKS. */
export type HostProxy = NonNullable<Host['socks5ProxyChain']>[number];
export type Credential = CredentialAnswer;
export type CertificateInfo = NonNullable<Credential['certificateInfo']>;

export type Settings = GlobalSettings & { readonly collectAlwaysChosen: boolean };

export type HostKey = HostNamed & PinnedKeyView;
export type PendingKey = HostNamed & PendingKeyView & { readonly level: Level };

export type Process = ProcessAnswer;
export type Sudoers = SudoersAnswer;
export type Started = StartAnswer;
/** The closing event of a connection test. */
export type TestResult = TestAnswer;

export type ImportPreview = ImportPreviewAnswer;
/** What an import makes of one host of the files. */
export type ImportedHost = ImportPreview['hosts'][number];
export type Identity = Pick<ImportPreview['identities'][number], 'kind' | 'name'>;
export type ImportResult = ImportAnswer;
export type ImportSkipped = ImportResult['skipped'][number];

/** What is not tried at a host for now. */
export type Hold = HoldAnswer;

export type { Failure, HostKeyPolicy, HostKeys, KnownHostsImport, KnownHostsLine, LogEntry };

/** What is collected from a host and how often, with the global settings applied. */
export type Policy = {
  readonly statusCheckEnabled: boolean;
  readonly statusIntervalSeconds: number;
  readonly metricsEnabled: boolean;
  readonly metricsIntervalSeconds: number;
  /** No TCP ping: the host's status comes from its held connection alone. */
  readonly tcpPingEnabled: boolean;
  /** Also sample while nobody is looking: its own setting, else the global one, else because history is kept. */
  readonly collectAlways: boolean;
  /** Commands that need root are tried with `sudo -n`. */
  readonly sudo: boolean;
  /** Also offer algorithms that are no longer secure, for servers that support nothing else. */
  readonly legacyAlgorithms: boolean;
} & MountSettings;

/** File systems to hide, and those to show first under a label; by mount path. */
export type MountSettings = {
  readonly excludedMounts: readonly string[];
  readonly monitoredMounts: readonly { readonly path: string; readonly label?: string }[];
};

/** What a login uses. Secrets are in clear text: this lives only in memory, for one connection. */
export type Login =
  | { readonly type: 'password'; readonly password: string }
  | {
      readonly type: 'key';
      /** The key without a passphrase, or a sentence why it cannot be opened. */
      readonly key: { readonly opened: string } | { readonly refused: string };
      readonly password: string | null;
      /** An OpenSSH certificate of the key, offered instead of it. */
      readonly certificate: string | null;
    }
  | {
      readonly type: 'agent';
      /** The socket of the agent on Sonde's machine, or a sentence why this login may not use it. */
      readonly agent: { readonly socket: string } | { readonly refused: string };
      /** `SHA256:…` of the one key to offer; null: the first few. */
      readonly key: string | null;
    }
  | { readonly type: 'none' }
  /** There is no login: `why` is the end of a sentence. Nothing is sent to the host. */
  | { readonly type: 'missing'; readonly why: string };

/**
 * What is known about a host's interactive login: not tried yet, needs a person's code, or works with the password
 * alone.
 */
export type InteractiveLogin = 'unknown' | 'needs-code' | 'password-only';

/** Everything the scheduler needs to watch one host. `revision` changes with anything here but `policy.collectAlways`. */
export type WatchTarget = {
  readonly id: number;
  readonly ownerId: string;
  readonly name: string;
  readonly connection: 'ssh' | 'local';
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly interactive: InteractiveLogin;
  /**
   * Equal for all hosts that log in with the same user name and password; reveals nothing about them. Null: no
   * password.
   */
  readonly loginKey: string | null;
  /**
   * Changes when what is offered to the host changes, or where; reveals nothing about it. For a login without a
   * password, it also changes when the same secrets are saved again.
   */
  readonly login: string;
  /** Changes when the route to the host does. */
  readonly way: string;
  /** Set if the host needs something that this version cannot do: a sentence for the failure. */
  readonly unsupported: string | null;
  /** From Sonde outwards. */
  readonly jumpHosts: readonly JumpHost[];
  /** From Sonde outwards, before the first jump host. */
  readonly proxies: readonly ProxyAddress[];
  /** Networks that must not be dialled for it. */
  readonly deniedNetworks: readonly string[];
  readonly policy: Policy;
  readonly revision: string;
};

/** A host on the route to another, which Sonde logs in to; `isLent` while the other host's owner may manage it. */
export type JumpHost = { readonly hostId: number; readonly isLent: boolean };

/** Where a proxy is and which protocol it speaks. */
export type ProxyAddress = {
  readonly type: 'socks4' | 'socks5' | 'http';
  readonly host: string;
  readonly port: number;
  /** Empty: no login. */
  readonly username: string;
};

/** A proxy with its password in clear text: lives only in memory, for one connection. */
export type OpenedProxy = ProxyAddress & {
  readonly password: string | null;
  /** Why a stored password is not available, as the end of a sentence; nothing is sent anywhere. */
  readonly missing?: string;
};

/** What a user may do with a host. */
export type Level = 'view' | 'manage';

/** A host as lists show it. */
export type ListedHost = {
  readonly id: number;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly connectionType: string;
  readonly folder: string;
  readonly tags: readonly string[];
  readonly pin: boolean;
  /** Whether the user owns it. */
  readonly mine: boolean;
  /** The owner's name. */
  readonly owner: string;
  readonly statusCheckEnabled: boolean;
  readonly metricsEnabled: boolean;
  readonly collectAlways: boolean;
  /** Seconds between two samples while metrics are wanted. */
  readonly metricsInterval: number;
};

/** A host can depend on so many others without being reached through them. */
export const maxDependsOn = 10;

/** How often and what of a host is collected, after the global settings were applied. */
export type Policy = {
  readonly statusCheckEnabled: boolean;
  readonly statusIntervalSeconds: number;
  readonly metricsEnabled: boolean;
  readonly metricsIntervalSeconds: number;
  /** No TCP ping: the host's status comes from its held connection alone. */
  readonly tcpPingEnabled: boolean;
  /** Sample also when nobody watches: its own setting, else the global one, else because history is kept. */
  readonly collectAlways: boolean;
  /** Commands that need root are tried with `sudo -n`. */
  readonly sudo: boolean;
  /** Algorithms that are no longer safe are offered as well, for servers that know no others. */
  readonly legacyAlgorithms: boolean;
} & MountSettings;

/** File systems that are not shown, and those that come first, under a label; by mount path. */
export type MountSettings = {
  readonly excludedMounts: readonly string[];
  readonly monitoredMounts: readonly { readonly path: string; readonly label?: string }[];
};

/** What a login uses. Secrets are plain here: this lives in memory only, made for one connection. */
export type Login =
  | { readonly type: 'password'; readonly password: string }
  | {
      readonly type: 'key';
      /** The key without a passphrase, or a sentence why it cannot be opened. */
      readonly key: { readonly opened: string } | { readonly refused: string };
      readonly password: string | null;
      /** An OpenSSH certificate of the key, offered in its place. */
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
  /** There is nothing to log in with: `why` is the end of a sentence. Nothing is sent to the host. */
  | { readonly type: 'missing'; readonly why: string };

/** What is known of a host's interactive login: not tried yet, needs a person's code, or answers with the password alone. */
export type InteractiveLogin = 'unknown' | 'needs-code' | 'password-only';

/** Everything the scheduler needs to watch one host. `revision` changes when anything here does, `policy.collectAlways` apart. */
export type WatchTarget = {
  readonly id: number;
  readonly ownerId: string;
  readonly name: string;
  readonly connection: 'ssh' | 'local';
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly interactive: InteractiveLogin;
  /** The same for all hosts that log in with the same user name and password; says nothing of them. Null: no password. */
  readonly loginKey: string | null;
  /**
   * Changes when what is offered to the host does, or where; says nothing of it. Of a login without a password also when the same
   * secrets are saved again.
   */
  readonly login: string;
  /** Changes when the way to the host does. */
  readonly way: string;
  /** Set when the host wants something this version cannot do: a sentence for the failure. */
  readonly unsupported: string | null;
  /** From Sonde outwards. */
  readonly jumpHosts: readonly JumpHost[];
  /** From Sonde outwards, before the first jump host. */
  readonly proxies: readonly ProxyAddress[];
  /** Networks in which nothing is dialled for it. */
  readonly deniedNetworks: readonly string[];
  readonly policy: Policy;
  readonly revision: string;
};

/** A host that is logged in to on the way to another; `isLent` while the other's owner may manage it. */
export type JumpHost = { readonly hostId: number; readonly isLent: boolean };

/** Where a proxy is and what it speaks. */
export type ProxyAddress = {
  readonly type: 'socks4' | 'socks5' | 'http';
  readonly host: string;
  readonly port: number;
  /** Empty: no login. */
  readonly username: string;
};

/** A proxy with its password in the clear: lives in memory only, made for one connection. */
export type OpenedProxy = ProxyAddress & {
  readonly password: string | null;
  /** Why its password is not there although one is stored, as the end of a sentence: nothing is sent anywhere. */
  readonly missing?: string;
};

import type { LeftOut } from '../../model/facts.ts';

/** An account of /etc/passwd. `becomesRoot`: what lets it become root, for example `uid 0`, `group sudo`; empty if nothing that Sonde reads does. */
export type Account = {
  readonly name: string;
  readonly uid: number;
  /** Whether its shell is one that can be used. */
  readonly canLogIn: boolean;
  readonly becomesRoot: readonly string[];
};

export type AccountsFacts = {
  readonly accounts: readonly Account[];
  /** Names of /etc/group. */
  readonly groups: readonly string[];
  /** Paths of the files in /etc/sudoers.d; null: the folder may not be listed. */
  readonly sudoersFiles: readonly string[] | null;
} & LeftOut<'accounts' | 'groups' | 'sudoersFiles'>;

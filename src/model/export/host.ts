/** A host as exports name it. */
export type ExportedHost = {
  readonly id: number;
  readonly name: string;
  /** The label `instance` of its series: its name, or `name#id` where hosts share the name (src/export/instances.ts). */
  readonly instance: string;
  readonly address: string;
  /** Empty: none. */
  readonly folder: string;
  readonly tags: readonly string[];
  /** The name of the user that it belongs to. */
  readonly owner: string;
};

/** What exports need of a host's record; what the host is called depends on the names of others. */
export type ExportRecord = Omit<ExportedHost, 'instance'> & {
  /** Whether its metrics are turned on. */
  readonly isOn: boolean;
};

/** What views of a credential say and no body sets: it is worked out, or belongs to this Sonde alone. */
export const computedOfCredential = [
  'id',
  'userId',
  'hasPassword',
  'hasKey',
  'hasKeyPassword',
  'certificateInfo',
  'createdAt',
  'updatedAt',
  'unreadable',
] as const;

/** The same of a host. */
export const computedOfHost = [...computedOfCredential, 'level', 'hasSocks5Password'] as const;

/** Fields that views of a credential contain but no body sets: they are computed, or concern this Sonde alone. */
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

/** The same for a host. */
export const computedOfHost = [...computedOfCredential, 'level', 'hasSocks5Password'] as const;

/**
 * Networks that hosts of non-admins may not be in unless an admin allows it: the machine that Sonde runs on, link-local
 * addresses, the metadata services of clouds, and addresses that belong to no single machine. Private networks are
 * allowed. Sources: RFC 6890, RFC 4291; the documentation of the clouds for their metadata services.
 */
export const defaultDeniedNetworks: readonly string[] = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  '::/96',
  '64:ff9b::7f00:0/104',
  '64:ff9b::a9fe:0/112',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  'fd00:42::42/128',
];

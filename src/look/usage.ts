/** What `sonde look --help` prints. */
export const lookUsage = `Usage: sonde look [USER@]HOST [OPTIONS]     without HOST: this machine

Logs in with SSH, prints how the host is doing, and leaves nothing behind.
Ports, users, keys and jump hosts come from ssh_config and the SSH agent.

  -J HOST[,HOST]     jump hosts        -p PORT    port
  -l USER            user              -i FILE    private key
  -F FILE            another ssh_config
  --watch [SECONDS]  look again and again, every 5 s; q ends it
  --json             what GET /metrics/:id answers, and what is wrong
  --nagios           one line with performance data, for Nagios and Icinga
  --sudo             use sudo -n for what needs root
  --accept-new       trust the key of a host that is new, without asking
  --legacy           also offer algorithms that are no longer secure
  --timeout SECONDS  give up after so long (30)
  -v                 say what happens on the way

Exit codes: 0 fine, 1 warning, 2 critical or down, 3 unknown.
`;

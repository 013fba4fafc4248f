/** What `sonde --help` prints; the manual page of the Debian package is made from it too. */
export const usage = `Usage: sonde [COMMAND]

  start                  monitor servers (the default)
  look [USER@]HOST       print how a host is doing now, without a server
                         (sonde look --help)
  rotate-key             reseal all secrets with a new key; stop Sonde first
      --new-key-file FILE        the new key is in FILE, created if it does not exist
      --new-key-command COMMAND  a command prints the new key
      --new-key-env NAME         an environment variable holds the new key
      --print-key                create a new key and print it
  print-authorized-key [PUBLIC_KEY | FILE | -]
                         print the authorized_keys line for a monitoring-only key
      --sudoers USER             print the sudoers file for USER instead
  backup FILE | FOLDER | -
                         copy everything into a new file (a name such as sonde.tar),
                         a folder, or standard output; Sonde may run
      --with-keys                also the sealing key and the key of sessions;
                                 a file is encrypted with a passphrase then
      --encrypt                  encrypt a file that has no keys too
      --passphrase-file FILE     its first line is the passphrase
      --force                    replace a file that exists
      --check                    read all of a backup, and say whether it is whole
  restore FILE | FOLDER  put a backup into an empty data folder; stop Sonde first
      --passphrase-file FILE     instead of asking for it
      --force                    move what is in the data folder aside
  install-service        run Sonde as a service; shows what it will do first
      --dry-run, --yes           only show it; do not ask
      --user NAME                the user that it runs as (sonde)
      --key-file FILE            the sealing key, readable by root alone
      --init systemd | openrc    instead of the one that runs here
      --remove                   the service, not its data
  doctor                 check everything that Sonde needs; Sonde may run
      --json, --full             as JSON; also read every file of history
  health                 ask the Sonde of these settings whether it runs; exit
                         code 0 if it does, 1 if not
  history export         write stored history as a table; Sonde may run
      --host HOST, --metric METRIC   only these (id or name; may be repeated)
      --from TIME, --to TIME     ISO 8601, or ms since the epoch
      --format csv | jsonl | openmetrics
      --output FILE              a new file instead of standard output
  reset-password USER    set a user's password from standard input; stop Sonde first
      --totp                     also turn off their second factor
      --api-keys                 also remove their API keys, which otherwise keep working

  --help, --version

Settings are in the environment, or in the file that SONDE_ENV_FILE names;
docs/settings.md lists them.
`;

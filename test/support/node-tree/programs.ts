/** The programs of the machine of node-tree.ts, as shell scripts by name. */

/** What programs of the machine print. */
export const programs: Readonly<Record<string, string>> = {
  uname: `case "$1" in -s) echo Linux ;; -r) echo 6.1.0-9 ;; -m) echo x86_64 ;; -n) echo tree ;; -v) echo '#1 SMP 2026' ;; *) echo 'Linux tree 6.1.0-9 x86_64' ;; esac`,
  date: `case "$1" in *%N*) echo 1790012345.700000000 ;; *%Z*) echo 'CET +0100' ;; *) echo '1790012345 +0100' ;; esac`,
  df: `case "$*" in *--output*) cat <<'E'
Filesystem       Type 1K-blocks     Used    Avail Use% Inodes IUsed Mounted on
/dev/sda1        ext4  10255636  1234567  8478521  13% 655360 54321 /
tmpfs            tmpfs  1618036     1504  1616532   1% 409600   912 /run
/dev/mapper/data xfs   52403200 40000001 12403199  77% 26214400 77777 /srv/with blank
server:/export   nfs4 104806400 50000002 54806398  48%      -     - /mnt/nfs
E
;; *) exit 1 ;; esac`,
  perl: `echo 0 0 -123 1500 16000 2500 8193 7 1 32768000 1790012345 1 10000 3 250000 8 9 11 13 17 19 37`,
  ss: `printf '%s\\n' 'ESTAB      3 5 a b' 'ESTAB 7 11 a c' 'LISTEN 0 128 a d' 'TIME-WAIT 0 0 a e' 'SYN-RECV 0 0 a f' 'SYN-SENT 0 1 a g' 'FIN-WAIT-1 0 1 a h' 'FIN-WAIT-2 0 0 a i' 'UNCONN 0 0 a j' 'CLOSE-WAIT 1 0 a k' 'LAST-ACK 0 1 a l' 'CLOSING 0 1 a m'`,
  timeout: `shift 3; exec "$@"`,
  systemctl: `case "$*" in
is-system-running) echo degraded; exit 1 ;;
list-units*) cat <<'E'
cron.service                loaded    active   running Regular jobs
backup.service              loaded    failed   failed  Nightly backup
-.mount                     loaded    active   mounted Root Mount
syslog.service              not-found inactive dead    syslog.service
sshd.socket                 loaded    active   running SSH
E
;;
--version) echo 'systemd 252 (252.39-1~deb12u1)'; echo '+PAM +AUDIT' ;;
*NRestarts*) cat <<'E'
Id=cron.service
LoadState=loaded
Type=simple
Restart=on-failure
NRestarts=0

NRestarts=6
Type=oneshot
Restart=no
Id=backup.service
LoadState=loaded

Id=e2scrub.service
LoadState=loaded
Type=oneshot
Restart=no
NRestarts=0

Id=gone.service
LoadState=not-found
Restart=always
NRestarts=3
E
;;
*NAccepted*) printf 'Id=sshd.socket\\nNAccepted=41\\nNConnections=2\\nNRefused=1\\nLoadState=loaded\\n' ;;
*LastTriggerUSec*) printf 'Id=backup.timer\\nLoadState=loaded\\nLastTriggerUSec=@1790001234\\n\\nId=never.timer\\nLoadState=loaded\\nLastTriggerUSec=\\n' ;;
esac`,
};

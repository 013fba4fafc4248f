/** What a service is made from. */
export type ServiceOptions = {
  /** Absolute paths, of characters that need no quotes. */
  readonly node: string;
  readonly program: string;
  /** The user that it runs as, of the same group. */
  readonly user: string;
  /** The sealing key outside of the data folder, readable by root alone; null: it is in the data folder. */
  readonly keyFile: string | null;
};

export const places = {
  data: '/var/lib/sonde',
  settings: '/etc/sonde/sonde.env',
  unit: '/etc/systemd/system/sonde.service',
  /** The unit of the Debian package. */
  packaged: '/usr/lib/systemd/system/sonde.service',
  openrc: '/etc/init.d/sonde',
  log: '/var/log/sonde.log',
} as const;

/**
 * The systemd unit. Sources: systemd.exec(5), systemd.service(5). It may see the processes, devices and mounts of the machine,
 * which Sonde can monitor, and V8 makes code that it runs; everything else that Sonde does not need is closed.
 */
export function systemdUnit({ node, program, user, keyFile }: ServiceOptions): string {
  const credential =
    keyFile === null
      ? []
      : [`LoadCredential=sealing.key:${keyFile}`, 'Environment=SONDE_SEALING_KEY_FILE=%d/sealing.key'];
  return `[Unit]
Description=Sonde, server monitoring over SSH
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
# systemd-notify, which Sonde runs, tells it.
NotifyAccess=all
ExecStart=${node} ${program} start
ExecReload=/bin/kill -HUP $MAINPID
User=${user}
Group=${user}
StateDirectory=sonde
StateDirectoryMode=0700
UMask=0077
Environment=SONDE_DATA_DIR=${places.data} SONDE_ENV_FILE=${places.settings}
${[...credential, 'Restart=on-failure'].join('\n')}
RestartSec=5
TimeoutStartSec=300
TimeoutStopSec=15
WatchdogSec=120
LimitNOFILE=65536

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}

/** The script for OpenRC, as Alpine has it. Source: the guide to service scripts of OpenRC. */
export function openrcScript({ node, program, user, keyFile }: ServiceOptions): string {
  const key = keyFile === null ? '' : `export SONDE_SEALING_KEY_FILE="${keyFile}"\n`;
  return `#!/sbin/openrc-run

name="Sonde"
description="Server monitoring over SSH"
supervisor="supervise-daemon"
command="${node}"
command_args="${program} start"
command_user="${user}:${user}"
directory="${places.data}"
umask="077"
respawn_delay=5
respawn_max=0
output_log="${places.log}"
error_log="${places.log}"
extra_started_commands="reload"
description_reload="Read the certificate and the log level again"
export SONDE_DATA_DIR="${places.data}"
export SONDE_ENV_FILE="${places.settings}"
${key}
depend() {
  use net dns
  after firewall
}

start_pre() {
  # What root made there before this was a service, as systemd does it.
  if [ -d "${places.data}" ] && [ "$(stat -c %U "${places.data}")" != "${user}" ]; then
    chown -R "${user}:${user}" "${places.data}"
  fi
  checkpath --directory --owner "${user}:${user}" --mode 0700 "${places.data}"
  checkpath --file --owner "${user}:${user}" --mode 0640 "${places.log}"
}

reload() {
  ebegin "Reloading \${name}"
  supervise-daemon "\${RC_SVCNAME}" --signal HUP
  eend $?
}
`;
}

/**
 * What a service was installed with, from its unit or script: the user, and the key. Null for a file that is not one of these
 * two, which somebody else wrote.
 */
export function installedWith(text: string): Pick<ServiceOptions, 'user' | 'keyFile'> | null {
  const user = /^(?:User=|command_user=")([\w-]+)/m.exec(text)?.[1];
  if (user === undefined || !text.includes(`SONDE_ENV_FILE=`)) return null;
  const key = /^(?:LoadCredential=sealing\.key:|export SONDE_SEALING_KEY_FILE=")([^"\n]+)/m.exec(text);
  return { user, keyFile: key?.[1] ?? null };
}

/** The settings that a new service begins with. */
export const firstSettings = `# Settings of Sonde, one NAME=value a line. After a change: systemctl restart sonde, or rc-service sonde restart.
# A new SONDE_LOG_LEVEL and a new certificate only need: systemctl reload sonde, or rc-service sonde reload.

# Only this machine can reach Sonde, until you let it listen elsewhere:
# SONDE_HOST=0.0.0.0
# SONDE_PORT=8080
# SONDE_TLS_CERT=/etc/sonde/cert.pem
# SONDE_TLS_KEY=/etc/sonde/key.pem
# SONDE_PUBLIC_URL=https://sonde.example.org
`;

/** What makes alerts of node-mixin true on a host with systemd (systemd-host.ts), as shell scripts. */

/** With what node_exporter has all that the alerts ask for. */
export const exporterOptions = [
  '--collector.systemd',
  '--collector.systemd.enable-restarts-metrics',
  // Debian's build leaves the loopback out.
  '--collector.netdev.device-exclude=^$',
] as const;

/** Small file systems, two interfaces, and a service that systemd restarts. */
export const beforeFailing = `mkdir /srv/space /srv/files
mount -t tmpfs -o size=4m space /srv/space
mount -t tmpfs -o size=4m,nr_inodes=200 files /srv/files
ip link add vx0 type vxlan id 42 dstport 4789 dev lo
ip link set vx0 up
ip link add vx1 type vxlan id 43 dstport 4790 remote 192.0.2.1
ip link set vx1 up
ip address add 198.51.100.1/24 dev vx1
systemctl start host-crashes`;

/**
 * Sends what the one interface cannot receive, packets marked as congested around some that must not be, and what the other cannot
 * send.
 */
const badPackets = `perl -MSocket -e '
my $mac = pack "H12", \`cat /sys/class/net/vx0/address\` =~ s/[:\\n]//gr;
my $ip = pack "H*", "4500001c0000000040110000c6336402c6336403";
my $udp = pack "nnnn", 1, 2, 8, 0;
my $packet = pack("NN", 0x08000000, 42 << 8) . $mac . pack("H12n", "020000000001", 0x0800) . $ip . $udp;
socket my $s, PF_INET, SOCK_DGRAM, 0;
setsockopt $s, IPPROTO_IP, 1, pack("i", 3);
send $s, $packet, 0, sockaddr_in(4789, inet_aton("127.0.0.1")) for 1 .. 100;
socket my $t, PF_INET, SOCK_DGRAM, 0;
setsockopt $t, SOL_SOCKET, SO_BROADCAST, 1;
send $t, "x", 0, sockaddr_in(9, inet_aton("198.51.100.255")) for 1 .. 100;
'`;

/** Fills the file systems, breaks packets, and lets one service fail and another one crash five times. */
export const failing = `head -c 4100000 /dev/zero >/srv/space/file
cd /srv/files; for i in $(seq 196); do : >$i; done
ip route add unreachable 192.0.2.1
systemctl start host-breaks
until [ $(systemctl show -P NRestarts host-crashes) -ge 5 ]; do
systemctl kill -s KILL host-crashes || true
sleep 0.01
done
${badPackets}`;

/** Makes the firewall track more than three quarters of the connections that it can, for half a minute. */
export const manyConnections = `nft 'add table ip tracked; add chain ip tracked out { type filter hook output priority 0; }; add rule ip tracked out ct state new accept'
perl -MSocket -e '
open my $file, "<", "/proc/sys/net/netfilter/nf_conntrack_max";
my $most = <$file>;
socket my $s, PF_INET, SOCK_DGRAM, 0;
for my $n (1 .. $most * 0.85) { send $s, "x", 0, pack_sockaddr_in(1024 + $n % 60000, inet_aton("127.0." . (1 + int($n / 60000)) . ".1")) }
'`;

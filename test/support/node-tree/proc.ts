import { cores, disks, interfaces, upFrom } from './devices.ts';

const meminfo = `MemTotal:       32456789 kB
MemFree:         1234567 kB
MemAvailable:   20456781 kB
Buffers:          456783 kB
Cached:         17654321 kB
SwapCached:         1237 kB
Active:         12345671 kB
Inactive:       14345677 kB
Active(anon):    8345679 kB
Inactive(anon):   345683 kB
Active(file):    3999992 kB
Inactive(file): 13999994 kB
Unevictable:       65537 kB
Mlocked:           65539 kB
SwapTotal:       8388604 kB
SwapFree:        8123457 kB
Zswap:              4099 kB
Zswapped:          16411 kB
Dirty:              1543 kB
Writeback:            12 kB
AnonPages:       8654321 kB
Mapped:          1765433 kB
Shmem:            234571 kB
KReclaimable:     987659 kB
Slab:            1323457 kB
SReclaimable:     987661 kB
SUnreclaim:       335796 kB
KernelStack:       23456 kB
PageTables:        87654 kB
NFS_Unstable:          0 kB
Bounce:                3 kB
WritebackTmp:          5 kB
CommitLimit:    24616998 kB
Committed_AS:   18765431 kB
VmallocTotal:   34359738367 kB
VmallocUsed:       98767 kB
VmallocChunk:          7 kB
Percpu:            12289 kB
HardwareCorrupted:     4 kB
AnonHugePages:   2097153 kB
ShmemHugePages:     2049 kB
ShmemPmdMapped:     2051 kB
HugePages_Total:      11
HugePages_Free:        9
HugePages_Rsvd:        5
HugePages_Surp:        1
Hugepagesize:       2048 kB
DirectMap4k:      543213 kB
DirectMap2M:    25165829 kB
DirectMap1G:     7340035 kB
`;

const snmp = `Ip: Forwarding DefaultTTL InReceives InHdrErrors
Ip: 1 64 987654 3
Icmp: InMsgs InErrors InCsumErrors OutMsgs OutErrors
Icmp: 1601 17 0 1607 0
IcmpMsg: InType3 OutType3
IcmpMsg: 44 45
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
Tcp: 1 200 120000 -1 3201 3203 47 49 53 3209001 3217001 3221 19 3229 0
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
Udp: 4201 4211 23 4217 29 31 0 37 0
UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
UdpLite: 0 0 41 0 0 0 0 0 0
`;

const netstat = `TcpExt: SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts ListenOverflows ListenDrops TCPTimeouts TCPOFOQueue TCPSynRetrans TCPRcvQDrop
TcpExt: 61 67 71 73 79 83 89 97 101 103
IpExt: InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts InOctets OutOctets
IpExt: 1 0 3 5 7 9 123456789012 98765432109
`;

const snmp6 = `Ip6InReceives                   \t7001
Ip6InOctets                     \t7013001
Ip6OutOctets                    \t7019001
Icmp6InMsgs                     \t7027
Icmp6InErrors                   \t7039
Icmp6OutMsgs                    \t7043
Udp6InDatagrams                 \t7057
Udp6NoPorts                     \t7069
Udp6InErrors                    \t7079
Udp6OutDatagrams                \t7103
Udp6RcvbufErrors                \t7109
Udp6SndbufErrors                \t7121
UdpLite6InErrors                \t7127
`;

const mdstat = `Personalities : [raid1] [raid6] [raid5] [raid4]
md0 : active raid1 sda2[0] sdb2[1]
      1048512 blocks super 1.2 [2/2] [UU]
      bitmap: 0/1 pages [0KB], 65536KB chunk

md1 : active raid5 sdf1[3](S) sdc1[0] sdd1[1](F) sde1[2]
      2097024 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/2] [U_U]
      [==>..................]  recovery = 12.6% (132480/1048512) finish=1.1min speed=13248K/sec

unused devices: <none>
`;

/** A process as the kernel shows it: state, threads. */
function processStat(pid: number, name: string, state: string, threads: number): string {
  return `${pid} (${name}) ${state} 1 1 1 0 -1 4194560 10 20 30 40 50 60 70 80 20 0 ${threads} 0 900 1000000 250 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;
}

function networkFiles(): Readonly<Record<string, string>> {
  return {
    'net/dev': `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
${interfaces.map((name, index) => `${name.padStart(6)}: ${upFrom(10_000 * (index + 1), 16, 13)}`).join('\n')}
`,
    'net/snmp': snmp,
    'net/netstat': netstat,
    'net/snmp6': snmp6,
    'net/sockstat':
      'sockets: used 229\nTCP: inuse 4 orphan 1 tw 5 alloc 17 mem 3\nUDP: inuse 6 mem 2\nUDPLITE: inuse 7\nRAW: inuse 8\nFRAG: inuse 9 memory 10\n',
    'net/sockstat6': 'TCP6: inuse 17\nUDP6: inuse 19\nUDPLITE6: inuse 23\nRAW6: inuse 29\nFRAG6: inuse 31 memory 37\n',
    'net/softnet_stat': cores
      .map((core) =>
        [
          '0000f00d',
          '0000000a',
          '00000b0b',
          '0',
          '0',
          '0',
          '0',
          '0',
          '0000000c',
          '0000000d',
          '0000000e',
          '0000000f',
          `0000000${core}`,
        ]
          .map((one) => one.padStart(8, '0'))
          .join(' '),
      )
      .join('\n')
      .concat('\n'),
    'net/arp':
      'IP address       HW type     Flags       HW address            Mask     Device\n10.0.0.1         0x1         0x2         52:54:00:00:00:01     *        eth0\n10.0.0.2         0x1         0x2         52:54:00:00:00:02     *        eth0\n10.1.0.2         0x1         0x2         52:54:00:00:00:03     *        eth1\n',
    'net/udp':
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n  128: 00000000:0044 00000000:0000 07 00000000:00000015 00:00000000 00000000     0        0 17 2 0 0\n  240: 00000000:0045 00000000:0000 07 00000003:00000000 00:00000000 00000000     0        0 18 2 0 0\n',
    'net/udp6': '  sl  local_address rem_address   st tx_queue rx_queue\n',
    'net/stat/nf_conntrack': `entries  searched found new invalid ignore delete delete_list insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart
00000021  00000000 00000001 00000000 00000003 00000020 00000000 00000000 00000005 00000006 00000007 00000008 00000000  00000000 00000000 00000000 00000009
00000021  00000000 00000001 00000000 00000002 00000030 00000000 00000000 00000005 00000006 00000007 00000008 00000000  00000000 00000000 00000000 0000000a
`,
  };
}

/** The files of /proc of the machine of node-tree.ts, by their names there. */
export function procFiles(): Readonly<Record<string, string>> {
  const stat = [
    'cpu  40408 4048 8088 400088 1208 168 328 488 648 808',
    ...cores.map((core) => `cpu${core} ${upFrom(10_101 + core * 1_000, 10, 111)}`),
  ];
  return {
    stat: `${stat.join('\n')}\nintr 98765 1 2 3\nctxt 123456789\nbtime 1790000000\nprocesses 54321\nprocs_running 3\nprocs_blocked 2\nsoftirq 66 1 2 3 4 5 6 7 8 9 21\n`,
    uptime: '12345.67 40000.00\n',
    loadavg: '1.25 2.50 3.75 3/456 7890\n',
    meminfo,
    vmstat:
      'nr_free_pages 308641\npgpgin 5001\npgpgout 5003\npswpin 5009\npswpout 5011\npgfault 5021\npgmajfault 5023\npgscan_kswapd 9\noom_kill 13\n',
    diskstats: disks
      .map((name, index) => ` ${8 + index} ${index} ${name} ${upFrom(1_000 * (index + 1), 17)}`)
      .join('\n')
      .concat('\n'),
    mdstat,
    schedstat: `version 15\ntimestamp 4295\n${cores.map((core) => `cpu${core} 0 0 0 0 0 0 ${2_045_936_778_163 + core} ${343_796_328_169 + core} ${4_767_485_306 + core}\ndomain0 f 1 2 3`).join('\n')}\n`,
    mounts: `/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
tmpfs /run tmpfs rw,nosuid 0 0
/dev/mapper/data /srv/with\\040blank xfs ro,noatime 0 0
/dev/mapper/data /srv/again xfs rw,noatime 0 0
overlay /var/lib/docker/overlay2/x overlay rw 0 0
server:/export /mnt/nfs nfs4 rw 0 0
`,
    ...networkFiles(),
    'pressure/cpu': 'some avg10=0.10 avg60=2.00 avg300=3.85 total=15000001\n',
    'pressure/io':
      'some avg10=0.10 avg60=2.00 avg300=3.85 total=16000003\nfull avg10=0.20 avg60=3.00 avg300=4.95 total=17000007\n',
    'pressure/memory':
      'some avg10=0.10 avg60=2.00 avg300=3.85 total=18000011\nfull avg10=0.20 avg60=3.00 avg300=4.95 total=19000013\n',
    'pressure/irq': 'full avg10=0.20 avg60=3.00 avg300=4.95 total=20000003\n',
    'sys/fs/file-nr': '1024\t0\t1631329\n',
    'sys/kernel/random/entropy_avail': '1337\n',
    'sys/kernel/random/poolsize': '4096\n',
    'sys/kernel/random/boot_id': '11111111-2222-3333-4444-555555555555\n',
    'sys/kernel/pid_max': '4194304\n',
    'sys/kernel/threads-max': '7801\n',
    'sys/kernel/hung_task_detect_count': '47\n',
    'sys/kernel/domainname': 'example\n',
    'sys/net/netfilter/nf_conntrack_count': '123\n',
    'sys/net/netfilter/nf_conntrack_max': '65536\n',
    '1/stat': processStat(1, 'init', 'S', 1),
    '7/stat': processStat(7, 'a (b) c', 'R', 5),
    '8/stat': processStat(8, 'gone', 'Z', 1),
    '9/stat': processStat(9, 'worker', 'I', 1),
    ...Object.fromEntries(['1', '7', '8', '9'].map((pid) => [`${pid}/status`, 'Name: x\n'])),
  };
}

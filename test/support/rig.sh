#!/usr/bin/env bash
# rig.sh once COMMAND…   runs COMMAND in a machine of its own, made of namespaces, that vanishes with it.
#
# Inside: own users, /etc, /run, logs, processes, network and host name; the working directory is the real one. Nothing
# done there is seen outside, two can run at once, and killing this script in any way ends everything in it.
# Where namespaces cannot be made (no root), COMMAND runs without a rig: SONDE_RIG is unset and system tests say so.
set -euo pipefail

state=/run/sonde-rig

enter() {
  mount --make-rprivate /
  mount -t tmpfs -o mode=755 run /run
  mkdir -p "$state/tmp" "$state/cwd" /run/sshd /run/netns /run/lock
  chmod 1777 "$state/tmp" /run/lock
  mount --bind "$PWD" "$state/cwd"

  local folder layers
  for folder in etc root home srv var/log var/lib; do
    [ -d "/$folder" ] || continue
    layers=$state/overlay/${folder//\//-}
    mkdir -p "$layers/upper" "$layers/work"
    mount -t overlay -o "lowerdir=/$folder,upperdir=$layers/upper,workdir=$layers/work" rig "/$folder"
  done
  mount -t proc proc /proc
  mount -t tmpfs -o mode=1777 shm /dev/shm

  # The checkout may lie below a folder that now is a copy: put the real one back.
  mount --bind "$state/cwd" "$PWD"
  cd "$PWD"

  hostname rig
  echo '127.0.0.1 rig' >>/etc/hosts
  ip link set lo up
  rm -f /root/.bashrc /root/.profile /root/.bash_profile
  local record
  for record in /run/utmp /var/log/wtmp /var/log/btmp /var/log/lastlog; do
    : >"$record"
    chgrp utmp "$record"
    chmod 664 "$record"
  done
  chmod 660 /var/log/btmp
  ulimit -n "$(ulimit -Hn)"
  # Dates that tests write down are of this time zone, whatever the machine's is.
  export TZ=UTC
  export SONDE_RIG=$state TMPDIR=$state/tmp PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
}

flags=(--mount --pid --net --uts --ipc --fork --kill-child)

case ${1:-} in
  once)
    shift
    unset SONDE_RIG
    if [ "$(id -u)" != 0 ] || ! unshare "${flags[@]}" true 2>/dev/null; then exec "$@"; fi
    # If this shell dies, even by KILL, unshare dies; with it the first process inside; with that, all others.
    setpriv --pdeathsig KILL unshare "${flags[@]}" bash "$(realpath "$0")" __inside "$@" <&0 &
    inner=$!
    trap 'kill -KILL $inner 2>/dev/null; exit 143' TERM INT HUP
    code=0
    wait "$inner" || code=$?
    exit "$code"
    ;;
  __inside)
    shift
    enter
    code=0
    "$@" || code=$?
    exit "$code"
    ;;
  *)
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac

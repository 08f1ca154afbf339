#!/usr/bin/env bash
# A real S3 server on loopback: Ceph's monitor, manager, in-memory OSD and radosgw (about 450 MB of memory, up in 20 s).
#   radosgw.sh DIR up     endpoint http://127.0.0.1:17480, key AK, secret SK, path-style addresses
#   radosgw.sh DIR down
# Debian: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-mgr ceph-common curl
set -euo pipefail

dir=$(mkdir -p "$1" && cd "$1" && pwd)
conf=$dir/ceph.conf
port=17480

down() { # and wait: the daemons still write to DIR for some seconds
  local pids
  pids=$(cat "$dir"/run/*.pid 2>/dev/null | tr '\n' ' ')
  for pid in $pids; do kill "$pid" 2>/dev/null || true; done
  for _ in $(seq 60); do
    # shellcheck disable=SC2086  # a list of numbers
    kill -0 $pids 2>/dev/null || return 0
    sleep 0.5
  done
  echo "radosgw.sh: still running after 30 s: $pids" >&2
  return 1
}

write_conf() {
  cat > "$conf" <<CONF
[global]
fsid = $1
mon host = [v2:127.0.0.1:13300,v1:127.0.0.1:16789]
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon warn on pool no redundancy = false
mon allow pool size one = true
run dir = $dir/run
pid file = $dir/run/\$name.pid
admin socket = $dir/run/\$name.asok
log file = $dir/log/\$name.log
mon data = $dir/mon
mgr data = $dir/mgr
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 2147483648
osd memory target = 939524096
ms bind ipv6 = false
ms mon client mode = crc
ms mon service mode = crc
ms mon cluster mode = crc
ms client mode = crc
ms service mode = crc
ms cluster mode = crc
[client.rgw]
rgw data = $dir/rgw
rgw frontends = beast endpoint=127.0.0.1:$port
rgw thread pool size = 32
CONF
}

up() {
  cd "$dir"
  rm -rf mon mgr osd rgw run log
  mkdir -p mon mgr osd rgw run log
  local fsid osd
  fsid=$(cat /proc/sys/kernel/random/uuid)
  osd=$(cat /proc/sys/kernel/random/uuid)
  write_conf "$fsid"
  export CEPH_CONF=$conf
  monmaptool --create --fsid "$fsid" --addv a '[v2:127.0.0.1:13300,v1:127.0.0.1:16789]' run/monmap
  ceph-mon -i a --mkfs --monmap run/monmap -c "$conf"
  ceph-mon -i a -c "$conf"
  timeout 30 ceph -c "$conf" -s
  ceph-mgr -i x -c "$conf"
  timeout 30 ceph -c "$conf" osd new "$osd" 0
  ceph-osd -i 0 --mkfs -c "$conf" --osd-uuid "$osd"
  ceph-osd -i 0 -c "$conf"
  sleep 3
  timeout 60 radosgw -n client.rgw -c "$conf"
  for _ in $(seq 60); do curl -s -o /dev/null "http://127.0.0.1:$port/" && break; sleep 1; done
  timeout 60 radosgw-admin -c "$conf" user create --uid=t --display-name=t --access-key=AK --secret-key=SK > /dev/null
}

case ${2:-up} in
  up) up >&2 ;;
  down) down ;;
  *) echo "radosgw.sh DIR up|down" >&2; exit 2 ;;
esac

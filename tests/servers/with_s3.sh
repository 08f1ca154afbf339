#!/usr/bin/env bash
# Runs a command with an S3 server on loopback and the variables that point at it; the server goes when the command ends.
# Ceph's radosgw where it's installed. Otherwise moto, an emulator, which accepts wrong secrets: VIDGEN_TEST_S3_SERVER
# says which, for the tests that only a real server can pass.
#   with_s3.sh COMMAND...
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
moto_pid=

stop() {
  if [[ -n $moto_pid ]]; then
    kill "$moto_pid" 2>/dev/null && wait "$moto_pid" 2>/dev/null || true
  else
    "$here/radosgw.sh" "$scratch" down
  fi
  rm -rf "$scratch"
}
trap stop EXIT

if command -v radosgw > /dev/null && command -v ceph-mon > /dev/null && command -v ceph-osd > /dev/null; then
  echo "S3 server: Ceph radosgw"
  export VIDGEN_TEST_S3_SERVER=radosgw VIDGEN_TEST_S3_ENDPOINT=http://127.0.0.1:17480
  "$here/radosgw.sh" "$scratch" up 2> "$scratch/up.log" || { cat "$scratch/up.log"; exit 1; }
else
  echo "S3 server: moto's emulator; for a real one install Ceph (tests/servers/radosgw.sh names the packages)"
  export VIDGEN_TEST_S3_SERVER=moto VIDGEN_TEST_S3_ENDPOINT=http://127.0.0.1:17481
  .venv/bin/moto_server -H 127.0.0.1 -p 17481 > "$scratch/moto.log" 2>&1 &
  moto_pid=$!
  .venv/bin/python - "$VIDGEN_TEST_S3_ENDPOINT" <<'PYTHON' || { cat "$scratch/moto.log"; exit 1; }
import sys, time, urllib.request

for attempt in range(60):
    try:
        urllib.request.urlopen(sys.argv[1], timeout=2)
        break
    except OSError:
        time.sleep(0.5)
else:
    sys.exit("moto didn't come up within 30 s")
PYTHON
fi

export AWS_ACCESS_KEY_ID=AK AWS_SECRET_ACCESS_KEY=SK AWS_REGION=us-east-1
"$@"

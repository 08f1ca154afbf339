#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own on loopback and VIDGEN_TEST_POSTGRES_URL; the server goes with the command.
# Debian: apt-get install --no-install-recommends postgresql
#   with_postgres.sh COMMAND...
set -euo pipefail

port=17482
bin=$(command -v initdb > /dev/null && dirname "$(command -v initdb)" || ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[[ -n $bin ]] || { echo "No PostgreSQL server programs found; Debian has them in the package postgresql." >&2; exit 2; }

scratch=$(mktemp -d)
# PostgreSQL refuses to run as root.
as_owner() { if [[ $(id -u) == 0 ]]; then runuser -u nobody -- "$@"; else "$@"; fi; }
[[ $(id -u) == 0 ]] && chown nobody "$scratch"

stop() {
  as_owner "$bin/pg_ctl" -D "$scratch/data" -m immediate stop > /dev/null 2>&1 || true
  rm -rf "$scratch"
}
trap stop EXIT

as_owner "$bin/initdb" -D "$scratch/data" -U vidgen -A trust -E UTF8 > "$scratch.log"
as_owner "$bin/pg_ctl" -D "$scratch/data" -w -l "$scratch/server.log" \
  -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c fsync=off" start > /dev/null
rm -f "$scratch.log"

export VIDGEN_TEST_POSTGRES_URL=postgresql+psycopg2://vidgen@127.0.0.1:$port/postgres
"$@"

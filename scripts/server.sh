#!/bin/bash
# ./dev server postgresql: a private server, until interrupted. Its URL is the first line of the output.
set -euo pipefail
. scripts/lib/common.sh
. scripts/lib/postgresql.sh

[ "${1:-}" = postgresql ] || fail "which server? ./dev server postgresql"
install_missing "$packages_to_serve"
trap postgresql_stop EXIT
trap 'exit 0' INT TERM
postgresql_start || exit 1
echo "$postgresql_url"
echo "by its socket: postgresql:///postgres?host=$postgresql_folder&port=$postgresql_port&user=postgres&password=$postgresql_password"
echo "certificate: $postgresql_folder/data/server.crt"
wait "$postgresql_pid"

#!/bin/bash
# ./dev server TARGET: a private server, until interrupted. The URL of an empty database is the first line of the output.
set -euo pipefail
. scripts/lib/common.sh
. scripts/lib/targets.sh

target=${1:-}
[ -n "$target" ] && serves "$target" || fail "which server? there is: $(cd tests/servers && echo *)"
install_missing "$packages_to_serve"
trap servers_stop EXIT
trap 'exit 0' INT TERM
server_start "$target" || exit 1
database_new "$target" toasty
echo "by its socket: $(server_do "$target" socket.sh toasty)"
server=TOASTY_SERVER_$target
echo "its folder, as tests/servers/$target/start.sh says: ${!server%% *}"
wait "${server_pids[$target]}"

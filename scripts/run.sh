#!/bin/bash
# ./dev run [URL] [--sql]: builds the quickstart and runs it, by default on the SQLite file build/run/quickstart.db.
set -euo pipefail
. scripts/lib/common.sh

install_missing "$packages_to_build"
folder=build/run
log=build/logs/run.log
mkdir -p "$folder" build/logs
start=$(now)
{
  cmake -S . -B "$folder" -G Ninja -DCMAKE_C_COMPILER=gcc -DTOASTY_EXAMPLES=ON && cmake --build "$folder" --target quickstart
} > "$log" 2>&1 || {
  grep -E 'error:|^FAILED|Error' "$log" | head -n 20 || tail -n 20 "$log"
  fail "the build failed; all of its output: $log"
}
echo "built in $(seconds_since "$start")"

url=
for argument; do
  case $argument in
    -*) ;;
    *) url=$argument ;;
  esac
done
[ -n "$url" ] || set -- "sqlite:$PWD/$folder/quickstart.db" "$@"
exec "$folder/examples/quickstart" "$@"

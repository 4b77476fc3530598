#!/bin/bash
# Lets the allocations of the quickstart's whole process fail, one a run: those of the client library and of the C library too.
# Each run must end by itself, without a crash, and either work all the same or tell why it stops.
#
# Tried is each allocation whose call stack was not seen twice before; TOASTY_FAIL_ALL=1 tries them all, which takes long.
set -uo pipefail
program=$TOASTY_BUILD/tests/quickstart-sqlite
[ -x "$program" ] || { echo '0 passed, 0 failed, 1 skipped'; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export work program TOASTY_SHIM=$TOASTY_BUILD/tests/libfaulty_malloc.so

TOASTY_FAIL_COUNT=$work/count TOASTY_FAIL_PLACES=$work/places LD_PRELOAD=$TOASTY_SHIM "$program" sqlite::memory: > "$work/expected" 2>&1 || {
  cat "$work/expected"
  echo '0 passed, 1 failed, 0 skipped'
  exit 1
}

# libuv ends the program when it cannot grow its table of descriptors, and offers no way to prevent that.
ended_by_libuv() { # FILE of a call stack, innermost first
  grep '^/.*(' "$1" | grep -v libfaulty_malloc | head -n 1 | grep -q libuv
}

try() { # N: prints a line when the run is wrong
  local status=0
  { TOASTY_FAIL_TRACE=1 TOASTY_FAIL_AT=$1 LD_PRELOAD=$TOASTY_SHIM timeout 20 "$program" sqlite::memory: \
    > "$work/$1.out" 2> "$work/$1.err"; } 2> /dev/null || status=$?
  if [ "$status" = 134 ] && ended_by_libuv "$work/$1.err"; then
    :
  elif [ "$status" -ge 124 ]; then
    echo "FAILED  faults: the program ends well when allocation $1 fails (status $status)"
    tail -n 20 "$work/$1.err"
  elif [ "$status" = 0 ] && [ "$(wc -l < "$work/$1.out")" != "$(wc -l < "$work/expected")" ]; then
    echo "FAILED  faults: the output is whole when allocation $1 fails and the program says that it worked"
  elif [ "$status" != 0 ] && ! grep -qv '^/' "$work/$1.err"; then
    echo "FAILED  faults: the program says why it stops when allocation $1 fails"
  fi
  rm -f "$work/$1.out" "$work/$1.err"
}
export -f try ended_by_libuv

count=$(cat "$work/count")
[ -z "${TOASTY_FAIL_ALL:-}" ] || seq 1 "$count" > "$work/places"
xargs -P 2 -n 64 bash -c 'for n; do try "$n"; done' - < "$work/places" > "$work/failures"
tried=$(wc -l < "$work/places")
failed=$(grep -c '^FAILED' "$work/failures")
head -n 40 "$work/failures"
echo "$count allocations, $tried tried"
echo "$([ "$failed" = 0 ] && echo 1 || echo 0) passed, $([ "$failed" = 0 ] && echo 0 || echo "$failed") failed, 0 skipped"
[ "$failed" = 0 ]

#!/bin/bash
# Lets the allocations of the quickstart's whole process fail, those of the client library and of the C library too, one a run:
# on a SQLite file, whose connections have threads, and on a server. What each run has to show stands in allocations.c.
# The server is asked without TLS, which OpenSSL crashes in when a table of its own cannot be allocated.
#
# Each distinct call stack is tried, and of the other allocations every k-th; TOASTY_FAIL_ALL=1 tries them all, which takes long.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." && . scripts/lib/targets.sh || exit 1
tests=$TOASTY_BUILD/tests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# on TARGET MOST URL…: the quickstart of the target, on each of the databases.
on() {
  local target=$1 most=${TOASTY_FAIL_ALL:+1000000000}
  "$tests/allocations-$target" "$tests/quickstart-$target" "$tests/libfaulty_malloc.so" "$work" "${most:-$2}" "${@:3}" \
    > "$work/said" 2>&1
  cat "$work/said"
  if [[ $(tail -n 1 "$work/said") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
    echo "FAILED  faults: the allocations of the quickstart on $target are tried to the end"
  fi
}

on sqlite 2000 "sqlite:$work/a.db" "sqlite:$work/b.db"
for target in postgresql mariadb; do
  if is_up $target; then
    on $target 450 "$(database_new $target allocations_a)?sslmode=disable" "$(database_new $target allocations_b)?sslmode=disable"
  else
    skipped=$((skipped + 1))
  fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]

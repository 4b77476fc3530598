#!/bin/bash
# The tour runs on every database, prints the same on each, and has nothing to complain about.
set -uo pipefail
tour=$TOASTY_BUILD/examples/tour
[ -x "$tour" ] || { echo '0 passed, 0 failed, 1 skipped'; exit 0; }
cd "$(dirname "${BASH_SOURCE[0]}")/../.." && . scripts/lib/targets.sh || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# prints_the_tour URL: it ends well, with nothing on stderr, and prints what it printed first.
prints_the_tour() {
  "$tour" "$@" > "$work/now" 2> "$work/complaints" && [ -s "$work/now" ] && [ ! -s "$work/complaints" ] || {
    cat "$work/complaints"
    return 1
  }
  [ -e "$work/first" ] || cp "$work/now" "$work/first"
  diff "$work/first" "$work/now"
}

check() { # SENTENCE COMMAND…
  if "${@:2}" > "$work/said" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED  tour: $1"
    head -n 20 "$work/said"
  fi
}

check 'it runs on an embedded database' prints_the_tour "sqlite:$work/tour.db"
check 'it prints the same on a database in memory' prints_the_tour
for target in $(sql_targets); do
  serves "$target" || continue
  is_up "$target" || { skipped=$((skipped + 1)); continue; }
  check "it prints the same on $target" prints_the_tour "$(database_new "$target" tour)"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]

#!/bin/bash
# The quickstart prints the same on every database, on every run and in both faces; written with callbacks it links no fiber code.
set -uo pipefail
programs=$TOASTY_BUILD/examples
[ -x "$programs/quickstart" ] || { echo '0 passed, 0 failed, 1 skipped'; exit 0; }
cd "$(dirname "${BASH_SOURCE[0]}")/../.." && . scripts/lib/targets.sh || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

check() { # SENTENCE COMMAND…
  local sentence=$1
  shift
  if "$@" > "$work/out" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED  quickstart: $sentence"
    head -n 20 "$work/out"
  fi
}

prints() { # FILE PROGRAM ARGUMENT…: the program prints what is in the file, which the first one writes
  local file=$work/$1
  shift
  "$@" > "$work/now" || return 1
  [ -e "$file" ] || mv "$work/now" "$file"
  [ -s "$file" ] && { [ ! -e "$work/now" ] || diff "$file" "$work/now"; }
}

shows_sql() {
  "$programs/quickstart" "sqlite:$work/a.db" --sql > "$work/sql" && grep -q 'SELECT' "$work/sql" && grep -q 'INSERT' "$work/sql"
}

has_no_fibers() {
  ! nm "$programs/quickstart-callbacks" | grep -E ' [tT] (toasty_spawn_|toasty__fiber_switch)'
}

fails_clearly() {
  ! "$programs/quickstart" nonsense://x 2> "$work/why" && grep -q nonsense "$work/why"
}

check 'it runs on an embedded database' prints quickstart "$programs/quickstart" "sqlite:$work/a.db"
check 'a second run prints the same' prints quickstart "$programs/quickstart" "sqlite:$work/a.db"
check 'it prints the same on a database in memory' prints quickstart "$programs/quickstart"
check 'it shows its statements' shows_sql
check 'a URL that cannot be used is told' fails_clearly
check 'with callbacks it prints the same' prints quickstart "$programs/quickstart-callbacks" "sqlite:$work/b.db"
check 'a second run with callbacks prints the same' prints quickstart "$programs/quickstart-callbacks" "sqlite:$work/b.db"
check 'with callbacks it prints the same on a database in memory' prints quickstart "$programs/quickstart-callbacks"
check 'with callbacks it links no fiber code' has_no_fibers
for target in $(sql_targets); do
  serves "$target" || continue
  is_up "$target" || { skipped=$((skipped + 3)); continue; }
  url=$(database_new "$target" quickstart)
  check "it prints the same on $target" prints quickstart "$programs/quickstart" "$url"
  check "a second run on $target prints the same" prints quickstart "$programs/quickstart" "$url"
  check "with callbacks it prints the same on $target" prints quickstart "$programs/quickstart-callbacks" "$url"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]

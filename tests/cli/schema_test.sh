#!/bin/bash
# `toasty schema dump`: what it prints is what a push makes, so a push over it has nothing to do.
#
# golden/: what is printed for models.h. UPDATE=1 writes it anew. The last line is `N passed, N failed, N skipped`.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
tool=$TOASTY_BUILD/toasty
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# holds SENTENCE COMMAND…: passes when the command does; its output is shown when it does not.
holds() {
  local sentence=$1
  shift
  if "$@" > "$work/output" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED  cli: $sentence"
    tail -n 30 "$work/output"
  fi
}
# exits CODE TEXT ARGUMENT…: the command's exit code, and a text in what it prints.
exits() {
  local code=$1 text=$2 got=0
  shift 2
  "$tool" "$@" > "$work/said" 2>&1 || got=$?
  [ "$got" = "$code" ] && grep -qF -- "$text" "$work/said" || { echo "exit code $got"; cat "$work/said"; return 1; }
}

# --- what is printed ---
dump() { # FILE ARGUMENT…
  local file=$1
  shift
  (cd "$here" && "$tool" schema dump "$@" models.h -- -I"$root/include") > "$work/$file" 2> "$work/messages"
  [ -z "${UPDATE:-}" ] || cp "$work/$file" "$here/golden/$file"
  diff -u "$here/golden/$file" "$work/$file" && [ ! -s "$work/messages" ]
}
holds 'the statements of SQLite are the expected ones' dump sqlite.sql --targets sqlite
holds 'the statements of PostgreSQL are the expected ones' dump postgresql.sql --targets postgresql
holds 'several targets are printed one after the other' dump both.sql --targets sqlite,postgresql --prefix app_
holds 'the text form is the expected one' dump snapshot --targets sqlite,postgresql --format snapshot

holds 'its help names its options' exits 0 '--format sql|snapshot' schema dump --help
holds 'the group lists its verbs' exits 2 'schema dump' schema
holds 'a format that does not exist is refused' exits 2 'unknown format xml' schema dump --targets sqlite --format xml a.h
holds 'targets are asked for' exits 2 '--targets is missing' schema dump models.h
holds 'headers are asked for' exits 2 'no header is named' schema dump --targets sqlite
holds 'a header that is not there is named' exits 1 'none.h: No such file' schema dump --targets sqlite "$work/none.h"

# --- what is printed is what a push makes ---
models() { # TARGET: the tables of the conformance suite
  (cd "$root/tests/models" && "$tool" schema dump --targets "$1" ./*.h sql/*.h -- -I"$root/include" -I.)
}
# An index of somebody else's goes with its table when a test finds a difference and resets the schema.
mark='CREATE INDEX made_by_hand ON people (bio);'
suite() { # TARGET URL
  TOASTY_TEST_URL=$2 "$TOASTY_BUILD/tests/conformance-$1" --only a_second_push_is_quiet > "$work/suite" 2>&1
  local status=$?
  cat "$work/suite"
  [ "$status" = 0 ] && grep -q '^1 passed' "$work/suite"
}

sqlite_tables() { sqlite3 "$work/models.db" .schema; }
sqlite_is_quiet() {
  { models sqlite; echo "$mark"; } | sqlite3 -bail "$work/models.db" || return 1
  sqlite_tables > "$work/before"
  suite sqlite "sqlite:$work/models.db" && sqlite_tables | diff "$work/before" -
}
if command -v sqlite3 > /dev/null; then
  holds 'a push over what SQLite was told changes nothing' sqlite_is_quiet
else
  skipped=$((skipped + 1))
fi

cd "$root" && . scripts/lib/targets.sh || exit 1
url=
if is_up postgresql; then url=$(database_new postgresql cli_schema); fi
postgresql_tables() { psql -XqAt "$url" -c "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"; }
postgresql_is_quiet() {
  { models postgresql; echo "$mark"; } | psql -Xq -v ON_ERROR_STOP=1 "$url" || return 1
  postgresql_tables > "$work/before"
  suite postgresql "$url" && postgresql_tables | diff "$work/before" - && grep -q made_by_hand "$work/before"
}
if [ -n "$url" ] && command -v psql > /dev/null; then
  holds 'a push over what PostgreSQL was told changes nothing' postgresql_is_quiet
else
  skipped=$((skipped + 1))
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]

#!/bin/bash
# What a call may take: a change at most 48 bytes, the options of a call 4 KiB, a create with one nested level 2 KiB of stack at -O0.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

cat > "$work/calls.c" << 'C'
#include "models.toasty.h"
_Static_assert(sizeof(user_change) <= 48, "a change");
_Static_assert(sizeof(UserFind) <= 4096, "the options of a query");
_Static_assert(sizeof(UserUpdateAll) <= 4096, "the options of an update");
_Static_assert(sizeof(toasty_open_options) <= 4096, "the options of an open");
User *create_nested(toasty_db *db);
User *create_nested(toasty_db *db)
{
    return user_create(db, .name = "John", .email = "john@example.com", .age = toasty_some(42),
                       .todos = todo_new({.title = "one"}, {.title = "two"}, {.title = "three"}));
}
C
"$TOASTY_BUILD/toasty" derive --targets sqlite,postgresql --output "$work" "$root/examples/quickstart/models.h" -- \
  -I"$root/include" || exit 1
flags=(-std=c11 -I"$root/include" -I"$root/examples/quickstart" -I"$work" -c "$work/calls.c" -o "$work/calls.o")

# check SENTENCE COMMAND…
check() {
  if "${@:2}" > "$work/said" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED  derive: $1"
    cat "$work/said"
  fi
}

stack_is_at_most() { # BYTES FUNCTION
  local bytes
  bytes=$(awk -F '\t' -v name=":$2" '$1 ~ name "$" { print $2 }' "$work/calls.su")
  echo "note: $2 takes ${bytes:-an unknown number of} bytes of stack"
  [ "${bytes:-999999}" -le "$1" ]
}

for compiler in gcc clang-14; do
  check "changes and options are small ($compiler)" "$compiler" -O0 -fstack-usage "${flags[@]}"
  check "a create with one nested level takes little stack ($compiler)" stack_is_at_most 2048 create_nested
  cat "$work/said"
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]

#!/bin/bash
# Each block of C in the guide compiles with both compilers and all guards, inside a function that has a `db`.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
read -ra guards <<< "$(pkg-config --variable=guards "$TOASTY_BUILD/install/toasty.pc")"
"$TOASTY_BUILD/toasty" derive --targets sqlite,postgresql --output "$work" "$root/tests/guide/models.h" -- -I"$root/include" || exit 1

for page in "$root"/docs/guide/*.md; do
  name=$(basename "$page" .md)
  awk -v page="docs/guide/$name.md" '
    BEGIN { print "#include \"models.toasty.h\"\n#include <stdio.h>" }
    /^```c$/ { n++; inside = 1; printf "void block_%d(toasty_db *db);\nvoid block_%d(toasty_db *db)\n{\n#line %d \"%s\"\n", n, n, NR + 1, page; next }
    /^```$/ { if (inside) print "}"; inside = 0 }
    inside' "$page" > "$work/$name.c"
  for compiler in gcc clang-14; do
    if "$compiler" -std=c11 -Wall -Wextra "${guards[@]}" -I"$root/include" \
      -I"$root/tests/guide" -I"$work" -fsyntax-only "$work/$name.c" > "$work/said" 2>&1 && [ ! -s "$work/said" ]; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      echo "FAILED  guide: the blocks of $name compile with $compiler"
      cat "$work/said"
    fi
  done
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]

#!/bin/bash
# scripts/check-layers on a small tree: an include that goes down is fine, and each kind of offence is found with its place.
set -uo pipefail
check=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/scripts/check-layers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# expect SENTENCE WHAT FILE LINE…: what the checker says once the file of src/ has these lines; the file is put back as it was.
expect() {
  local sentence=$1 wanted=$2 file=$work/src/$3
  cp "$file" "$work/before"
  printf '%s\n' "${@:4}" > "$file"
  "$check" "$work" > "$work/said"
  if grep -qF -- "$wanted" "$work/said" && [ "$(wc -l < "$work/said")" = 1 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED  layers: $sentence"
    cat "$work/said"
  fi
  mv "$work/before" "$file"
}

for file in base/text.h base/text.c core/tree.h core/leaf.h engine/plan/plan.h engine/run/run.h; do
  mkdir -p "$work/src/$(dirname "$file")"
  echo > "$work/src/$file"
done

expect 'an include goes down' '6 files, every include goes down' core/tree.h '#include "base/text.h"'
expect 'never up' 'src/base/text.h:2: base does not include "core/tree.h"' base/text.h '' '#include "core/tree.h"'
expect 'nor up between rooms' 'engine/plan does not include "engine/run/run.h"' engine/plan/plan.h '#include "engine/run/run.h"'
expect 'a header that does not exist is found' '"core/bush.h" is not below src/' core/tree.h '#include "core/bush.h"'
expect 'a client stays with those who may know it' '<uv.h> is not for core' core/tree.h '#include <uv.h>'
expect 'a database has no name' "the name of a database" core/tree.h 'int sqlite;'
expect 'but in a comment' 'every include goes down' core/tree.h '/* sqlite */'
echo '#include "core/leaf.h"' > "$work/src/core/tree.h"
expect 'headers do not go in a circle' 'a circle of headers: core/leaf.h → core/tree.h → core/leaf.h' core/leaf.h '#include "core/tree.h"'

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]

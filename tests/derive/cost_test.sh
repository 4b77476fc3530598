#!/bin/bash
# What generated code costs to compile, printed for 10, 50 and 200 models; see tests/derive/compile_cost. TOASTY_BUILD is a build of
# the tree.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
for compiler in gcc clang-14; do
  if "$(dirname "$0")/compile_cost" "$TOASTY_BUILD/toasty" "$work" "$compiler"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED derive: the cost of compiling with $compiler"
  fi
done
# The measure itself: a compiler that is not there costs nothing, and must not pass for that.
if "$(dirname "$0")/compile_cost" "$TOASTY_BUILD/toasty" "$work" no-such-compiler > /dev/null 2>&1; then
  failed=$((failed + 1))
  echo "FAILED derive: a compiler that is not there has no cost"
else
  passed=$((passed + 1))
fi
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]

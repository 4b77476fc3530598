#!/bin/bash
# ./dev format [--check]: lays out every C file of the tree, or only tells where one differs (and fails).
set -euo pipefail
. scripts/lib/common.sh

mode=(-i)
[ "${1:-}" != --check ] || mode=(--dry-run --Werror)
# Golden folders hold what the generator writes, reject and misuse folders what nobody should; headers of models are tables, laid out by
# hand. What clang-format says beyond the layout (a header that it takes for Objective-C) is shown as it is.
find src include tests examples bench -name '*.[ch]' -not -path 'tests/derive/golden/*' -not -path 'tests/derive/reject/*' \
  -not -path 'tests/models/*' -not -path 'tests/misuse/*' -print0 |
  xargs -0 -r grep -LZ '^toasty_model(' | sort -z | xargs -0 -r -n 40 -P 2 clang-format-14 "${mode[@]}" 2>&1 |
  sed -n 's/: \(error\|warning\): code should.*/: .clang-format would change this/p; /^Configuration/p' | sort

#!/bin/bash
# The conformance suite on a key-value store with each habit of a strict one alone, so that none hides behind another.
set -uo pipefail
suite=$TOASTY_BUILD/tests/conformance-keyvalue
[ -x "$suite" ] || { echo '0 passed, 0 failed, 1 skipped'; exit 0; }
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
passed=0 failed=0

habits() { # as options of the store's URL
  sed -n 's/^ *X(\([a-z_]*\), true,.*/\1=on/p; s/^ *X(\([a-z_]*\), false,.*/\1=off/p' src/drivers/keyvalue/habits.h
}

for habit in $(habits); do
  if TOASTY_TEST_URL="keyvalue:$habit?$habit" "$suite" > "${TMPDIR:-/tmp}/habit.$$" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED  habits: the suite holds with $habit"
    grep -A 2 FAILED "${TMPDIR:-/tmp}/habit.$$"
  fi
done
rm -f "${TMPDIR:-/tmp}/habit.$$"
[ $((passed + failed)) -gt 5 ] || { echo 'FAILED  habits: the header lists them'; failed=$((failed + 1)); }

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]

#!/bin/bash
# Tests the test frame: the runner must tell failures, crashes, early exits and time-outs from what passes, and count them.
set -uo pipefail
specimen=$TOASTY_BUILD/tests/specimen
passed=0 failed=0

# expect SENTENCE TEXT PATTERN: the sentence holds when a line of the text matches.
expect() {
  if grep -Eq -- "$3" <<< "$2"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED  harness: %s\n%s\n' "$1" "$2"
  fi
}

all=$("$specimen" 2> /dev/null)
status=$?
expect 'a failed test makes the run fail' "$status" '^1$'
expect 'the last line counts what passed, failed and was skipped' "$(tail -n 1 <<< "$all")" \
  '^7 passed, 4 failed, 2 skipped$'
expect 'a failure is named by a sentence' "$all" '^FAILED  failing: what does not hold fails$'
expect 'a failure tells its file and line' "$all" 'specimen\.c:[0-9]+: 1 \+ 1 == 3 does not hold'
expect 'a crash is a failure' "$all" '^FAILED  crashing: '
expect 'leaving the process is a failure' "$all" '^FAILED  exiting: '
expect 'a test that does not end is a failure' "$all" '^FAILED  hanging: '
expect 'a test without a capability of the target is skipped' "$("$specimen" --only needing)" \
  '^0 passed, 0 failed, 1 skipped$'
expect 'one area can be chosen' "$("$specimen" --only passing)" '^1 passed, 0 failed, 0 skipped$'
expect 'quick runs leave slow tests out' "$("$specimen" --quick --only slow)" '^0 passed, 0 failed, 1 skipped$'
expect 'tests with threads can be chosen' "$("$specimen" --threads)" '^1 passed, 0 failed, 0 skipped$'
expect 'each test has a process of its own' "$("$specimen" --only sharing)" '^3 passed, 0 failed, 0 skipped$'
expect 'but for the one that needs its own, they share one when told to' "$("$specimen" --only sharing --together)" \
  '^2 passed, 1 failed, 0 skipped$'
late=$("$specimen" --only hanging --together)
expect 'where they share a process, one that does not end ends it' "$?" '^1$'
expect 'and is named' "$late" '^FAILED  hanging: '
failed_together=$("$specimen" --only failing --together)
expect 'where they share a process, one that fails ends it' "$?" '^1$'
expect 'and is named too' "$failed_together" '^FAILED  failing: what does not hold fails$'
expect 'so that no totals come' "$(grep -c passed <<< "$failed_together")" '^0$'
timeout 0.3 "$specimen" --only hanging --together > /dev/null 2>&1
expect 'and it can be ended from outside' "$?" '^124$'
"$specimen" --only passing > /dev/null
expect 'a run without failures succeeds' "$?" '^0$'

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]

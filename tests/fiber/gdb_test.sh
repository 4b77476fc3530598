#!/bin/bash
# Fibers under gdb: a backtrace inside of a fiber ends at its trampoline, and toasty-gdb.py shows those that wait.
set -uo pipefail
command -v gdb > /dev/null || { echo '0 passed, 0 failed, 1 skipped'; exit 0; }
passed=0 failed=0

# expect SENTENCE PATTERN: the sentence holds when a line of the output matches.
expect() {
  if grep -Eq -- "$2" <<< "$output"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED  gdb: %s\n%s\n' "$1" "$output"
  fi
}

# A test in which one fiber joins a second that sleeps, while a third runs and is stopped.
output=$(CK_FORK=no timeout 60 gdb -nx -batch -iex 'set debuginfod enabled off' -ex 'break fiber_test.c:note_arg' -ex run \
  -ex 'echo backtrace\n' -ex bt -ex 'echo fibers\n' -ex 'source tools/gdb/toasty-gdb.py' -ex toasty-fibers -ex kill \
  --args "$TOASTY_BUILD/tests/unit" --only a_fiber_joins_fibers_that_run_and_that_ended 2>&1)
all=$output

output=$(sed -n '/^backtrace$/,/^fibers$/p' <<< "$all" | grep '^#' | tail -n 1)
expect 'a backtrace in a fiber ends at the trampoline' 'machine_trampoline \(\)'

output=$(sed -n '/^fibers$/,$p' <<< "$all")
expect 'waiting fibers are listed by their functions' '^fiber 0x[0-9a-f]+  parked  .*<join_two>'
expect 'a backtrace of a waiting fiber shows where it waits' '    #[0-9]+ +toasty_join \(\) at '
expect 'a backtrace of a waiting fiber shows its function' '    #[0-9]+ +join_two \(\) at '
expect 'a backtrace of a waiting fiber ends at the trampoline' '    #[0-9]+ +.*toasty__machine_trampoline \(\)'
expect 'the fiber that runs is not among them' '^2 fibers$'

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]

#!/bin/bash
# A program that uses callbacks only links no code of fibers: no other object of the library refers to theirs.
set -uo pipefail
fibers='toasty_spawn_|toasty_join|toasty_cancel|toasty_sleep|toasty_fiber_self|toasty_report_overflows|toasty__(scheduler|stack|machine|overflow)_[a-z_]+'

# OBJECT SYMBOL of each reference to code of fibers from outside of it
references=$(nm -A --undefined-only "$TOASTY_BUILD/libtoasty.a" 2> /dev/null | sed 's/^[^:]*://' |
  grep -Ev '^(fiber|overflow|scheduler|stack|switch_[a-z0-9_]+)\.c\.o:' | grep -E " U ($fibers)\$")
defined=$(nm --defined-only "$TOASTY_BUILD/libtoasty.a" 2> /dev/null | grep -Ec " T ($fibers)\$")

if [ -n "$references" ]; then
  printf 'FAILED  symbols: nothing below or beside refers to fibers\n%s\n' "$references"
elif [ "$defined" -lt 10 ]; then
  printf 'FAILED  symbols: the library has the code of fibers (%s symbols)\n' "$defined"
else
  echo '1 passed, 0 failed, 0 skipped'
  exit 0
fi
echo '0 passed, 1 failed, 0 skipped'
exit 1

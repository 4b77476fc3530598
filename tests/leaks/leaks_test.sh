#!/bin/bash
# What the checkers of memory say about results: one that the program has lost is reported, one that it holds is not, wherever it holds it;
# and of rows that were borrowed for too long.
# The library is the ordinary one, without a sanitizer. TOASTY_BUILD is a build of the tree.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# holds SENTENCE COMMAND…: passes when the command does; its output is shown when it does not.
holds() {
  local sentence=$1
  shift
  if "$@" > "$work/output" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED  leaks: $sentence"
    tail -n 30 "$work/output"
  fi
}

"$TOASTY_BUILD/toasty" derive --targets sqlite --output "$work" "$here/models.h" -- -I"$root/include" || exit 1
link() { # PROGRAM OPTION…
  local program=$1
  shift
  gcc -std=gnu11 -g -O0 "$@" -I"$root/include" -I"$here" -I"$work" "$here/leaks.c" "$work/models.toasty.c" \
    "$TOASTY_BUILD/libtoasty-sqlite.a" "$TOASTY_BUILD/libtoasty.a" $(pkg-config --cflags --libs sqlite3 libuv nettle) -pthread \
    -o "$work/$program"
}
holds 'the program is built with the checker' link checked -fsanitize=address
holds 'the program is built without' link plain

reports() { # COMMAND…
  ! "$@" > "$work/said" 2>&1 && grep -q "$pattern" "$work/said" || { cat "$work/said"; return 1; }
}
silent() { "$@"; }

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0 LSAN_OPTIONS=print_suppressions=0
pattern='LeakSanitizer: detected memory leaks'
holds 'LeakSanitizer reports a result that was forgotten' reports "$work/checked" forgotten
holds 'LeakSanitizer sees a result in a global' silent "$work/checked" global
holds 'LeakSanitizer sees a result on the stack of a parked fiber' silent "$work/checked" fiber
holds 'LeakSanitizer has nothing to say about what was freed' silent "$work/checked" freed

pattern='stack-use-after-scope'
holds 'AddressSanitizer reports nested rows whose block has ended' reports "$work/checked" dangling
holds 'AddressSanitizer has nothing to say about rows inside of a call' silent "$work/checked" nested

checker=(valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible)
pattern='definitely lost'
holds 'Valgrind reports a result that was forgotten' reports "${checker[@]}" "$work/plain" forgotten
holds 'Valgrind sees a result in a global, without a doubt' silent "${checker[@]}" "$work/plain" global
holds 'Valgrind has nothing to say about what was freed' silent "${checker[@]}" "$work/plain" freed

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]

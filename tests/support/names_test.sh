#!/bin/bash
# scripts/check-names on a small tree: what exists may be named, and each kind of name that does not is found with its line.
set -uo pipefail
check=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/scripts/check-names
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# expect SENTENCE OFFENCE LINE…: what the checker says to a README of these lines: the offence, or with none that all is well.
expect() {
  local sentence=$1 wanted=$2 status=0 fails=1
  [ -n "$wanted" ] || fails=0 wanted='all that 1 documents and the comments name exists'
  printf '%s\n' "${@:3}" > "$work/README.md"
  "$check" "$work" > "$work/.said" || status=$?
  if [ "$status" = "$fails" ] && [ "$(cat "$work/.said")" = "$wanted" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED  names: $sentence"
    cat "$work/.said"
  fi
}

mkdir -p "$work/src/db/rooms" "$work/docs"
printf '/* no name of ours */\nint toasty_known(void);\nconst char *text = "toasty_in_a_text";\n' > "$work/src/db/rooms/pool.c"

expect 'a path is looked for in every folder' '' 'See `src/db/rooms/pool.c`, `rooms/pool.c`, `pool.c`, `rooms/pool`, `src/db/` and `./src/db`.'
expect 'a path that does not exist is found' 'README.md:2: src/db/pond.c does not exist' '' 'See `src/db/pond.c`.'
expect 'so is a file without its folder' 'README.md:1: pond.c does not exist' 'See `pond.c`.'
expect 'a folder of another parent is not meant' 'README.md:1: db/pool.c does not exist' 'See `db/pool.c`.'
expect 'some words stand for others' '' 'See `src/<layer>/rooms/*.c`, `src/…/pool.c` and `rooms/NAME.c`.'
expect 'but for at least one' 'README.md:1: src/<layer>/NAME.h does not exist' 'See `src/<layer>/NAME.h`.'
expect 'what a build makes, and what is no path, is not looked for' '' 'See `build/logs`, `sqlite:app.db`, `/dev/shm/x.c` and pond.c.'
expect 'a name of the code may be named' '' 'Call `toasty_known(x)` or `toasty_in_a_text`.'
expect 'a name that does not exist is found' 'README.md:1: toasty_unknown does not exist' 'Call `toasty_unknown(x)`.'
expect 'the end of a name is enough, and so is its beginning' '' 'All that end in `_known` or begin with `toasty_`.'
expect 'in a block of code our own names are looked up' 'README.md:2: toasty_unknown does not exist' \
  '```c' 'your_own(toasty_unknown());' '```'
expect 'a row of features that nothing has yet may name what is to come' '' '| A7 | `toasty_later` | | – | | |'
printf '/* As\n * toasty_in_a_comment does. */\n' > "$work/src/db/rooms/pond.c"
expect 'a name of a comment does not exist by that, nor in another place' \
  $'README.md:1: toasty_in_a_comment does not exist\nsrc/db/rooms/pond.c:2: toasty_in_a_comment does not exist' 'Call `toasty_in_a_comment()`.'
rm "$work/src/db/rooms/pond.c"
echo 'See `toasty_nowhere`.' > "$work/docs/page.md"
expect 'pages below docs are read too' 'docs/page.md:1: toasty_nowhere does not exist' 'Nothing.'

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]

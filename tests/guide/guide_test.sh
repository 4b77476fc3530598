#!/bin/bash
# The code of README and of the guide, with both compilers and all guards: what is a fragment compiles, on the models of the page or on those
# of models.h here; what is a program is built by the page's own commands, in an empty folder with the installed library, and prints
# what the page says.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
read -ra guards <<< "$(pkg-config --variable=guards "$TOASTY_BUILD/install/toasty.pc")"

holds() { # SENTENCE COMMAND…
  if "${@:2}" > "$work/said" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED  guide: $1"
    tail -n 30 "$work/said"
  fi
}

# compiles FOLDER FILE COMPILER: without a word of the compiler.
compiles() {
  "$3" -std=gnu11 -Wall -Wextra "${guards[@]}" -I"$root/include" -I"$1" -fsyntax-only "$1/$2" 2>&1 | tee "$work/warnings"
  [ "${PIPESTATUS[0]}" = 0 ] && [ ! -s "$work/warnings" ]
}

# runs FOLDER COMMANDS COMPILER: the commands in a copy of the folder; what they print ends with what the page says.
runs() {
  local copy=$work/copy
  rm -rf "$copy"
  cp -r "$1" "$copy"
  (cd "$copy" && rm -f "$copy"/*.sh "$copy"/*.toasty.* &&
    CC=$3 CFLAGS='-Wall -Wextra -Werror' PATH=$work/prefix/bin:$PATH sh "$1/$2" > "$work/printed" 2> "$work/complaints")
  local status=$?
  [ "$status" = 0 ] && tail -n "$(wc -l < "$1/printed")" "$work/printed" | diff "$1/printed" - || {
    cat "$work/printed" "$work/complaints"
    return 1
  }
}

export CMAKE_PREFIX_PATH=$work/prefix PKG_CONFIG_PATH=$work/prefix/lib/pkgconfig
holds 'the library is installed' cmake --install "$TOASTY_BUILD" --prefix "$work/prefix"
cd "$root" || exit 1
for page in README.md docs/guide/*.md; do
  name=$(basename "$page" .md) folder=$work/$(basename "$page" .md)
  "$here/blocks" "$page" "$folder" || exit 1
  if [ -e "$folder/aside.c" ]; then
    [ -e "$folder/models.h" ] || cp "$here/models.h" "$folder"
    holds "the models of $name are derived" \
      "$TOASTY_BUILD/toasty" derive --targets sqlite,postgresql --output "$folder" "$folder/models.h" -- -I"$root/include"
  fi
  for compiler in gcc clang-14; do
    [ ! -e "$folder/aside.c" ] || holds "the fragments of $name compile with $compiler" compiles "$folder" aside.c "$compiler"
    [ ! -e "$folder/main.c" ] || [ ! -e "$folder/models.toasty.h" ] ||
      holds "the program of $name compiles with $compiler" compiles "$folder" main.c "$compiler"
    if [ -s "$folder/printed" ]; then
      for commands in "$folder"/*.sh; do
        holds "the commands of $name build and run its program with $compiler: $(sed -n 2p "$commands")" \
          runs "$folder" "${commands##*/}" "$compiler"
      done
    fi
  done
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]

#!/bin/bash
# Builds the library as a user does, installs it, and uses it from projects outside of the tree: by find_package and toasty_derive,
# and by make, pkg-config and `toasty derive`.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
passed=0 failed=0

# holds SENTENCE COMMAND…: passes when the command does; its output is shown when it does not.
holds() {
  local sentence=$1
  shift
  if "$@" > "$work/output" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED  install: $sentence"
    tail -n 30 "$work/output"
  fi
}
prints() { [ "$("${@:2}")" = "$1" ]; }
says() { # PATTERN COMMAND…
  "${@:2}" > "$work/said" 2>&1 && grep -q "$1" "$work/said" || { cat "$work/said"; return 1; }
}
fails_with() { # PATTERN COMMAND…
  ! "${@:2}" > "$work/refused" 2>&1 && grep -q "$1" "$work/refused" || { cat "$work/refused"; return 1; }
}

launcher=()
! command -v ccache > /dev/null || launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
holds 'the tree is configured without options' cmake -S "$root" -B "$work/build" -G Ninja ${launcher[@]+"${launcher[@]}"}
holds 'it builds' cmake --build "$work/build" -j 2
holds 'the build can be installed anywhere' cmake --install "$work/build" --prefix "$prefix"

cp -r "$here/cmake" "$work/cmake"
holds 'an outside project finds the package' \
  cmake -S "$work/cmake" -B "$work/cmake/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix"
holds 'toasty_derive makes the API part of an executable and of a library' cmake --build "$work/cmake/build"
holds 'its program runs' prints 'Rex is a dog' "$work/cmake/build/app"
holds 'no frame of it steps over the guard of a fiber' grep -q 'FLAGS = .*-fstack-clash-protection' "$work/cmake/build/build.ninja"
holds 'several headers form one schema, used through a library' prints 'Ann bought 2 things' "$work/cmake/build/till"

cd "$root" && . scripts/lib/targets.sh || exit 1
if is_up postgresql; then
  holds 'the same program runs on a server' prints 'Rex is a dog' "$work/cmake/build/app" "$(database_new postgresql outside)"
fi
holds 'without the guards a dropped result is only a warning' prints 'Rex is a dog' "$work/cmake/build/careless"

sleep 1 # make and ninja tell files apart by time
echo 'typedef int AnotherType;' >> "$work/cmake/include/kinds.h"
holds 'a header that the models include makes the API anew' \
  says 'Deriving models' cmake --build "$work/cmake/build"
holds 'a second build does nothing' sh -c 'cmake --build "$1" | grep -q "no work to do"' - "$work/cmake/build"

sed 's/\.name = "Rex"/.name = 42/' "$here/cmake/app.c" > "$work/cmake/app.c"
holds 'the guards refuse an integer for a text' fails_with 'error:.*integer' cmake --build "$work/cmake/build"
sed '1i #define CARELESS' "$here/cmake/app.c" > "$work/cmake/app.c"
holds 'the guards refuse a result that is dropped' fails_with 'error:.*unused' cmake --build "$work/cmake/build" --target app
sed 's/\.kind = KIND_DOG/.kind = TOASTY_OK/' "$here/cmake/app.c" > "$work/cmake/app.c"
holds 'the guards refuse a label of another enum' fails_with 'error:.*enum' cmake --build "$work/cmake/build" --target app
sed '$a int64_t shop_misuse(toasty_db *db);\nint64_t shop_misuse(toasty_db *db)\n{\n    customer_count(db);\n    return 0;\n}' \
  "$here/cmake/till.c" > "$work/cmake/till.c"
holds 'those who link the library have the guards too' fails_with 'error:.*unused' cmake --build "$work/cmake/build" --target till
cp "$here/cmake/app.c" "$here/cmake/till.c" "$work/cmake"

flags_of() { sed -n "/build CMakeFiles\/$1.dir/,/^\$/s/ *FLAGS = //p" "$work/cmake/build/build.ninja"; }
holds 'a guard can be left out by its name' sh -c '! echo "$1" | grep -e -Werror=unused-result' - "$(flags_of tolerant)"
holds 'and another one asked for' sh -c 'echo "$1" | grep -e "-Werror=nonnull.*-Werror=override-init"' - "$(flags_of tolerant)"

sed '$a int64_t twice(toasty_db *db);\nint64_t twice(toasty_db *db)\n{\n    return pet_count(db, .where = pet_id_ge(1), .where = pet_id_ge(2));\n}' \
  "$here/cmake/app.c" > "$work/cmake/app.c"
holds 'a condition that is given twice is refused where that was asked for' \
  fails_with 'error:.*\(override\|initialized\|overwritten\)' cmake --build "$work/cmake/build" --target tolerant
cp "$here/cmake/app.c" "$work/cmake"

cat > "$work/cmake/wrong.cmake" << 'CMAKE'
toasty_derive(app models.h TARGETS oracle)
CMAKE
cp "$here/cmake/CMakeLists.txt" "$work/cmake/CMakeLists.txt"
echo 'include(wrong.cmake)' >> "$work/cmake/CMakeLists.txt"
holds 'a target that is not there is told by its name' \
  fails_with 'driver `oracle` is not' cmake -S "$work/cmake" -B "$work/cmake/build"
holds 'and nothing else is' sh -c '! grep "without matching POP" "$1"' - "$work/refused"

cp -r "$here/make" "$work/make"
cp "$here"/cmake/{customer,purchase,shop}.h "$here"/cmake/{shop,till}.c "$work/make"
anew() { make -C "$work/make" clean && make -C "$work/make" "$@"; }
holds 'a Makefile builds with pkg-config and toasty derive, strictly, without feature macros' anew CC=gcc CXX=g++
holds 'its program runs' prints 'note: buy milk' "$work/make/app"
holds 'its library of a schema of two headers is used' prints 'Ann bought 2 things' "$work/make/till"
holds 'and from C++' prints 'nobody bought 0 things' "$work/make/visitor"
sed 's/"buy milk"/42/' "$here/make/app.c" > "$work/make/app.c"
holds 'the guards of pkg-config refuse an integer for a text' fails_with 'error:.*integer' make -C "$work/make" CC=gcc app
cp "$here/make/app.c" "$work/make/app.c"
holds 'one word turns the guards of pkg-config off' \
  sh -c '! pkg-config --define-variable=guards= --cflags toasty-sqlite | grep Werror'
holds 'one variable turns one guard of pkg-config off' \
  sh -c 'flags=$(pkg-config --define-variable=guard_unused_result= --cflags toasty-sqlite)
         ! echo "$flags" | grep unused-result && echo "$flags" | grep -e -Werror=nonnull' -
holds 'it builds with clang too' anew CC=clang-14 CXX=clang++-14
holds 'it builds as the compiler is without a standard' anew CC=gcc CXX=g++ STANDARD=

# alone LANGUAGE COMPILER…: each public header by itself, and none of them a system header, in which a compiler is silent.
cp -r "$prefix/include/toasty-1" "$work/bare"
find "$work/bare" -name '*.h' -exec sed -i '/^#pragma GCC system_header/d' {} +
alone() {
  local language=$1 header
  shift
  while IFS= read -r header; do
    echo "#include <$header>" > "$work/alone.$language"
    "$@" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -I"$work/bare" -fsyntax-only "$work/alone.$language" ||
      { echo "$header"; return 1; }
  done < <(cd "$work/bare" && find toasty -name '*.h')
}
holds 'each public header compiles alone with gcc' alone c gcc -std=c11
holds 'each public header compiles alone with clang' alone c clang-14 -std=c11
holds 'each public header compiles alone as C++ with gcc' alone cc g++ -std=c++20
holds 'each public header compiles alone as C++ with clang' alone cc clang++-14 -std=c++20

holds 'misuse of the installed package does not compile' \
  env TOASTY_CFLAGS="$(pkg-config --cflags toasty)" "$root/tests/misuse/run" "$prefix/bin/toasty" "$work/misuse"
holds 'all headers have a folder of their own' test ! -e "$prefix/include/toasty"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]

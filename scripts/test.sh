#!/bin/bash
# ./dev test [--only AREA] [--target TARGET] [--quick]: builds everything and runs every test; see `./dev`.
#
# AREA is that of tests in C (TOASTY_TEST), a folder of tests/ with *_test.sh, chaos, or a check of the tree: sources, layers,
# symbols, format, features, bench, fuzz. With --target only that target's conformance suite runs, and only the server it needs.
set -euo pipefail
. scripts/lib/common.sh
. scripts/lib/steps.sh
. scripts/lib/postgresql.sh
. scripts/lib/fuzz.sh

only= target= quick=
while [ $# -gt 0 ]; do
  case $1 in
    --only) only=${2:?--only needs an area}; shift 2 ;;
    --target) target=${2:?--target needs a name}; shift 2 ;;
    --quick) quick=--quick; shift ;;
    *) fail "test does not know $1; ./dev lists what there is" ;;
  esac
done
case $target in
  '' | sqlite | postgresql | keyvalue) ;;
  *) fail "there is no target $target" ;;
esac

# --- beginning and end ---------------------------------------------------------------------------------------------
scratch=
finish() {
  local status=$?
  trap - EXIT INT TERM
  steps_kill
  postgresql_stop
  [ -z "$scratch" ] || rm -rf "$scratch"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

install_missing "$packages_to_build $packages_to_test"
steps_begin
root=/dev/shm
[ -d $root ] && [ -w $root ] || root=${TMPDIR:-/tmp}
scratch=$(mktemp -d "$root/toasty-test.XXXXXX")
chmod 711 "$scratch" # a server of a test runs as another user, and finds its way
export TMPDIR=$scratch

# is_for AREA…: whether the run covers one of the areas.
is_for() {
  local area
  [ -n "$only" ] || return 0
  for area; do [ "$area" != "$only" ] || return 0; done
  return 1
}
# Areas that are not in the C programs: with one of them as --only, these need no run.
in_programs() {
  case $only in
    sources | layers | symbols | format | features | bench | fuzz) return 1 ;;
    '') return 0 ;;
  esac
  ! ls "tests/$only/"*_test.sh > /dev/null 2>&1 || ls "tests/$only/"*.c > /dev/null 2>&1
}

# --- the server -----------------------------------------------------------------------------------------------------
if [ -z "$target" ] || [ "$target" = postgresql ]; then
  start=$(now)
  if postgresql_start 2> build/logs/server.log; then
    echo "PostgreSQL is up  ($(seconds_since "$start"))"
    export TOASTY_TEST_POSTGRESQL_URL=$postgresql_url TOASTY_TEST_POSTGRESQL_FOLDER=$postgresql_folder
    export TOASTY_TEST_POSTGRESQL_START=$PWD/tests/servers/postgresql/start.sh
  else
    cat build/logs/server.log
    steps_record 'server postgresql' 0 1 0 "$start"
  fi
fi

# --- builds -----------------------------------------------------------------------------------------------------------
launcher=()
! command -v ccache > /dev/null || launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)

# build TARGETS NAME COMPILER OPTIONS…: into build/test/NAME
build() {
  local what=$1 name=$2 compiler=$3
  shift 3
  cmake -S . -B "build/test/$name" -G Ninja -DCMAKE_C_COMPILER="$compiler" -DTOASTY_TESTS=ON -DTOASTY_WERROR=ON \
    ${launcher[@]+"${launcher[@]}"} "$@" && cmake --build "build/test/$name" --target $what -j 2 -- -k 0
}
# Sanitized builds generate with the tool of the plain one, whose speed they need and whose leaks are not the point.
derive_executable=-DTOASTY_DERIVE_EXECUTABLE=$PWD/build/test/gcc/toasty
light='-DCMAKE_C_FLAGS_RELWITHDEBINFO=-O1 -g'

needs 'build gcc' build all gcc gcc -DTOASTY_EXAMPLES=ON -DTOASTY_BENCH=ON
[ -n "$quick" ] || needs 'build clang' build all clang clang-14 -DTOASTY_EXAMPLES=ON

# --- checks of the tree, while the compilers run -------------------------------------------------------------------------
if is_for sources; then step 'sources' scripts/check-sources; fi
if is_for layers; then step 'layers' scripts/check-layers; fi
if is_for format; then step 'format' bash scripts/format.sh --check; fi
if [ "$only" = features ]; then step 'features' scripts/check-features; fi
steps_wait
if is_for symbols && steps_worked 'build gcc'; then
  step 'symbols' scripts/check-symbols build/test/gcc/libtoasty*.a
fi

# --- programs of tests ------------------------------------------------------------------------------------------------------
url_of() { # TARGET RUN: the URL of a database that this run has for itself
  case $1 in
    sqlite) echo "sqlite:$scratch/$2.db" ;;
    postgresql)
      postgresql_create "$2" >&2
      echo "${postgresql_url%/*}/$2" ;;
    *) echo "$1:$2" ;;
  esac
}

# programs BUILD LABEL OPTIONS -- PREFIX…: the unit tests and the conformance suites of a build.
programs() {
  local name=$1 label=$2 program suite options=()
  shift 2
  [ -z "$only" ] || options+=(--only "$only")
  [ -z "$quick" ] || options+=(--quick)
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  steps_worked "build $name" || return 0
  if [ -x "build/test/$name/tests/unit" ]; then
    tests "unit $label" env ${TOASTY_TEST_POSTGRESQL_URL:+TOASTY_TEST_POSTGRESQL_URL="$(url_of postgresql "${label}_unit")"} \
      "$@" "build/test/$name/tests/unit" ${options[@]+"${options[@]}"}
  fi
  for program in "build/test/$name/tests/conformance-"*; do
    suite=${program##*/conformance-}
    [ -x "$program" ] && { [ -z "$target" ] || [ "$target" = "$suite" ]; } || continue
    [ "$suite" != postgresql ] || [ -n "${TOASTY_TEST_POSTGRESQL_URL:-}" ] || continue
    tests "$suite $label" env TOASTY_TEST_URL="$(url_of "$suite" "${label}_$suite")" \
      TOASTY_TEST_RAN="build/logs/$suite-$label.ran" "$@" "$program" ${options[@]+"${options[@]}"}
    # Once more where changes give nothing back, so that the engine reads the rows itself.
    [ "$suite" != keyvalue ] || tests "$suite without rows $label" \
      env TOASTY_TEST_URL="keyvalue:${label}_without_rows?returning=off" "$@" "$program" ${options[@]+"${options[@]}"}
    # Once more where it does as DynamoDB does.
    [ "$suite" != keyvalue ] || tests "$suite strict $label" \
      env TOASTY_TEST_URL="keyvalue:${label}_strict?strict=on" "$@" "$program" ${options[@]+"${options[@]}"}
    # And once in the plain dialect, which has none of SQLite's comforts.
    [ "$suite" != sqlite ] || tests "sqlite-plain $label" env TOASTY_TEST_URL="$(url_of sqlite "${label}_plain")?dialect=plain" \
      "$@" "$program" ${options[@]+"${options[@]}"}
  done
}

# chaos BUILD [ACTS]: both databases torn from under a crowd; TOASTY_CHAOS_ACTS counts more.
chaos() {
  local suite
  is_for chaos && steps_worked "build $1" || return 0
  for suite in sqlite postgresql; do
    [ -z "$target" ] || [ "$target" = "$suite" ] || continue
    [ "$suite" != postgresql ] || [ -n "${TOASTY_TEST_POSTGRESQL_URL:-}" ] || continue
    tests "chaos $suite $1" env ${2:+TOASTY_CHAOS_ACTS="${TOASTY_CHAOS_ACTS:-$2}"} \
      "build/test/$1/tests/chaos-$suite" "$(url_of "$suite" "$1_chaos_$suite")"
  done
}

if in_programs; then
  chaos gcc ${quick:+3000}
  programs gcc gcc --
  if [ -z "$quick" ]; then
    programs clang clang --
    steps_wait
    needs 'build address' build all address clang-14 -DTOASTY_SANITIZE=address,undefined "$derive_executable" "$light"
    needs 'build thread' build all thread clang-14 -DTOASTY_SANITIZE=thread "$derive_executable" "$light" -DTOASTY_TOOL=OFF
    needs 'build ucontext' build 'unit conformance-sqlite' ucontext gcc "$derive_executable" -DTOASTY_FIBER_UCONTEXT=ON \
      -DTOASTY_TOOL=OFF
    steps_wait
    export ASAN_OPTIONS=detect_stack_use_after_return=0:strict_string_checks=1:detect_leaks=1
    export UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=second_deadlock_stack=1
    export LSAN_OPTIONS=print_suppressions=0
    chaos address 3000
    chaos thread 2000
    programs address address -- env TOASTY_TEST_SLOW=1
    programs thread thread --threads -- env TOASTY_TEST_SLOW=1
    programs ucontext ucontext --
    # For reads of what was never written; leaks are LeakSanitizer's. Each process translates its code anew: the tests share one.
    programs gcc valgrind --quick --together -- env TOASTY_TEST_SLOW=1 valgrind -q --error-exitcode=99 --leak-check=no \
      --child-silent-after-fork=no
  fi
fi

# --- the budgets of instructions, allocations and round trips --------------------------------------------------------------------
if is_for bench && steps_worked 'build gcc'; then
  gate_url=
  if [ -n "${TOASTY_TEST_POSTGRESQL_URL:-}" ]; then
    for contender in toasty r1; do postgresql_create "gate_$contender"; done
    gate_url=$(postgresql_socket_url 'gate_{}')
  fi
  tests 'bench gate' bench/gate build/test/gcc/bench ${gate_url:+"$gate_url"}
fi

# --- the fuzzers: a few seconds each, from the inputs of the tree alone ---------------------------------------------------------
fuzz_briefly() {
  rm -rf "build/fuzz/brief/$1"
  fuzz_run "$1" 5 "build/fuzz/brief/$1"
}
if is_for fuzz && [ -z "$quick" ]; then
  needs 'build fuzz' fuzz_build $(fuzz_names)
  steps_wait
  for name in $(fuzz_names); do
    if steps_worked 'build fuzz'; then step "fuzz $name" fuzz_briefly "$name"; fi
  done
fi

# --- tests that are scripts: tests/<area>/*_test.sh ------------------------------------------------------------------------------
if steps_worked 'build gcc'; then
  export TOASTY_BUILD=$PWD/build/test/gcc
  for script in tests/*/*_test.sh; do
    area=${script#tests/} area=${area%/*}
    [ -f "$script" ] && is_for "$area" || continue
    name=${script##*/} name=${name%_test.sh}
    tests "$area $name" bash "$script"
  done
fi

# --- what the tests left behind --------------------------------------------------------------------------------------------------
left_nothing() {
  find "$scratch" -mindepth 1 -not -name '*.db' -not -name '*.db-wal' -not -name '*.db-shm' > "$scratch/left.db"
  cat "$scratch/left.db"
  [ ! -s "$scratch/left.db" ]
}
steps_wait
if [ -z "$only" ]; then
  step 'left behind' left_nothing
  # What a narrower run leaves out cannot be missed in it.
  if [ -z "$target$quick" ]; then step 'features' scripts/check-features build/logs; else step 'features' scripts/check-features; fi
fi

steps_finish

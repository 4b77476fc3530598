#!/bin/bash
# ./dev test [--only AREA] [--target TARGET] [--quick]: builds everything and runs every test; see `./dev`.
#
# AREA is that of tests in C (TOASTY_TEST), a folder of tests/ with *_test.sh, chaos, unison, or a check of the tree: sources,
# layers, symbols, format, names, features, bench, fuzz. TARGET is a run or a target of tests/targets: only that conformance suite runs, and
# only the server it needs. docs/dev/testing.md says which build runs what, and why.
set -euo pipefail
. scripts/lib/common.sh
. scripts/lib/steps.sh
. scripts/lib/targets.sh
. scripts/lib/fuzz.sh

only= chosen= quick=
while [ $# -gt 0 ]; do
  case $1 in
    --only) only=${2:?--only needs an area}; shift 2 ;;
    --target) chosen=${2:?--target needs a name}; shift 2 ;;
    --quick) quick=--quick; shift ;;
    *) fail "test does not know $1; ./dev lists what there is" ;;
  esac
done
chosen_runs=()
for run in "${runs[@]}"; do
  case $chosen in '' | "$run" | "${run_target[$run]}") chosen_runs+=("$run") ;; esac
done
[ ${#chosen_runs[@]} -gt 0 ] || fail "there is no target $chosen in tests/targets"

is_chosen() { # TARGET
  local run
  for run in "${chosen_runs[@]}"; do [ "${run_target[$run]}" != "$1" ] || return 0; done
  return 1
}

# --- beginning and end ---------------------------------------------------------------------------------------------
scratch=
finish() {
  local status=$?
  trap - EXIT INT TERM
  steps_kill
  servers_stop
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
    sources | layers | symbols | format | names | features | bench | fuzz | chaos | unison) return 1 ;;
    '') return 0 ;;
  esac
  ! ls "tests/$only/"*_test.sh > /dev/null 2>&1 || ls "tests/$only/"*.c > /dev/null 2>&1
}

# --- servers ----------------------------------------------------------------------------------------------------------
for target in "${targets[@]}"; do
  serves "$target" && is_chosen "$target" || continue
  start=$(now)
  if server_start "$target" 2> "build/logs/server-$target.log"; then
    echo "the server of $target is up  ($(seconds_since "$start"))"
    server=TOASTY_SERVER_$target
    export "TOASTY_TEST_${target^^}_FOLDER=${!server%% *}"
  else
    cat "build/logs/server-$target.log"
    steps_record "server $target" 0 1 0 "$start"
  fi
done

# --- what steps do ------------------------------------------------------------------------------------------------------
launcher=()
! command -v ccache > /dev/null || launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)

# build TARGETS NAME COMPILER OPTIONS…: into build/test/NAME
build() {
  local what=$1 name=$2 compiler=$3
  shift 3
  cmake -S . -B "build/test/$name" -G Ninja -DCMAKE_C_COMPILER="$compiler" -DTOASTY_TESTS=ON -DTOASTY_WERROR=ON \
    ${launcher[@]+"${launcher[@]}"} "$@" && cmake --build "build/test/$name" --target $what -j 2 -- -k 0
}

# on_database RUN NAME COMMAND…: with TOASTY_TEST_URL, that of a new database.
on_database() {
  local url
  url=$(database_new "$1" "$2" "$scratch") && TOASTY_TEST_URL=$url "${@:3}"
}

# on_servers NAME COMMAND…: with TOASTY_TEST_<TARGET>_URL, that of a new database on each server.
on_servers() {
  local target url
  for target in "${targets[@]}"; do
    serves "$target" && is_up "$target" || continue
    url=$(database_new "$target" "$1") || return 1
    export "TOASTY_TEST_${target^^}_URL=$url"
  done
  "${@:2}"
}

torn() { "$@" "$TOASTY_TEST_URL"; } # the programs of chaos take the URL as an argument

# in_unison BUILD NAME OPTIONS…: one random program on all runs, and on a store that is as strict as it is unreliable; with --upserts on those
# that are not strict.
in_unison() {
  local run urls=() hard="hard=keyvalue:hard?strict=on&lose=3&latency_turns=2&page=1"
  [ "$3" != --upserts ] || hard=
  for run in "${chosen_runs[@]}"; do
    [ -n "$hard" ] || [[ $run != *-strict ]] || continue
    ! is_up "$run" || urls+=("$run=$(database_new "$run" "unison_$2_${run//-/_}" "$scratch")") || return 1
  done
  "build/test/$1/tests/unison" "${@:3}" "${urls[@]}" ${hard:+"$hard"}
}

measured() {
  local target urls=()
  for target in $(measured_targets); do
    ! is_up "$target" || urls+=("$target=$(bench_url "$target" gate_)")
  done
  bench/gate build/test/gcc/bench "${urls[@]}"
}

fuzz_briefly() {
  rm -rf "build/fuzz/brief/$1"
  fuzz_run "$1" 5 "build/fuzz/brief/$1"
}

left_nothing() {
  find "$scratch" -mindepth 1 -not -name '*.db' -not -name '*.db-wal' -not -name '*.db-shm' > "$scratch/left.db"
  cat "$scratch/left.db"
  [ ! -s "$scratch/left.db" ]
}

# --- steps of a build -----------------------------------------------------------------------------------------------------

# units BUILD LABEL OPTIONS -- PREFIX…: the tests of the layers.
units() {
  local name=$1 label=$2 options=()
  shift 2
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  tests "unit $label" on_servers "${label}_unit" "$@" "build/test/$name/tests/unit" ${only:+--only "$only"} $quick \
    ${options[@]+"${options[@]}"}
}

# conformance RUN BUILD LABEL OPTIONS -- PREFIX…
conformance() {
  local run=$1 name=$2 label=$3 options=() start=
  shift 3
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  is_up "$run" || return 0
  ! serves "${run_target[$run]}" || start="TOASTY_TEST_START=$PWD/tests/servers/${run_target[$run]}/start.sh"
  tests "$run $label" on_database "$run" "${label}_${run//-/_}" env TOASTY_TEST_RAN="build/logs/$run-$label.ran" ${start:+"$start"} "$@" \
    "build/test/$name/tests/conformance-${run_target[$run]}" ${only:+--only "$only"} $quick ${options[@]+"${options[@]}"}
}

# by_way RUN WAY NAME COMMAND…: with TOASTY_TEST_URL, that of a new database as a row of tests/ways says.
by_way() {
  local url
  url=$(database_new "$1" "$3") || return 1
  if [ "$2" = socket ]; then url=$(server_do "${run_target[$1]}" socket.sh "$3"); else url+=?$2; fi
  TOASTY_TEST_URL=$url "${@:4}"
}

# ways: conformance by other ways to the servers.
ways() {
  local run way number=0
  while read -r run way; do
    case $run in '' | '#'*) continue ;; esac
    number=$((number + 1))
    [[ " ${chosen_runs[*]} " == *" $run "* ]] && is_up "$run" || continue
    tests "$run ${way%%&*}" by_way "$run" "$way" "way_$number" "build/test/gcc/tests/conformance-${run_target[$run]}" \
      ${only:+--only "$only"} --quick
  done < tests/ways
}

# programs BUILD LABEL OPTIONS -- PREFIX…: both.
programs() {
  local run
  in_programs || return 0
  units "$@"
  for run in "${chosen_runs[@]}"; do conformance "$run" "$@"; done
}

# chaos BUILD [ACTS]: databases torn from under a crowd; TOASTY_CHAOS_ACTS counts more.
chaos() {
  local run
  is_for chaos || return 0
  for run in "${chosen_runs[@]}"; do
    [ -f "tests/chaos/$run.c" ] && is_up "$run" || continue
    tests "chaos $run $1" on_database "$run" "$1_chaos_$run" torn \
      env ${2:+TOASTY_CHAOS_ACTS="${TOASTY_CHAOS_ACTS:-$2}"} "build/test/$1/tests/chaos-$run"
  done
}

# unison BUILD: the same with allocations that fail.
unison() {
  is_for unison || return 0
  tests "unison $1" in_unison "$1" "$1" --steps 3000
  tests "unison $1 upserts" in_unison "$1" "$1_upserts" --upserts --steps 1500
  tests "unison $1 starving" in_unison "$1" "$1_starving" --starve
}

# scripts FILE…: tests that are scripts, each only once.
declare -A scripts_queued
scripts() {
  local script area name
  for script; do
    area=${script#tests/} area=${area%/*} name=${script##*/} name=${name%_test.sh}
    [ -z "${scripts_queued[$script]:-}" ] && is_for "$area" || continue
    scripts_queued[$script]=yes
    tests "$area $name" bash "$script"
  done
}

# --- the queue: builds first, then what takes long ---------------------------------------------------------------------------
export TOASTY_BUILD=$PWD/build/test/gcc
export ASAN_OPTIONS=detect_stack_use_after_return=0:strict_string_checks=1:detect_leaks=1
export UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=second_deadlock_stack=1 LSAN_OPTIONS=print_suppressions=0
# Sanitized builds generate with the tool of the plain one, whose speed they need and whose leaks are not the point.
derive_executable=-DTOASTY_DERIVE_EXECUTABLE=$PWD/build/test/gcc/toasty
light='-DCMAKE_C_FLAGS_RELWITHDEBINFO=-O1 -g'
slow='env TOASTY_TEST_SLOW=1'

needs 'build gcc' build all gcc gcc -DTOASTY_EXAMPLES=ON -DTOASTY_BENCH=ON
if is_for sources; then step 'sources' scripts/check-sources; fi
if is_for layers; then step 'layers' scripts/check-layers; fi
if is_for format; then step 'format' bash scripts/format.sh --check; fi
if is_for names; then step 'names' scripts/check-names; fi

after 'build gcc'
if [ -z "$quick" ]; then
  if in_programs || is_for chaos; then
    needs 'build address' build all address clang-14 -DTOASTY_SANITIZE=address,undefined "$derive_executable" "$light"
    needs 'build thread' build all thread clang-14 -DTOASTY_SANITIZE=thread "$derive_executable" "$light" -DTOASTY_TOOL=OFF
    needs 'build clang' build all clang clang-14 -DTOASTY_EXAMPLES=ON
    needs 'build ucontext' build 'unit conformance-sqlite' ucontext gcc "$derive_executable" -DTOASTY_FIBER_UCONTEXT=ON \
      -DTOASTY_TOOL=OFF
  fi
  if is_for fuzz; then needs 'build fuzz' fuzz_build $(fuzz_names); fi
fi
if is_for bench; then tests 'bench gate' measured; fi
scripts tests/faults/allocations_test.sh tests/install/outside_test.sh tests/derive/cost_test.sh
if [ -z "$quick" ]; then
  after 'build address'
  programs address address -- $slow
  chaos address 3000
  unison address
  after 'build thread'
  chaos thread 2000
  programs thread thread --threads -- $slow
  after 'build gcc'
  # For reads of what was never written; leaks are LeakSanitizer's. Each process translates its code anew: the tests share one.
  programs gcc valgrind --quick --together -- $slow valgrind -q --error-exitcode=99 --leak-check=no --child-silent-after-fork=no
  after 'build clang'
  programs clang clang --
  after 'build ucontext'
  if in_programs; then
    units ucontext ucontext --
    [[ " ${chosen_runs[*]} " != *' sqlite '* ]] || conformance sqlite ucontext ucontext --
  fi
fi
after 'build gcc'
chaos gcc ${quick:+3000}
unison gcc
programs gcc gcc --
if [ -z "$quick" ] && in_programs; then ways; fi
scripts tests/*/*_test.sh
if is_for symbols; then step 'symbols' bash -c 'scripts/check-symbols build/test/gcc/libtoasty*.a'; fi
if is_for fuzz && [ -z "$quick" ]; then
  after 'build fuzz'
  for name in $(fuzz_names); do step "fuzz $name" fuzz_briefly "$name"; done
fi
steps_run

# --- what the tests left behind, and what is claimed of them -----------------------------------------------------------------
after
if [ -z "$only" ]; then step 'left behind' left_nothing; fi
# What a narrower run leaves out cannot be missed in it.
if [ -z "$only$chosen$quick" ]; then step 'features' scripts/check-features build/logs; elif is_for features; then
  step 'features' scripts/check-features
fi
steps_finish

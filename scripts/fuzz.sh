#!/bin/bash
# ./dev fuzz [NAME [SECONDS]]: builds a fuzzer of tests/fuzz and lets it run; without a name it lists them.
#
# New inputs are kept in build/fuzz/found/NAME, for the next run. docs/dev/testing.md says how they get into the tree.
set -euo pipefail
. scripts/lib/common.sh
. scripts/lib/fuzz.sh

name=${1:-} seconds=${2:-60}
if [ -z "$name" ]; then
  fuzz_names
  exit 0
fi
[ -f "tests/fuzz/$name.c" ] || fail "there is no fuzzer $name; ./dev fuzz lists them"
case $seconds in
  '' | 0 | *[!0-9]*) fail "$seconds is not a number of seconds" ;;
esac
install_missing "$packages_to_build $packages_to_fuzz"
mkdir -p build/logs
fuzz_build "$name" > build/logs/build_fuzz.log 2>&1 || {
  grep -E 'error:|warning:|Error' build/logs/build_fuzz.log || tail -n 20 build/logs/build_fuzz.log
  fail "the fuzzer does not build: build/logs/build_fuzz.log"
}
echo "for $seconds s; what it says is in build/fuzz/$name.log"
fuzz_run "$name" "$seconds" "$fuzz_folder/found/$name"

#!/bin/bash
# ./dev bench [--peers] [--target TARGET] [--only W1,W2] [--quick] [--exact] [--tcp]: builds the contenders and measures them; see
# bench/run.py. --exact leaves out what only a calm machine can measure.
#
# Everything runs on the last CPU, the server too, so that ratios do not depend on where a process lands.
set -euo pipefail
. scripts/lib/common.sh
. scripts/lib/targets.sh

peers= chosen= tcp= options=()
while [ $# -gt 0 ]; do
  case $1 in
    --peers) peers=1 ;;
    --target) chosen=${2:?--target needs a name}; shift ;;
    --tcp) tcp=tcp; options+=(--tcp) ;;
    *) options+=("$1") ;;
  esac
  shift
done

install_missing "$packages_to_build $packages_to_serve $packages_to_measure python3"
folder=build/bench
mkdir -p "$folder" build/logs
cmake -S . -B "$folder" -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTOASTY_BENCH=ON \
  > build/logs/bench.log 2>&1 && cmake --build "$folder" >> build/logs/bench.log 2>&1 || {
  grep -E 'error|FAILED|Error' build/logs/bench.log | head -n 20
  fail "the build failed; all of its output: build/logs/bench.log"
}
if [ -n "$peers" ]; then
  if command -v cargo > /dev/null; then
    bash bench/peers/build.sh "$folder/peers" && options+=(--peers "$folder/peers/programs")
  else
    echo "cargo is not installed: the other ORMs are left out"
  fi
fi

taskset -pc "$(($(nproc) - 1))" $$ > /dev/null
trap servers_stop EXIT
trap 'exit 130' INT TERM
for target in $(measured_targets); do
  [[ -z $chosen || $target == "$chosen" ]] || continue
  if serves "$target"; then
    server_start "$target"
    options+=(--server "$target=${server_pids[$target]}")
  fi
  options+=(--url "$target=$(bench_url "$target" '' $tcp)")
done
python3 bench/run.py --build "$folder/bench" --json "$folder/results.json" --docs docs ${options[@]+"${options[@]}"}

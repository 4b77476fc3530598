# Steps of a test run: sourced. Each step runs in the background, at most two at a time, writes build/logs/<name>.log, and
# prints one line when it ends, and below it what its output says in lines `note: …`. Results are summed by steps_finish.
#
#     needs 'build gcc' COMMAND…  counts only when it fails
#     step  'layers' COMMAND…   counts as one test, by its exit status
#     tests 'unit gcc' COMMAND…  counts what its last line says: `N passed, N failed, N skipped`

steps_at_once=2
steps_pids=()
steps_folder=build/logs
steps_started=$(now)

steps_begin() {
  rm -rf "$steps_folder"
  mkdir -p "$steps_folder"
}

# steps_log NAME: the file of a step's output.
steps_log() { echo "$steps_folder/${1//[^A-Za-z0-9-]/_}.log"; }

steps_record() { # NAME PASSED FAILED SKIPPED START
  local log
  log=$(steps_log "$1")
  echo "$2 $3 $4" > "${log%.log}.result"
  local counted="$2 passed, $3 failed, $4 skipped"
  [ "$2 $3 $4" != '0 0 0' ] || counted=done
  printf '%-24s %-36s %s\n' "$1" "$counted" "$(seconds_since "$5")"
  [ ! -f "$log" ] || sed -n 's/^note: /    /p' "$log"
}

steps_run_one() { # KIND NAME COMMAND…
  local kind=$1 name=$2 start log status=0 last
  shift 2
  log=$(steps_log "$name")
  start=$(now)
  "$@" > "$log" 2>&1 < /dev/null || status=$?
  last=$(tail -n 1 "$log")
  if [ "$kind" = tests ] && [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    local passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]} skipped=${BASH_REMATCH[3]}
    # A run that counts no failure and still fails, at its end for instance, has failed.
    [ "$failed" -gt 0 ] || [ "$status" = 0 ] || failed=1
    steps_record "$name" "$passed" "$failed" "$skipped" "$start"
    [ "$failed" = 0 ] || { grep -A 1 '^FAILED' "$log" | head -n 60; echo "    log: $log"; }
  elif [ "$kind" = step ] && [ "$status" = 0 ]; then
    steps_record "$name" 1 0 0 "$start"
  elif [ "$kind" = needs ] && [ "$status" = 0 ]; then
    steps_record "$name" 0 0 0 "$start"
  else
    steps_record "$name" 0 1 0 "$start"
    grep -E 'error:|warning:|^FAILED|Error' "$log" | head -n 20 | grep . || tail -n 20 "$log"
    echo "    log: $log (exit status $status)"
  fi
}

steps_spawn() {
  while [ ${#steps_pids[@]} -ge "$steps_at_once" ]; do
    wait -n "${steps_pids[@]}" || true
    steps_reap
  done
  # A process group for each step, so that steps_kill reaches its compilers and tests too. One write for each, so that lines of
  # steps that end together do not mix.
  set -m
  { output=$(steps_run_one "$@"); printf '%s\n' "$output"; } &
  set +m
  steps_pids+=($!)
}

steps_reap() {
  local pid running=()
  for pid in "${steps_pids[@]}"; do
    kill -0 "$pid" 2> /dev/null && running+=("$pid")
  done
  steps_pids=(${running[@]+"${running[@]}"})
}

# Ends what still runs.
steps_kill() {
  local pid
  for pid in ${steps_pids[@]+"${steps_pids[@]}"}; do
    kill -TERM -- "-$pid" 2> /dev/null || true
  done
  [ ${#steps_pids[@]} = 0 ] || wait "${steps_pids[@]}" 2> /dev/null || true
}

needs() { steps_spawn needs "$@"; }
step() { steps_spawn step "$@"; }
tests() { steps_spawn tests "$@"; }

# Waits for the steps begun so far.
steps_wait() {
  [ ${#steps_pids[@]} = 0 ] || wait "${steps_pids[@]}" || true
  steps_pids=()
}

# steps_worked NAME: whether a finished step passed.
steps_worked() {
  local log
  log=$(steps_log "$1")
  [ -f "${log%.log}.result" ] && [ "$(cut -d ' ' -f 2 "${log%.log}.result")" = 0 ]
}

# Prints the sum as the last line; fails when anything failed or nothing ran.
steps_finish() {
  steps_wait
  local passed=0 failed=0 skipped=0 p f s result
  for result in "$steps_folder"/*.result; do
    [ -f "$result" ] || continue
    read -r p f s < "$result"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  done
  [ $((passed + failed + skipped)) -gt 0 ] || { echo 'no test was meant'; failed=1; }
  echo "all in $(seconds_since "$steps_started")"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}

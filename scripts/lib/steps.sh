# Steps of a test run: sourced. They are queued first, and run in the background, one more at a time than there are CPUs, since tests also
# wait: whenever one ends, the first one in the queue that may begin does. So what takes long is queued early, and CPUs have work to the end.
#
#     needs 'build gcc' COMMAND…  counts only when it fails
#     step  'layers' COMMAND…   counts as one test, by its exit status
#     tests 'unit gcc' COMMAND…  counts what its last line says: `N passed, N failed, N skipped`
#     after 'build gcc' …       what is queued from here on waits until these steps have passed, and is left out when one has failed
#     steps_run                 returns when all of them have ended; more may be queued then
#     steps_finish              the same, and prints the sum
#
# A step writes build/logs/<name>.log, and prints one line when it ends, and below it what its output says in lines `note: …`.

steps_at_once=$(($(nproc) + 1))
steps_pids=()
steps_queue=() # the call of steps_run_one, quoted for the shell
steps_needed=() # beside it: the names that it waits for, a line each
steps_after=
steps_folder=build/logs
steps_started=$(now)

steps_begin() {
  rm -rf "$steps_folder"
  mkdir -p "$steps_folder"
}

# --- queueing ---
after() { steps_after=$(printf '%s\n' "$@"); }
needs() { steps_add needs "$@"; }
step() { steps_add step "$@"; }
tests() { steps_add tests "$@"; }

steps_add() {
  steps_queue+=("steps_run_one ${*@Q}")
  steps_needed+=("$steps_after")
}

# --- one step ---

# steps_log NAME: the file of a step's output.
steps_log() { echo "$steps_folder/${1//[^A-Za-z0-9-]/_}.log"; }

steps_record() { # NAME PASSED FAILED SKIPPED START
  local log
  log=$(steps_log "$1")
  echo "$2 $3 $4" > "${log%.log}.result"
  local counted="$2 passed, $3 failed, $4 skipped"
  [ "$2 $3 $4" != '0 0 0' ] || counted=done
  printf '%-30s %-36s %s\n' "$1" "$counted" "$(seconds_since "$5")"
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

# --- all of them ---

# steps_state NAMES: whether what waits for these steps, a line each, may begin: `ready`, `waiting`, or `never`.
steps_state() {
  local name log passed failed
  while IFS= read -r name; do
    [ -n "$name" ] || continue
    log=$(steps_log "$name")
    [ -f "${log%.log}.result" ] || { echo waiting; return; }
    read -r passed failed _ < "${log%.log}.result"
    [ "$failed" = 0 ] || { echo never; return; }
  done <<< "$1"
  echo ready
}

# Begins the first step that may; fails when there is none.
steps_begin_next() {
  local i call
  for i in "${!steps_queue[@]}"; do
    case $(steps_state "${steps_needed[i]}") in
      waiting) continue ;;
      never) unset "steps_queue[i]" "steps_needed[i]"; continue ;;
    esac
    call=${steps_queue[i]}
    unset "steps_queue[i]" "steps_needed[i]"
    # A process group for each step, so that steps_kill reaches its compilers and tests too. One write for each, so that lines of
    # steps that end together do not mix.
    set -m
    { output=$(eval "$call"); printf '%s\n' "$output"; } &
    set +m
    steps_pids+=($!)
    return 0
  done
  return 1
}

steps_run() {
  while :; do
    while [ ${#steps_pids[@]} -lt "$steps_at_once" ] && steps_begin_next; do :; done
    [ ${#steps_pids[@]} -gt 0 ] || break
    wait -n "${steps_pids[@]}" || true
    steps_reap
  done
  steps_queue=() steps_needed=()
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

# Prints the sum as the last line; fails when anything failed or nothing ran.
steps_finish() {
  steps_run
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

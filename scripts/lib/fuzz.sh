# The fuzzers of tests/fuzz: sourced.

fuzz_folder=build/fuzz

# fuzz_names: one a line.
fuzz_names() {
  local file
  for file in tests/fuzz/*.c; do
    [ ! -f "$file" ] || basename "$file" .c
  done
}

# fuzz_build NAME…
fuzz_build() {
  local launcher=()
  ! command -v ccache > /dev/null || launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
  cmake -S . -B $fuzz_folder -G Ninja -DCMAKE_C_COMPILER=clang-14 -DTOASTY_FUZZ=ON -DTOASTY_WERROR=ON \
    -DTOASTY_SANITIZE=fuzzer-no-link,address,undefined '-DCMAKE_C_FLAGS_RELWITHDEBINFO=-O1 -g' ${launcher[@]+"${launcher[@]}"} \
    && cmake --build $fuzz_folder --target "${@/#/fuzz-}" -j 2
}

# fuzz_run NAME SECONDS FOLDER: first the inputs of the tree and of FOLDER, then what the fuzzer makes of them until the time is over;
# FOLDER gets those that reach something new. After a failure the last lines say where its input is and how to run it again.
fuzz_run() {
  local name=$1 seconds=$2 program=$fuzz_folder/tests/fuzz/fuzz-$1 log=$fuzz_folder/$1.log
  local folders=("$3") options=() failed input
  mkdir -p "$3"
  [ ! -d "tests/fuzz/$name" ] || folders+=("tests/fuzz/$name")
  [ ! -f "tests/fuzz/$name.dict" ] || options+=("-dict=tests/fuzz/$name.dict")
  failed=$(mktemp -d "$fuzz_folder/failed-$name.XXXXXX")
  if "$program" -max_total_time="$seconds" -timeout=60 -artifact_prefix="$failed/" -print_final_stats=1 \
    ${options[@]+"${options[@]}"} "${folders[@]}" > "$log" 2>&1; then
    rmdir "$failed"
    awk '/number_of_executed_units/ { run = $2 } /new_units_added/ { print "note: " run " inputs, " $2 " of them new" }' "$log"
    return 0
  fi
  grep -av '^#[0-9]' "$log" | tail -n 60
  for input in "$failed"/*; do
    [ -f "$input" ] || continue
    echo "FAILED fuzz $name: $input; this runs it again:"
    echo "  $program $input"
  done
  return 1
}

# The targets of the tests, as tests/targets has them, and their private servers: sourced from the top folder of the tree.
#
# A target that needs a server has a folder tests/servers/<target>:
#
#     packages               those of Debian that it needs
#     start.sh SERVER        becomes the server, in the foreground; SIGQUIT ends it
#     ready.sh SERVER        succeeds once the server answers
#     create.sh SERVER NAME  makes an empty database, in place of one of that name
#     socket.sh SERVER NAME  prints the URL of the database by a unix socket
#
# SERVER stands for three arguments: the server's folder, its port on 127.0.0.1, the password of its administrator. They are in the
# environment as TOASTY_SERVER_<target>, so that what was started here is known to the scripts of tests too.

runs=() targets=()
declare -A run_target run_sql run_url server_pids
while read -r run target sql _ url; do
  case $run in '' | '#'*) continue ;; esac
  runs+=("$run")
  [[ " ${targets[*]} " == *" $target "* ]] || targets+=("$target")
  run_target[$run]=$target run_sql[$run]=$sql run_url[$run]=$url
done < tests/targets
unset run target sql url

# sql_targets: those that speak SQL, one a line. A target is also the name of its first run.
sql_targets() {
  local target
  for target in "${targets[@]}"; do [ "${run_sql[$target]}" != yes ] || echo "$target"; done
}

# serves TARGET: whether the target needs a server.
serves() { [ -d "tests/servers/$1" ]; }

# is_up RUN: whether its databases can be used: its server runs, or it needs none.
is_up() {
  local server=TOASTY_SERVER_${run_target[$1]}
  ! serves "${run_target[$1]}" || [ -n "${!server:-}" ]
}

# server_do TARGET SCRIPT ARGUMENT…
server_do() {
  local server=TOASTY_SERVER_$1
  # shellcheck disable=SC2086: three words
  "tests/servers/$1/$2" ${!server} "${@:3}"
}

# database_url RUN NAME [FOLDER]: prints the URL of a database; FOLDER is for its files.
database_url() {
  local run=$1 url server=TOASTY_SERVER_${run_target[$1]} folder port password
  read -r folder port password <<< "${!server:-}"
  url=${run_url[$run]//'{run}'/$2}
  url=${url//'{folder}'/${3:-$folder}}
  url=${url//'{port}'/$port}
  echo "${url//'{password}'/$password}"
}

# database_new RUN NAME [FOLDER]: makes the database, and prints its URL.
database_new() {
  if serves "${run_target[$1]}"; then
    server_do "${run_target[$1]}" create.sh "$2" > /dev/null || return 1
  fi
  database_url "$@"
}

free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || { echo "$port"; return; }
  done
  return 1
}

# server_start TARGET: returns 1 after showing the server's log.
server_start() {
  local target=$1 root=/dev/shm folder port password
  [ -d $root ] && [ -w $root ] || root=${TMPDIR:-/tmp}
  folder=$(mktemp -d "$root/toasty-$target.XXXXXX")
  port=$(free_port) || return 1
  password=$(od -An -tx1 -N12 /dev/urandom | tr -d ' \n')
  export "TOASTY_SERVER_$target=$folder $port $password"
  # A session of its own: an interrupt at the terminal reaches the script, which then stops the server.
  setsid "tests/servers/$target/start.sh" "$folder" "$port" "$password" < /dev/null > "$folder.out" 2>&1 &
  server_pids[$target]=$!
  for _ in {1..1500}; do
    server_do "$target" ready.sh > /dev/null 2>&1 && return 0
    kill -0 "${server_pids[$target]}" 2> /dev/null || break
    sleep 0.02
  done
  echo "the server of $target did not start:" >&2
  tail -n 20 "$folder.out" "$folder"/*log >&2 2> /dev/null
  server_stop "$target"
  return 1
}

server_stop() {
  local server=TOASTY_SERVER_$1 folder
  folder=${!server%% *}
  kill -QUIT "${server_pids[$1]}" 2> /dev/null || true
  wait "${server_pids[$1]}" 2> /dev/null || true
  rm -rf "$folder" "$folder.out"
  unset "server_pids[$1]" "$server"
}

# Nothing is left of the servers that were started here.
servers_stop() {
  local target
  for target in "${!server_pids[@]}"; do server_stop "$target"; done
}

# measured_targets: those whose R1 bench/CMakeLists.txt builds, one a line.
measured_targets() {
  local target
  for target in "${targets[@]}"; do ! grep -qE "^ *bench_contender\(r1_$target\b" bench/CMakeLists.txt || echo "$target"; done
}

# bench_url TARGET PREFIX [tcp]: of the databases that bench/ measures on, {} standing for the name of a contender; by a unix socket,
# unless TCP is wanted, which is then in the clear for everybody. With a server they are made here.
bench_url() {
  local contender
  if ! serves "$1"; then
    echo "$1::memory:"
    return
  fi
  for contender in toasty r1 r1_again r2 toasty_rs diesel sea_orm sqlx; do
    server_do "$1" create.sh "$2$contender" > /dev/null || return 1
  done
  if [ "${3:-}" = tcp ]; then echo "$(database_url "$1" "$2{}")?sslmode=disable"; else server_do "$1" socket.sh "$2{}"; fi
}

# A private PostgreSQL for tests: sourced. Nothing of it is left after postgresql_stop.
#
# postgresql_start sets postgresql_pid, postgresql_folder (also that of the unix socket), postgresql_port,
# postgresql_password and postgresql_url, or returns 1 after showing the server's log.

free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || { echo "$port"; return; }
  done
  return 1
}

postgresql_start() {
  local root=/dev/shm bin
  [ -d $root ] && [ -w $root ] || root=${TMPDIR:-/tmp}
  bin=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1)
  bin=${PGBIN:-${bin:-$(pg_config --bindir)}}
  postgresql_bin=$bin
  postgresql_folder=$(mktemp -d "$root/toasty-pg.XXXXXX")
  postgresql_port=$(free_port) || return 1
  postgresql_password=$(od -An -tx1 -N12 /dev/urandom | tr -d ' \n')
  postgresql_url=postgresql://postgres:$postgresql_password@127.0.0.1:$postgresql_port/postgres
  # A session of its own: an interrupt at the terminal reaches the script, which then stops the server.
  setsid tests/servers/postgresql/start.sh "$postgresql_folder" "$postgresql_port" "$postgresql_password" \
    < /dev/null > "$postgresql_folder.out" 2>&1 &
  postgresql_pid=$!
  for _ in {1..1500}; do
    "$bin/pg_isready" -q -h "$postgresql_folder" -p "$postgresql_port" 2> /dev/null && return 0
    kill -0 "$postgresql_pid" 2> /dev/null || break
    sleep 0.02
  done
  echo "PostgreSQL did not start:" >&2
  tail -n 20 "$postgresql_folder.out" "$postgresql_folder/init.log" "$postgresql_folder/log" >&2 2> /dev/null
  postgresql_stop
  return 1
}

# postgresql_create NAME: a new database of that name.
postgresql_create() {
  PGPASSWORD=$postgresql_password "$postgresql_bin/createdb" -h "$postgresql_folder" -p "$postgresql_port" -U postgres "$1"
}

# postgresql_socket_url NAME: the URL of a database by the unix socket.
postgresql_socket_url() {
  echo "postgresql:///$1?host=$postgresql_folder&port=$postgresql_port&user=postgres&password=$postgresql_password"
}

postgresql_stop() {
  [ -n "${postgresql_pid:-}" ] || return 0
  kill -QUIT "$postgresql_pid" 2> /dev/null || true
  wait "$postgresql_pid" 2> /dev/null || true
  rm -rf "$postgresql_folder" "$postgresql_folder.out"
  postgresql_pid=
}

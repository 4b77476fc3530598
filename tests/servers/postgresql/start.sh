#!/bin/sh
# usage: start.sh DIR PORT PASSWORD
#
# Makes a fresh PostgreSQL in DIR and becomes it: the pid of the caller's job is the server's own. It listens on
# 127.0.0.1:PORT and on the socket DIR/.s.PGSQL.PORT, for the user postgres with the password, with and without TLS (its
# certificate is DIR/data/server.crt, for localhost). Nothing is kept: data is not synced to disk.
#
# The server refuses to run as root; root becomes the user postgres. Stop it with SIGQUIT: SIGKILL leaks its shared memory.
set -e
dir=$1 port=$2 password=$3
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
bin=${PGBIN:-${bin:-$(pg_config --bindir)}}

become=
mkdir -p "$dir"
chmod 755 "$dir"
( umask 077 && printf %s "$password" > "$dir/password" )
if [ "$(id -u)" = 0 ]; then
  become='setpriv --reuid=postgres --regid=postgres --init-groups --'
  chown -R postgres:postgres "$dir"
fi
cd "$dir"
$become "$bin/initdb" -D "$dir/data" -U postgres --pwfile="$dir/password" -A scram-sha-256 -E UTF8 --locale=C \
  --no-sync --no-instructions > "$dir/init.log" 2>&1
$become openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$dir/data/server.key" -out "$dir/data/server.crt" 2>/dev/null
$become chmod 600 "$dir/data/server.key"
exec $become "$bin/postgres" -D "$dir/data" -p "$port" -k "$dir" \
  -c listen_addresses=127.0.0.1 -c ssl=on -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
  -c shared_buffers=32MB -c max_connections=100 -c autovacuum=off -c jit=off -c log_min_messages=warning \
  > "$dir/log" 2>&1

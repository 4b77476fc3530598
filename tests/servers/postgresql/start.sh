#!/bin/sh
# usage: start.sh DIR PORT PASSWORD
#
# Makes a fresh PostgreSQL in DIR, or takes the one that is there, and becomes it: the pid of the caller's job is the server's own.
# It listens on 127.0.0.1:PORT and on the socket DIR/.s.PGSQL.PORT, for the user postgres with the password, with and without TLS.
# Nothing is kept: data is not synced to disk. In DIR/data are
#
#     server.crt              its certificate, for localhost
#     client.crt, client.key  with which a user `certified` comes in over TLS, once the role was made
#     other.crt               a certificate that has signed nothing
#
# The server refuses to run as root; root becomes the user postgres. It ends with the process that has started it. Stop it with
# SIGQUIT: SIGKILL leaks its shared memory until the next start.
set -e
dir=$1 port=$2 password=$3
. "${0%/*}/bin.sh"

become=
mkdir -p "$dir"
chmod 755 "$dir"
( umask 077 && printf %s "$password" > "$dir/password" )
if [ "$(id -u)" = 0 ]; then
  become='setpriv --reuid=postgres --regid=postgres --init-groups --'
  chown -R postgres:postgres "$dir"
fi
cd "$dir"
certificate() { # NAME SUBJECT OPTION…: DIR/data/NAME.crt and NAME.key
  name=$1 subject=$2
  shift 2
  $become openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$subject" "$@" \
    -keyout "$dir/data/$name.key" -out "$dir/data/$name.crt" 2> /dev/null
  $become chmod 600 "$dir/data/$name.key"
}
if [ ! -e "$dir/data/PG_VERSION" ]; then
  $become "$bin/initdb" -D "$dir/data" -U postgres --pwfile="$dir/password" -A scram-sha-256 -E UTF8 --locale=C \
    --no-sync --no-instructions > "$dir/init.log" 2>&1
  certificate server localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1
  certificate client certified
  certificate other nobody
  $become sed -i '1i hostssl all certified all cert' "$dir/data/pg_hba.conf"
fi
exec setpriv --pdeathsig QUIT ${become#setpriv } "$bin/postgres" -D "$dir/data" -p "$port" -k "$dir" \
  -c listen_addresses=127.0.0.1 -c ssl=on -c ssl_ca_file=client.crt -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
  -c shared_buffers=32MB -c max_connections=100 -c autovacuum=off -c jit=off -c log_min_messages=warning \
  > "$dir/log" 2>&1

#!/bin/sh
# usage: start.sh DIR PORT PASSWORD
#
# Makes a fresh MariaDB in DIR, or takes the one that is there, and becomes it: the pid of the caller's job is the server's own.
# It listens on 127.0.0.1:PORT and on the socket DIR/socket, with and without TLS, for the user toasty with the password, who may do
# everything; root comes in by the socket without one. Nothing is kept: data is not synced to disk. In DIR are
#
#     server.crt              its certificate, for localhost
#     client.crt, client.key  what a user may be asked for over TLS
#     other.crt               a certificate that has signed nothing
#
# It ends with the process that has started it.
set -e
dir=$1 port=$2 password=$3
. "$(dirname "$0")/../mysql/folder.sh"

if [ ! -d "$dir/data" ]; then
  $become mkdir "$dir/data"
  $become mariadb-install-db --no-defaults --datadir="$dir/data" --auth-root-authentication-method=normal --skip-test-db \
    --innodb-log-file-size=8M --innodb-data-file-path=ibdata1:5M:autoextend > "$dir/init.log" 2>&1
fi
# shellcheck disable=SC2086 # options are words
exec setpriv --pdeathsig KILL ${become#setpriv } mariadbd --no-defaults --datadir="$dir/data" --socket="$dir/socket" --port="$port" \
  --pid-file="$dir/data/pid" $options --plugin-load-add=auth_ed25519 > "$dir/log" 2>&1

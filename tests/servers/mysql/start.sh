#!/bin/sh
# usage: start.sh DIR PORT PASSWORD
#
# As mariadb/start.sh, for the MySQL in TOASTY_MYSQL (by default build/servers/mysql of the tree), which fetch.sh gets when it is not
# there. The first start takes some seconds and leaves the new data beside the server, for others to copy.
set -e
dir=$1 port=$2 password=$3
here=$(cd "$(dirname "$0")" && pwd)
server=${TOASTY_MYSQL:-$here/../../../build/servers/mysql}
mkdir -p "$dir"
"$here/fetch.sh" "$server" > "$dir/fetch.log" 2>&1
server=$(cd "$server" && pwd)
. "$here/folder.sh"
words="--no-defaults --basedir=$server --lc-messages-dir=$server/share"
size='--innodb-log-file-size=8M --innodb-data-file-path=ibdata1:5M:autoextend'

# shellcheck disable=SC2086 # options are words
if [ ! -d "$dir/data" ] && [ ! -d "$server/data" ]; then
  $become "$server/bin/mysqld" $words $size --datadir="$dir/data" --initialize-insecure > "$dir/init.log" 2>&1
  rm -f "$dir/data/auto.cnf" # the name of the one server
  copy=$(mktemp -d "$server/data.XXXXXX")
  cp -a --sparse=always "$dir/data/." "$copy"
  chmod 755 "$copy"
  mv -T "$copy" "$server/data" 2> /dev/null || rm -rf "$copy" # another was faster
elif [ ! -d "$dir/data" ]; then
  cp -a --sparse=always "$server/data" "$dir/data"
  [ -z "$become" ] || chown -R "$user" "$dir/data"
fi
# shellcheck disable=SC2086
exec setpriv --pdeathsig KILL ${become#setpriv } "$server/bin/mysqld" $words --datadir="$dir/data" --socket="$dir/socket" \
  --port="$port" --pid-file="$dir/data/pid" $options --mysqlx=OFF > "$dir/log" 2>&1

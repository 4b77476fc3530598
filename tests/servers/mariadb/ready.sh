#!/bin/sh
# usage: ready.sh DIR PORT PASSWORD: succeeds once the server answers.
exec mariadb-admin --no-defaults --socket="$1/socket" --user=root ping

#!/bin/sh
# usage: create.sh DIR PORT PASSWORD NAME: an empty database, in place of one of that name.
exec mariadb --no-defaults --socket="$1/socket" --user=root --execute="DROP DATABASE IF EXISTS \`$4\`; CREATE DATABASE \`$4\`"

#!/bin/sh
# usage: create.sh DIR PORT PASSWORD NAME: an empty database, in place of one of that name.
. "${0%/*}/bin.sh"
export PGPASSWORD="$3"
"$bin/dropdb" --if-exists --force -h "$1" -p "$2" -U postgres "$4" 2> /dev/null
exec "$bin/createdb" -T template0 -h "$1" -p "$2" -U postgres "$4"

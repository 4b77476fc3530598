#!/bin/sh
# usage: ready.sh DIR PORT PASSWORD: succeeds once the server answers.
. "${0%/*}/bin.sh"
exec "$bin/pg_isready" -q -h "$1" -p "$2"

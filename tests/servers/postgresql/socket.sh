#!/bin/sh
# usage: socket.sh DIR PORT PASSWORD NAME: the URL of the database by the unix socket.
echo "postgresql:///$4?host=$1&port=$2&user=postgres&password=$3"

#!/bin/sh
# usage: socket.sh DIR PORT PASSWORD NAME: the URL of the database by the unix socket.
echo "mariadb://toasty:$3@/$4?socket=$1/socket"

# Sets bin, the folder of the newest server that is installed: sourced.
bin=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1)
bin=${PGBIN:-${bin:-$(pg_config --bindir)}}

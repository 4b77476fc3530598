# What the scripts behind ./dev share: messages, packages. Sourced from the top folder of the tree.

fail() {
  echo "dev: $*" >&2
  exit 1
}

# The packages of Debian 12, one list a purpose.
packages_to_build='gcc libc6-dev cmake ninja-build pkg-config libuv1-dev nettle-dev libsqlite3-dev libpq-dev libssl-dev libclang-14-dev'
packages_to_serve=$(cat tests/servers/*/packages | tr '\n' ' ')
packages_to_fuzz='clang-14 libclang-rt-14-dev'
packages_to_measure='valgrind libmariadb-dev'
packages_to_test="g++ clang-format-14 check libsubunit-dev libc6-dbg gdb make python3 $packages_to_serve $packages_to_measure $packages_to_fuzz"

# install_missing PACKAGES: installs those that are not there; quiet and fast when all are.
install_missing() {
  command -v dpkg-query > /dev/null || { echo "dev: not a Debian system; what is needed: $1"; return; }
  local package missing=() become=()
  for package in $1; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo > /dev/null || fail "these packages are missing, and only root can install them: ${missing[*]}"
    become=(sudo)
  fi
  echo "installing ${missing[*]}"
  mkdir -p build/logs
  export DEBIAN_FRONTEND=noninteractive
  { "${become[@]}" apt-get update && "${become[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; } \
    > build/logs/packages.log 2>&1 || {
    tail -n 20 build/logs/packages.log >&2
    fail "could not install: ${missing[*]} (build/logs/packages.log)"
  }
}

# now: milliseconds, for durations.
now() {
  local time=${EPOCHREALTIME/[.,]/}
  echo "${time%???}"
}

# seconds_since START: "1.2 s"
seconds_since() {
  local ms=$(($(now) - $1))
  echo "$((ms / 1000)).$((ms % 1000 / 100)) s"
}

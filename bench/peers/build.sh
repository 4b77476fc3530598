#!/bin/bash
# usage: bench/peers/build.sh FOLDER: builds the contenders in Rust into FOLDER/programs, on the SQLite library of the system,
# so that everyone is measured with the same one.
set -euo pipefail
mkdir -p "$1/programs"
folder=$(cd "$1" && pwd)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$folder/target} LIBSQLITE3_SYS_USE_PKG_CONFIG=1
cd "$(dirname "${BASH_SOURCE[0]}")"
for peer in toasty diesel sqlx sea-orm; do
  echo "building $peer"
  (cd "$peer" && cargo build --release --locked --quiet)
done
for name in toasty-rs diesel sqlx sea-orm; do cp "$CARGO_TARGET_DIR/release/bench-$name" "$folder/programs/"; done

#!/bin/bash
# Programs that must not compile: see tests/misuse/run. TOASTY_BUILD is a build of the tree.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$(dirname "$0")/run" "$TOASTY_BUILD/toasty" "$work"

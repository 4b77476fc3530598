#!/bin/bash
# What `toasty derive` generates and refuses: see tests/derive/run. TOASTY_BUILD is a build of the tree.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$(dirname "$0")/run" "$TOASTY_BUILD/toasty" "$work"

#!/usr/bin/env bash
# Runs the tests: first those that need npm's registry, on this machine; then all others, in the rig, which has no network.
# With arguments, as vitest takes them, only what they name: test/support/run.sh test/system/rig.test.ts -t 'a name'
set -euo pipefail
vitest=(node node_modules/vitest/vitest.mjs run)

case "$*" in
  *test/install/*) exec "${vitest[@]}" --project install "$@" ;;
  '') ;;
  *) exec bash test/support/rig.sh once "${vitest[@]}" --project '!install' "$@" ;;
esac

counts=$(mktemp)
SONDE_TESTS_COUNTED=$counts "${vitest[@]}" --project install &
first=$!
trap 'kill "$first" 2>/dev/null; rm -f "$counts"; exit 143' TERM INT HUP
wait "$first" || true
trap - TERM INT HUP
# A run that ended before it could count is one failure.
SONDE_TESTS_BEFORE=$(cat "$counts")
export SONDE_TESTS_BEFORE=${SONDE_TESTS_BEFORE:-0 1}
rm -f "$counts"
exec bash test/support/rig.sh once "${vitest[@]}" --project '!install'

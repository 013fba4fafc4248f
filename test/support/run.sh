#!/usr/bin/env bash
# Runs the tests: those that need npm's registry on this machine, and beside them all others, in the rig, which has no network.
# What the first print is shown when the others have ended.
# With arguments, as vitest takes them, only what they name: test/support/run.sh test/system/rig.test.ts -t 'a name'
set -euo pipefail
vitest=(node node_modules/vitest/vitest.mjs run)

case "$*" in
  *test/install/*) exec "${vitest[@]}" --project install "$@" ;;
  '') ;;
  *) exec bash test/support/rig.sh once "${vitest[@]}" --project '!install' "$@" ;;
esac

# In this folder, for the rig has other ones of its own.
own=$(mktemp -d "$PWD/node_modules/.tests-XXXXXX")
trap 'rm -rf "$own"' EXIT
# Neither outlives this shell, also where it is killed.
bound=(setpriv --pdeathsig TERM)
command -v setpriv >/dev/null || bound=(env)
SONDE_TESTS_COUNTED=$own/install "${bound[@]}" "${vitest[@]}" --project install >"$own/said" 2>&1 &
install=$!
SONDE_TESTS_COUNTED=$own/rig "${bound[@]}" bash test/support/rig.sh once "${vitest[@]}" --project '!install' &
rig=$!
trap 'kill "$install" "$rig" 2>/dev/null; exit 143' TERM INT HUP
code=0
wait "$rig" || code=1
wait "$install" || code=1
cat "$own/said"

passed=0 failed=0
for part in install rig; do
  # A run that ended before it could count is one failure.
  read -r more wrong <"$own/$part" || { more=0 wrong=1; }
  passed=$((passed + more)) failed=$((failed + wrong))
done 2>/dev/null
[ "$failed" = 0 ] || code=1
echo "$passed passed, $failed failed"
exit "$code"

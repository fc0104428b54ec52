#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What is judged is what the kernel does. racer.c opens a path that somebody else
# flips between a harmless file and a secret one: each real open of the secret gives
# its alert, or is one of those that the run calls unverified, and no alert tells of an
# open that was none. OPENS sets how many. And a process that closes its memory to us
# has it read all the same.
set -u

suite=live
. tests/harness/live.sh "$1"
opens=${OPENS:-2000}
racer=$work/bin/racer
cp "$build/tests/live/racer" "$racer" || exit 1
mkdir -m 755 "$work/race"
harmless=$work/race/harmless
secret=$work/race/verysecr
echo harmless >"$harmless"
echo secret >"$secret"
chmod 644 "$harmless" "$secret"

cat >"$work/rules.yaml" <<END
- rule: Secret opened
  desc: A real open of the secret file.
  condition: evt.type in (open, openat, openat2) and fd.name=$secret and fd.num>=0
  output: SECRET %fd.name corrected=%evt.is_corrected
  priority: WARNING
END
chmod 644 "$work/rules.yaml"

# How often the end line says that a call is unverified.
unverified() { # log
	sed -n 's/.*[ ;] *\([0-9]*\) calls\{0,1\} unverified.*/\1/p' "$1" | grep . || echo 0
}

race() { # who, engine, way
	local log=$work/race.log said alerted blind n
	said=$(as "$1" timeout -k 5 $((60 * slow)) "$falco_run" --engine "$2" -r "$work/rules.yaml" -- \
		"$racer" "$3" "$harmless" "$secret" "$opens" 2>"$log" </dev/null)
	n=$(echo "$said" | sed -n 's/^secret \([0-9]*\) .*/\1/p')
	alerted=$(grep -c 'SECRET ' "$log")
	blind=$(unverified "$log")
	name="$3 under $2 as $1: $alerted of ${n:-?} opens of the secret alerted ($said, unverified $blind)"
	if [ -z "$n" ]; then
		fail "$name" "$(tail -n 3 "$log")"
	elif [ "$alerted" -gt "$n" ]; then
		fail "$name" "alerts tell of more than there were"
	elif [ $((alerted + blind)) -lt "$n" ]; then
		fail "$name" "some are missing, and nothing says so"
	else
		pass "$name"
	fi
}

for way in nobody threads mapping memfd segment clone vfork; do
	for engine in $engines; do
		race user "$engine" $way
	done
done
if [ "$users" != user ]; then
	for engine in $engines; do
		race root "$engine" threads
	done
fi

cat >"$work/closed.py" <<'END'
import ctypes
import sys
ctypes.CDLL(None).prctl(4, int(sys.argv[1]), 0, 0, 0)
open(sys.argv[2]).close()
END
cat >"$work/child.py" <<'END'
import ctypes
import os
import sys
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
if os.fork() == 0:
    open(sys.argv[1]).close()
    os._exit(0)
os.wait()
END
chmod 644 "$work/closed.py" "$work/child.py"
for engine in $engines; do
	for dumpable in 0 2; do
		as_user timeout -k 5 $((60 * slow)) "$falco_run" --engine "$engine" -r "$work/rules.yaml" -- \
			python3 "$work/closed.py" $dumpable "$secret" >"$work/closed.log" 2>&1 </dev/null
		if grep -q "SECRET $secret" "$work/closed.log"; then
			pass "a path after PR_SET_DUMPABLE $dumpable ($engine)"
		else
			fail "a path after PR_SET_DUMPABLE $dumpable ($engine)" "$(cat "$work/closed.log")"
		fi
	done
	as_user timeout -k 5 $((60 * slow)) "$falco_run" --engine "$engine" -r "$work/rules.yaml" -- \
		python3 "$work/child.py" "$secret" >"$work/closed.log" 2>&1 </dev/null
	if grep -qE "SECRET $secret|arguments? that could not be read" "$work/closed.log"; then
		pass "a child of a closed process is read or counted ($engine)"
	else
		fail "a child of a closed process is read or counted ($engine)" "$(cat "$work/closed.log")"
	fi
done
exit 0

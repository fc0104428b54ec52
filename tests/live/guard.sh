#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A program that turns on who watches it, as the same user: every attempt is refused and
# counted, and what is not about us goes on as ever; one kill of everybody spares us.
set -u

suite=live
. tests/harness/live.sh "$1"
attack=$work/bin/attack
cp "$build/tests/live/attack" "$attack" || exit 1

# Every attempt but what the program may do with its own child.
expect_of() { # who
	local attempt
	for attempt in kill stop term fault kill-front kill-keeper kill-thread kill-group tkill tgkill \
		queue pidfd directory seize attach write limit nice cpus scheduler descriptor; do
		echo "$attempt EPERM"
	done
	if [ "$1" = user ] && [ "$(as "$1" id -u)" -ne 0 ]; then
		printf '%s EACCES\n' mem oom_score_adj
	fi
	printf '%s 0\n' own-limit own-nice own-stop own-kill
}

cat >"$work/kills.yaml" <<'EOF'
- rule: Deadly signal
  desc: somebody sends one
  condition: evt.type=kill and evt.arg.sig=SIGKILL and proc.name=attack
  output: sent (%evt.arg.sig %evt.res)
  priority: warning
EOF

for who in $users; do
	expected=$(expect_of "$who")
	for engine in $engines; do
		as "$who" timeout -k 5 60 "$falco_run" --engine "$engine" -r "$work/kills.yaml" -- \
			"$attack" >"$work/out" 2>"$work/err" </dev/null
		got=$?
		verdict "attempts on the monitor are refused under $engine as $who" \
			"$([ "$(cat "$work/out")" = "$expected" ] ||
				diff <(echo "$expected") "$work/out" | head -n 5)"
		verdict "the program ends as ever, and is watched to its end under $engine as $who" \
			"$([ $got -eq 7 ] && grep -q 'refused: .* calls\{0,1\} to end' "$work/err" ||
				echo "status $got: $(tail -n 2 "$work/err")")"
		verdict "an attempt is an event under $engine as $who" \
			"$(grep -q 'sent (SIGKILL EPERM)' "$work/err" || tail -n 3 "$work/err")"

		# In a pid namespace of their own, or the whole machine would be meant.
		if ! as "$who" unshare -Ur --pid --fork --mount-proc true 2>/dev/null; then
			skip "everybody is killed under $engine as $who" "no pid namespace can be made here"
			continue
		fi
		for whom in all group; do
			# shellcheck disable=SC2016
			as "$who" timeout -k 5 60 unshare -Ur --pid --fork --mount-proc sh -c \
				'setsid -w "$@"; echo "status $?"' sh "$falco_run" --engine "$engine" -r "$work/kills.yaml" -- \
				sh -c 'sleep 50 & '"$attack $whom"'; echo "attack $?"' \
				>"$work/out" 2>"$work/err" </dev/null
			verdict "kill -9 of $whom spares the monitor under $engine as $who" \
				"$([ "$(tail -n 1 "$work/out")" = 'status 137' ] && grep -q 'sent (SIGKILL' "$work/err" ||
					echo "$(cat "$work/out"): $(tail -n 2 "$work/err")")"
		done
	done
done
exit 0

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every sample gives the alerts written beside it, under every engine, and the same
# ones field for field; what it prints and returns is what it does without us.
set -u

suite=live
. tests/harness/live.sh "$1"

# What the engines logged of a run, field for field.
agree() { # name, who
	local first=${engines# } engine
	first=${first%% *}
	for engine in ${engines# "$first"}; do
		verdict "$1 as $2: $first and $engine agree" \
			"$(alerts same "$work/$1.$first.$2" "$work/$1.$engine.$2" 2>&1)"
	done
}

for who in $users; do
	for program in "$samples"/*; do
		name=$(basename "$program")
		expected=samples/$name.alerts
		if [ "$who" = user ] && [ -e "samples/$name.user.alerts" ]; then
			expected=samples/$name.user.alerts
		fi
		as "$who" "$program" >"$work/plain.out" 2>/dev/null </dev/null
		plain=$?
		for engine in $engines; do
			log=$work/$name.$engine.$who
			as "$who" timeout -k 5 $((60 * slow)) "$falco_run" --engine "$engine" \
				-o json_output=true -- "$program" \
				>"$work/out" 2>"$log" </dev/null
			status=$?
			if [ $status -ne $plain ]; then
				fail "$name under $engine as $who: status $plain" "it is $status: $(tail -n 3 "$log")"
			elif ! cmp -s "$work/plain.out" "$work/out"; then
				fail "$name under $engine as $who: its own output" "$(cat "$work/out")"
			else
				verdict "$name under $engine as $who: the expected alerts" \
					"$(alerts expect "$log" "$expected" 2>&1)"
			fi
		done
		agree "$name" "$who"
	done
done

# The mission's first example, as everybody will type it.
for who in $users; do
	for engine in $engines; do
		log=$work/cat.$engine.$who
		as "$who" timeout -k 5 $((60 * slow)) "$falco_run" -o engine.kind="$engine" \
			-o json_output=true -- sh -c 'cat /etc/shadow' >/dev/null 2>"$log" </dev/null
		if [ "$who" = root ]; then
			rule='Warning | Sensitive file read | fd.name=/etc/shadow | proc.name=cat | user.name=root | proc.cmdline=cat /etc/shadow'
		else
			rule='Notice | Sensitive file read failed | fd.name=/etc/shadow | proc.name=cat | evt.res=EACCES'
		fi
		printf '%s\n' "$rule" >"$work/want"
		verdict "sh -c 'cat /etc/shadow' as $who, engine.kind=$engine" \
			"$(alerts expect "$log" "$work/want" 2>&1)"
	done
	agree cat "$who"
done

# What make demo shows.
for who in $users; do
	mkdir -p "$work/demo/samples"
	cp "$falco_run" "$work/demo/"
	cp "$samples"/* "$work/demo/samples/"
	as "$who" timeout -k 5 $((120 * slow)) bash samples/demo.sh "$work/demo" >"$work/out" 2>&1 </dev/null
	got=$?
	verdict "make demo as $who" "$([ $got -eq 0 ] || tail -n 2 "$work/out")"
done
exit 0

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every sample gives the alerts written beside it and its neighbour none, under both
# engines the same ones field for field; what it prints and returns is what it does
# without us. Every built-in rule has a sample, and every mistake of a selection shows.
set -u

suite=live
. tests/harness/live.sh "$1"

cp samples/*.sh "$samples/"
# Two engines are two ways of seeing; the third is the second with more stops.
engines=${engines/ ptrace/}
python3 tests/live/samples.py check "$falco_run" "$samples" "$engines" "$users"

# The rules that no sample makes speak.
printf 'engine:\n  kind: modern_ebpf\n' >"$work/falco.yaml"
"$falco_run" -c "$work/falco.yaml" -o json_output=true --ruleset default -L 2>/dev/null |
	python3 -c 'import json, sys
for rule in json.load(sys.stdin)["rules"]: print(rule["info"]["name"])' | sort >"$work/rules"
cut -d'|' -f2 samples/*.alerts | sed 's/^ //; s/ $//' | sort -u >"$work/sampled"
verdict "every built-in rule has a sample" "$([ -s "$work/rules" ] && comm -23 "$work/rules" "$work/sampled")"

for ruleset in default ci service; do
	bounded 60 "$falco_run" --ruleset $ruleset -o json_output=true -- sh -c 'cat /etc/shadow' >/dev/null 2>"$work/err" </dev/null
	verdict "--ruleset $ruleset loads" "$(grep -a '^falco-run:' "$work/err")"
done
bounded 60 "$falco_run" --ruleset nothing -- true 2>"$work/err" </dev/null
got=$?
verdict "--ruleset with a name that is none" "$([ $got -eq 125 ] && grep -q 'default, ci and service' "$work/err" || echo "status $got")"

# What Falco's stable rules say of the same samples.
data=${FALCO_RUN_DATA:-../shared/data/rules}
if [ ! -e "$data/falco_rules.yaml" ]; then
	skip "samples/side_by_side.md" "there is no $data/falco_rules.yaml: it is Falco's rules/falco_rules.yaml"
elif [ "${users#root}" = "$users" ] || ! "$samples/sandbox" true 2>"$work/err"; then
	skip "samples/side_by_side.md" "it needs root and a sandbox: $(cat "$work/err")"
else
	python3 tests/live/samples.py beside "$falco_run" "$samples" "$data/falco_rules.yaml" >"$work/table"
	verdict "samples/side_by_side.md is what falco_rules.yaml says" \
		"$(diff <(grep '^|' samples/side_by_side.md) "$work/table" | head -n 4)"
fi

# The mission's first example, as everybody will type it.
for who in $users; do
	for engine in $engines; do
		log=$work/cat.$engine.$who
		as "$who" timeout -k 5 $((60 * slow)) "$falco_run" -o engine.kind="$engine" \
			-o json_output=true -o 'rules[].disable.tag=container_start' \
			-- sh -c 'cat /etc/shadow' >/dev/null 2>"$log" </dev/null
		if [ "$who" = root ]; then
			rule='Warning | Sensitive file read | fd.name=/etc/shadow | proc.name=cat | user.name=root | proc.cmdline=cat /etc/shadow'
		else
			rule='Notice | Sensitive file read failed | fd.name=/etc/shadow | proc.name=cat | evt.res=EACCES'
		fi
		printf '%s\n' "$rule" >"$work/want"
		verdict "sh -c 'cat /etc/shadow' as $who, engine.kind=$engine" \
			"$(alerts expect "$log" "$work/want" 2>&1)"
	done
	if [ "$engines" = " notify trace" ]; then
		verdict "sh -c 'cat /etc/shadow' as $who: both engines agree" \
			"$(alerts same "$work/cat.notify.$who" "$work/cat.trace.$who" 2>&1)"
	fi
done

# What make demo shows, and the guide for a person.
mkdir -p "$work/demo/samples"
cp "$falco_run" "$work/demo/"
cp "$samples"/* "$work/demo/samples/"
for who in $users; do
	as "$who" timeout -k 5 $((120 * slow)) bash samples/demo.sh "$work/demo" >"$work/out" 2>&1 </dev/null
	got=$?
	verdict "make demo as $who" "$([ $got -eq 0 ] || tail -n 2 "$work/out")"
	as "$who" timeout -k 5 $((120 * slow)) bash samples/run "$work/demo" cron_job setuid_bit >"$work/out" 2>&1 </dev/null
	got=$?
	verdict "samples/run as $who" "$([ $got -eq 0 ] && grep -q 'Set-user-ID bit set' "$work/out" || tail -n 4 "$work/out")"
done
exit 0

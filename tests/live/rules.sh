#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Falco's own stable rules, unchanged, load and run; our built-in ruleset is a good
# file by the same measure.
set -u

suite=live
. tests/harness/live.sh "$1"

run() { # seconds, name, want status, command...
	local limit=$1 name=$2 want=$3 got
	shift 3
	bounded "$limit" "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if [ $got -eq "$want" ]; then
		pass "$name"
	else
		fail "$name" "status $got: $(tail -n 4 "$work/out" "$work/err")"
	fi
}

printf 'engine:\n  kind: modern_ebpf\n' >"$work/falco.yaml"
cat rules/*.yaml >"$work/own.yaml"
run 30 "the built-in rules pass -V" 0 "$falco_run" -c "$work/falco.yaml" -V "$work/own.yaml"
verdict "the built-in rules pass -V without a warning" "$(grep -i warning "$work/out" "$work/err")"
run 30 "the built-in rules pass --lint" 0 "$falco_run" -c "$work/falco.yaml" --lint

data=${FALCO_RUN_DATA:-../shared/data/rules}
if [ ! -e "$data/falco_rules.yaml" ]; then
	skip "Falco's stable rules load and run" "there is no $data/falco_rules.yaml: it is Falco's rules/falco_rules.yaml"
	exit 0
fi
# The whole of it, with its own web server, syslog and file that may or may not be had.
config=${data%/rules}/config/falco.yaml
if [ -e "$config" ]; then
	printf -- '- rule: r\n  desc: d\n  condition: evt.type in (open, openat) and fd.name = /etc/passwd\n  output: o\n  priority: ERROR\n' >"$work/r.yaml"
	cp "$config" "$work/whole.yaml"
	chmod 644 "$work/whole.yaml"
	run 60 "Falco's own falco.yaml passes --dry-run" 0 "$falco_run" -c "$work/whole.yaml" -r "$work/r.yaml" --dry-run
	verdict "Falco's own falco.yaml has no mistake" "$(grep -q 'whole.yaml | schema validation: ok' "$work/err" || cat "$work/err")"
	run 60 "Falco's own falco.yaml runs a program" 0 "$falco_run" -c "$work/whole.yaml" -r "$work/r.yaml" -- cat /etc/passwd
	verdict "alerts are as Falco's own falco.yaml has it" "$(grep -qE '^[0-9:.]{18}: Error o$' "$work/err" || cat "$work/err")"
	if [ ! -e /etc/falco ]; then
		run 60 "rules files that are not there are named" 125 "$falco_run" -c "$work/whole.yaml" -- true
		verdict "what to do about them is said" "$(grep -q '/etc/falco/falco_rules.yaml, ...): -r names others' "$work/err" || cat "$work/err")"
	fi
	run 60 "the plugin that falco.yaml leaves out and rules require is used" 0 "$falco_run" -c "$work/whole.yaml" --ruleset default -- true
	verdict "that is said" "$(grep -q "require the plugin container" "$work/err" || cat "$work/err")"
	run 60 "nothing is said where it is not left out" 0 "$falco_run" -c "$work/whole.yaml" --ruleset default -o 'load_plugins[]=container' -- true
else
	skip "Falco's own falco.yaml" "there is no $config"
fi
cp "$data/falco_rules.yaml" "$work/falco_rules.yaml"
chmod 644 "$work/falco_rules.yaml"
run 60 "Falco's stable rules pass -V" 0 "$falco_run" -c "$work/falco.yaml" -V "$work/falco_rules.yaml"

# The three files in every order: none needs what another has.
if [ -e "$data/falco-sandbox_rules.yaml" ]; then
	for order in "_ -incubating_ -sandbox_" "_ -sandbox_ -incubating_" "-incubating_ _ -sandbox_" \
		"-incubating_ -sandbox_ _" "-sandbox_ _ -incubating_" "-sandbox_ -incubating_ _"; do
		files=()
		for name in $order; do
			files+=(-V "$data/falco${name}rules.yaml")
		done
		run 60 "Falco's three files pass -V: $order" 0 "$falco_run" -c "$work/falco.yaml" "${files[@]}"
		verdict "and have no warning: $order" "$(grep -vE ': Ok$|^$' "$work/out")"
	done
fi
for engine in $engines; do
	run 60 "Falco's stable rules run under $engine" 0 \
		"$falco_run" --engine "$engine" -o json_output=true -r "$work/falco_rules.yaml" -- sh -c 'ls /etc >/dev/null; true'
	verdict "Falco's stable rules have nothing against ls under $engine" "$(alerts list "$work/err")"
	for who in $users; do
		[ "$who" = root ] || continue
		run 60 "Falco's stable rules run with cat under $engine" 0 \
			"$falco_run" --engine "$engine" -o json_output=true -r "$work/falco_rules.yaml" -- sh -c 'cat /etc/shadow'
		got=$(alerts list "$work/err")
		case $got in
		"Warning | Read sensitive file untrusted") got= ;;
		"") got="there was no alert" ;;
		esac
		verdict "Falco's stable rules see cat read /etc/shadow under $engine" "$got"
	done
done
exit 0

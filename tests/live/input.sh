#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Bad input: each gives a clear message and status 125 in run mode, 1 in Falco's own
# modes, and the program is never started.
set -u

suite=live
. tests/harness/live.sh "$1"
started=$work/tmp/started
rules=$work/rules
mkdir -p "$rules/folder.d" "$rules/directory"
printf 'engine:\n  kind: modern_ebpf\n' >"$work/falco.yaml"

rule() { # condition
	printf -- '- rule: r\n  desc: d\n  condition: %s\n  output: o\n  priority: INFO\n' "$1"
}
: >"$rules/empty.yaml"
rule 'evt.type = open and proc.nonsense = 1' >"$rules/field.yaml"
rule 'evt.type = opne' >"$rules/event.yaml"
rule 'evt.type = open and (proc.name = x' >"$rules/paren.yaml"
{
	printf -- '- macro: a\n  condition: (b)\n- macro: b\n  condition: (a)\n- macro: a\n  condition: (b)\n'
	rule 'evt.type = open and a'
} >"$rules/loop.yaml"
printf -- '- rule: [unclosed\n  desc: "\n' >"$rules/yaml.yaml"
head -c 4096 /dev/urandom >"$rules/garbage.yaml"
printf 'a: map\n' >"$rules/map.yaml"

# Run mode: status 125, nothing started, the message says what.
refused() { # name, pattern, falco-run's arguments...
	local name=$1 pattern=$2 got
	shift 2
	rm -f "$started"
	bounded 30 "$falco_run" "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if [ $got -ne 125 ]; then
		fail "$name: 125" "it is $got: $(tail -n 3 "$work/err")"
	elif [ -e "$started" ]; then
		fail "$name: 125" "the program was started"
	elif ! grep -qiE -- "$pattern" "$work/err"; then
		fail "$name: 125" "the message does not say '$pattern': $(cat "$work/err")"
	else
		pass "$name: 125"
	fi
}

# Validation: status 1.
invalid() { # name, pattern, file
	local got
	bounded 30 "$falco_run" -c "$work/falco.yaml" -V "$3" >"$work/out" 2>&1 </dev/null
	got=$?
	if [ $got -ne 1 ]; then
		fail "-V of $1: 1" "it is $got: $(tail -n 3 "$work/out")"
	elif ! grep -qiE -- "$2" "$work/out"; then
		fail "-V of $1: 1" "the message does not say '$2': $(cat "$work/out")"
	else
		pass "-V of $1: 1"
	fi
}

for pair in \
	"field|nonexistent field proc.nonsense" \
	"event|unknown event type opne" \
	"paren|expected a '\)' token" \
	"loop|reference loop|Undefined macro" \
	"yaml|yaml" \
	"garbage|yaml" \
	"map|not yaml array"; do
	name=${pair%%|*}
	pattern=${pair#*|}
	refused "a rules file with $name" "$pattern" -r "$rules/$name.yaml" -- touch "$started"
	invalid "a rules file with $name" "$pattern" "$rules/$name.yaml"
done

refused "a rules file that is missing" "missing.yaml" -r "$rules/missing.yaml" -- touch "$started"
refused "a configuration that is missing" "missing.yaml" -c "$rules/missing.yaml" -- touch "$started"
refused "a configuration that is garbage" "garbage" -c "$rules/garbage.yaml" -- touch "$started"
refused "no command after --" "command|program" --
refused "a command without --" "--" touch "$started"
refused "an unknown option" "nonsense" --nonsense -- touch "$started"
refused "an unknown engine" "nonsense" --engine nonsense -- touch "$started"
refused "an unknown priority" "nonsense" --fail-on nonsense -- touch "$started"

# A rules file that is a directory: Falco takes its .yaml files; a directory with a
# bad file in it is bad, one without any rule says so.
cp "$rules/field.yaml" "$rules/folder.d/"
refused "a rules directory with a bad file" "nonexistent field" -r "$rules/folder.d" -- touch "$started"
mkdir -p "$rules/name.yaml"
invalid "a rules file that is a directory" "Is a directory" "$rules/name.yaml"

# An empty rules file is no mistake in Falco's language, but with no rule at all
# there is nothing to watch for: run mode says so instead of pretending.
refused "an empty rules file" "rule" -r "$rules/empty.yaml" -- touch "$started"

# The place of a mistake: file, line, column and a caret.
bounded 30 "$falco_run" -r "$rules/paren.yaml" -- touch "$started" >/dev/null 2>"$work/err"
verdict "a bad condition is shown with file:line:column" \
	"$(grep -qE 'paren\.yaml:[0-9]+:[0-9]+' "$work/err" || cat "$work/err")"
verdict "a bad condition is shown with a caret" \
	"$(grep -qE '^ *\^' "$work/err" || cat "$work/err")"
exit 0

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs what real Falco answered against ours. The oracle lies outside the tree, in
# ../shared/oracle or where FALCO_RUN_ORACLE says; without it the tests are skipped.
# tests/engine/oracle.txt holds, for each count its runners print, the smallest
# number that passes. It is a ratchet: raise it when we get better, never lower it.
#
#   oracle.sh BUILD
set -u

suite=oracle
build=$1
. tests/harness/report.sh
oracle=${FALCO_RUN_ORACLE:-../shared/oracle}
ratchet=tests/engine/oracle.txt

if [ ! -e "$oracle/rules/run_load.py" ]; then
	skip "what real Falco answers" "there is no $oracle; it is the maintainers' record of Falco's answers, set FALCO_RUN_ORACLE to where it is"
	exit 0
fi

falco_run=$(readlink -f "$build/falco-run")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# One runner; its counts come as "key good/all" lines in $out/counts.
count() { # prefix, limit in seconds, command...
	local prefix=$1 limit=$2
	shift 2
	timeout -k 5 "$limit" "$@" >"$out/$prefix.log" 2>&1
	if [ $? -ge 124 ]; then
		fail "$prefix ends within $limit s" "it was stopped"
	fi
	awk -v prefix="$prefix" '
		/^(load|filter): / { part = $1; sub(/:/, "", part); print prefix "/" part "/pass", $4 "/" $2; next }
		part != "" && /^  [a-z_]+ +[0-9]+\/[0-9]+$/ { print prefix "/" part "/" $1, $2; next }
		/^[a-z-]+ +[a-z]+ +[0-9]+\/[0-9]+$/ { print prefix "/" $1 "/" $2, $3 }
	' "$out/$prefix.log" >>"$out/counts"
}

rules=$oracle/rules
: >"$out/counts"
count visible 900 python3 "$rules/run_load.py" "$falco_run" --visible --show 0
count container 120 python3 "$rules/run_load.py" "$falco_run" --load "$rules/load-container" \
	--conf "$rules/falco.container.yaml" --show 0
count cli 600 python3 "$rules/run_cli.py" "$falco_run" --show 0

while read -r key least; do
	case $key in "#"* | "") continue ;; esac
	got=$(awk -v key="$key" '$1 == key { print $2 }' "$out/counts")
	good=${got%%/*}
	if [ -z "$got" ]; then
		fail "$key" "the runner did not print it: $(tail -n 2 "$out/${key%%/*}.log")"
	elif [ "$good" -ge "$least" ]; then
		pass "$key: $got (at least $least)"
	else
		fail "$key" "$got, it was $least before"
	fi
done <"$ratchet"

# What is not in the ratchet yet is shown, so that it gets there.
awk 'NR == FNR { known[$1] = 1; next } !($1 in known) { print "     not in the ratchet: " $1 " " $2 }' \
	"$ratchet" "$out/counts"
exit 0

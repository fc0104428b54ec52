#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The monitor (and falco-run, its parent) is killed at random instants under a loop of
# opens. Under notify and ptrace the program goes on, no call failing, and ends with its
# right output; under trace, or with on_monitor_exit: kill, it is killed and never sees a
# call fail. KILLS sets
# how often.
set -u

suite=live
. tests/harness/live.sh "$1"
kills=${KILLS:-40}
loop=$work/bin/open_loop
cp "$build/tests/live/open_loop" "$loop" || exit 1
mkdir -p "$work/home/.ssh"
echo key >"$work/home/.ssh/id_test"

# How long the loop goes on, in milliseconds, unless it is ended.
length=300

# What the loop said. Its end is known by the lock, which its family holds.
strike() { # engine, further options...
	local engine=$1
	shift
	rm -f "$work/started" "$work/said"
	: >"$work/lock"
	# shellcheck disable=SC2016
	start --engine "$engine" "$@" -- flock "$work/lock" \
		sh -c 'echo $$ >"$5"; "$1" "$6" "$2" "$3" >"$4" 2>&1; echo "status $?" >>"$4"' \
		sh "$loop" "$work/started" "$work/home/.ssh/id_test" "$work/said" "$work/shell" "$length"
	if ! wait_for "$work/started"; then
		kill -9 "$pid"
		echo "it did not start: $(tail -n 2 "$work/err" | cut -c1-300)"
		return
	fi
	sleep "0.$(printf '%03d' $((RANDOM % 250)))"
	kill -9 "$(monitor_of "$pid")" "$pid"
	finish
	if ! flock -w $((20 * slow)) "$work/lock" true; then
		echo "the program hangs"
		shell=$(cat "$work/shell")
		# shellcheck disable=SC2046
		kill -9 $(cat "/proc/$shell/task/$shell/children") "$shell" 2>/dev/null
		return
	fi
	cat "$work/said" 2>/dev/null
}

for engine in $engines; do
	[ "$engine" != trace ] || continue
	wrong=
	for ((i = 1; i <= kills; i++)); do
		said=$(strike "$engine")
		[ "$said" = "0 failed
status 0" ] || wrong="$wrong kill $i: '$said';"
	done 2>/dev/null
	verdict "$kills kills of the monitor under $engine: the program ends as it should" "$wrong"
done

for engine in $engines; do
	wrong=
	length=5000
	option="-o falco_run.on_monitor_exit=kill"
	for ((i = 1; i <= 5; i++)); do
		# shellcheck disable=SC2086
		said=$(strike "$engine" $option)
		case $said in
		"" | "status "*) ;;
		*) wrong="$wrong kill $i: '$said';" ;;
		esac
	done 2>/dev/null
	verdict "5 kills under $engine with on_monitor_exit: kill end the program" "$wrong"
done
exit 0

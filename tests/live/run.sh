#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The live suite: real programs under the built falco-run, under every engine, as
# root (if we are) and as an ordinary user. Each script is a group and reports its
# own tests; tests/live/*.c are programs that use the rooms directly.
#
#   run.sh BUILD [GROUP...]    KILLS=200 kills the monitor more often
set -u

suite=live
build=$1
shift
. tests/harness/report.sh

if [ $# -eq 0 ]; then
	set -- samples cli exits input hostile_rules transparent programs rules monitor jobs in_place places outputs reload services container fields abi events
	set -- "$@" torture gvisor oci package bundle truth counts stall
	for source in tests/live/tracer_*.c; do
		set -- "$@" "$(basename "$source" .c)"
	done
	set -- "$@" guard
	set -- "$@" false_alarms
fi

limit=900
[ -z "${LONG-}" ] || limit=2700
for group in "$@"; do
	case $group in
	tracer_*)
		TEST_SECONDS=$((120 + ${KILLS:-40} * 3)) \
			tests/check/program.sh live "$build/tests/live/$group"
		;;
	*)
		if ! timeout -k 10 "$limit" bash "tests/live/$group.sh" "$build" </dev/null; then
			fail "$group" "the group ended before its time"
		fi
		;;
	esac
done
exit 0

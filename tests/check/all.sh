#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the named suites and counts: the last line is "N passed, M failed, K skipped",
# the status is 1 if anything failed. What has to be built is built already.
#
#   all.sh BUILD SUITE...
set -u

build=$1
shift
here=tests/check
mkdir -p "$build"
log=$(mktemp "$build/check-XXXXXX.log")
trap 'rm -f "$log"' EXIT

# Reports of the programs of one folder, named by their sources.
programs() { # suite, sources...
	local suite=$1 source
	shift
	for source in "$@"; do
		[ -e "$source" ] || continue
		"$here/program.sh" "$suite" "$build/${source%.c}"
	done
}

run() { # suite
	case $1 in
	unit) programs unit tests/unit/test_*.c ;;
	engine) programs engine tests/engine/*.c ;;
	live) tests/live/run.sh "$build" ;;
	*) "$here/$1.sh" "$build" ;;
	esac
}

for suite in "$@"; do
	started=$SECONDS
	run "$suite" 2>&1 | tee -a "$log"
	# A suite that breaks down says nothing: that is a failure too.
	if [ "${PIPESTATUS[0]}" -ne 0 ]; then
		echo "FAIL $suite: the suite itself: it ended before its time" | tee -a "$log"
	fi
	echo "     ($suite: $((SECONDS - started)) s)"
done

passed=$(grep -ac '^ok   ' "$log")
failed=$(grep -ac '^FAIL ' "$log")
skipped=$(grep -ac '^SKIP ' "$log")
if [ "$failed" -gt 0 ]; then
	echo
	echo "what failed:"
	grep -a '^FAIL ' "$log"
fi
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs one test program and reports each of its tests in our form. A cmocka program
# speaks TAP; any other program is one test, passed by status 0, skipped by 77 (its
# last line of output is the reason). A program that dies in the middle fails.
#
#   program.sh SUITE PROGRAM [ARGUMENT...]
set -u

suite=$1
program=$2
shift 2
name=$(basename "$program")
. tests/harness/report.sh

# A test gone wild must not take the machine with it (sanitizers want the space).
if [ -z "${SANITIZE-}" ]; then
	ulimit -v 8000000
fi

output=$(mktemp)
trap 'rm -f "$output"' EXIT
CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 5 "${TEST_SECONDS:-120}" \
	"$program" "$@" >"$output" 2>&1 </dev/null
status=$?

if ! grep -aqE '^1\.\.[0-9]+$' "$output"; then
	case $status in
	0) pass "$name" ;;
	77) skip "$name" "$(tail -n 1 "$output")" ;;
	124 | 137) fail "$name" "still running after ${TEST_SECONDS:-120} s: $(tail -n 3 "$output")" ;;
	*) fail "$name" "status $status: $(tail -n 8 "$output")" ;;
	esac
	exit 0
fi

# The lines that explain a failure come after it and begin with "#".
awk -v suite="$suite" -v name="$name" -v status="$status" '
	function flush() {
		if (failed != "")
			print "FAIL " suite ": " name ": " failed ":" why
		failed = why = ""
	}
	/^1\.\.[0-9]+$/ { planned += substr($0, 4); next }
	/^(not )?ok [0-9]+ # SKIP/ {
		flush(); seen++
		sub(/^.*# SKIP */, "")
		print "SKIP " suite ": " name ": " $0 ": " (note ? substr(note, 1, 300) : "asked to by the test")
		note = ""
		next
	}
	/^ok [0-9]+/ { flush(); seen++; note = ""; sub(/^ok [0-9]+ *-? */, ""); print "ok   " suite ": " name ": " $0; next }
	/^not ok [0-9]+/ {
		flush(); seen++; bad++
		sub(/^not ok [0-9]+ *-? */, ""); failed = $0; note = ""
		next
	}
	failed != "" && length(why) < 400 { sub(/^# */, " "); why = why " " $0 }
	failed == "" { last = note = $0; sub(/^# */, "", note) }
	END {
		flush()
		if (seen < planned)
			print "FAIL " suite ": " name ": ended with status " status " after " seen + 0 " of " planned " tests: " substr(last, 1, 400)
		else if (status != 0 && !bad)
			print "FAIL " suite ": " name ": every test passed but its status is " status ": " substr(last, 1, 400)
	}
' "$output"

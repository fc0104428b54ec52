#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Exit statuses, signals and streams: falco-run is as if it were not there, and its
# own failures have statuses of their own.
set -u

suite=live
. tests/harness/live.sh "$1"

# The status of a command under an engine.
expect_status() { # engine, name, status, command...
	local engine=$1 name=$2 want=$3 got
	shift 3
	bounded 30 "$falco_run" --engine "$engine" -q -- "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if [ $got -eq "$want" ]; then
		pass "$name under $engine: $want"
	else
		fail "$name under $engine: $want" "it is $got: $(tail -n 2 "$work/err")"
	fi
}

# Who signals by name (pkill -f) does not mean the group, of which the witness is.
# shellcheck disable=SC2016
bounded 30 "$falco_run" -q -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do
	for p in /proc/[0-9]*; do
		read -r name <$p/comm && [ "$name" = job-witness ] && tr "\0" " " <$p/cmdline && exit
	done
	sleep 0.1
done' >"$work/out" 2>"$work/err" </dev/null
verdict "the witness has another name and other arguments" \
	"$([ "$(tr -d ' ' <"$work/out")" = job-witness ] || cat "$work/out" "$work/err")"

# What is sent to the group is for the program, which may have ended at once, and not for the
# monitor, which stays for who is left.
printf -- '- rule: Late\n  desc: what is left\n  condition: evt.type in (open, openat) and fd.name = %s\n  output: late\n  priority: ERROR\n' \
	"$work/late" >"$work/late.yaml"
echo x >"$work/late"
# shellcheck disable=SC2016
timeout -k 5 30 setsid -w "$falco_run" -q --wait-all -r "$work/late.yaml" -- \
	sh -c 'echo $$ >"$1.pid"; setsid sh -c "sleep 1.5; cat $1" & exit 0' sh "$work/late" >"$work/out" 2>"$work/err" </dev/null &
wait_for "$work/late.pid"
sleep 0.5
kill -TERM -- "-$(ps -o pgid= -p "$(pgrep -o -f "^$falco_run .*late.yaml")" | tr -d ' ')" 2>/dev/null
wait $!
got=$?
verdict "a group's signal after the program's end leaves the monitor to who is left" \
	"$([ $got -eq 0 ] && grep -q late "$work/err" || echo "status $got: $(cat "$work/err")")"

# A signal to falco-run reaches the program; the status is 128 + its number.
expect_forwarded() { # engine, signal, status
	local name="SIG$2 reaches the program under $1, status $3"
	rm -f "$work/ready"
	start --engine "$1" -q -- sh -c "echo x >'$work/ready'; exec sleep 30"
	if ! wait_for "$work/ready"; then
		kill -9 "$pid"
		fail "$name" "it did not start: $(cat "$work/err")"
		return
	fi
	kill -s "$2" "$pid"
	finish
	if [ $status -eq "$3" ]; then
		pass "$name"
	else
		fail "$name" "it is $status: $(cat "$work/err")"
	fi
}

printf 'no program\n' >"$work/tmp/plain.txt"
chmod 644 "$work/tmp/plain.txt"
# One thread calls many times in a row, which is served in another way, and then
# something else happens.
many='i=0; while [ $i -lt 200 ]; do read -r x </dev/null; i=$((i+1)); done;'
for engine in $engines; do
	expect_status "$engine" "exit 7" 7 sh -c 'exit 7'
	expect_status "$engine" "an end after many calls" 7 sh -c "$many exit 7"
	expect_status "$engine" "a death after many calls" 137 sh -c "$many kill -9 \$\$"
	expect_status "$engine" "a child's end amid many calls" 9 sh -c "sleep 0.1 & $many wait; $many sleep 0.2; exit 9"
	expect_status "$engine" "exit 0" 0 true
	expect_status "$engine" "death by SIGKILL" 137 sh -c 'kill -9 $$'
	expect_status "$engine" "death by SIGSEGV" 139 sh -c 'kill -SEGV $$'
	expect_status "$engine" "no such program" 127 /nonexistent
	PATH=/usr/bin:/bin expect_status "$engine" "no such program in PATH" 127 no-such-program-anywhere
	expect_status "$engine" "a file that is no program" 126 "$work/tmp/plain.txt"
	expect_forwarded "$engine" TERM 143
	expect_forwarded "$engine" INT 130
	expect_forwarded "$engine" HUP 129

	# Whoever waits for us sees the death that it would see alone.
	got=$(cd "$work/tmp" && bounded 60 python3 -c '
import subprocess, sys
for how in ("-9", "-SEGV", "-TERM", "-34"):
    print(subprocess.run(sys.argv[1:] + ["sh", "-c", "kill %s $$" % how]).returncode, end=" ")
print(subprocess.run(sys.argv[1:] + ["sh", "-c", "exit 143"]).returncode)' "$falco_run" --engine "$engine" -q -- 2>&1)
	verdict "who waits sees the death that it would see alone under $engine" \
		"$([ "$got" = "-9 -11 -15 -34 143" ] || echo "it sees $got")"

	# A program that handles SIGTERM decides for itself.
	rm -f "$work/ready"
	start --engine "$engine" -q -- \
		sh -c "trap 'exit 5' TERM; echo x >'$work/ready'; while :; do sleep 0.1; done"
	wait_for "$work/ready"
	kill -s TERM "$pid"
	finish
	got=
	[ $status -eq 5 ] || got="the status is $status"
	verdict "a program's own SIGTERM handler runs under $engine" "$got"

	# Streams are the program's own; alerts are on standard error.
	printf 'one\ntwo\n' | bounded 30 "$falco_run" --engine "$engine" -- \
		sh -c 'tr a-z A-Z; cat /etc/shadow >/dev/null; echo err >&2' \
		>"$work/out" 2>"$work/err"
	verdict "standard input and output are the program's under $engine" \
		"$(printf 'ONE\nTWO\n' | cmp - "$work/out" 2>&1)"
	grep -q '^err$' "$work/err"
	verdict "standard error is shared under $engine" "$([ $? -eq 0 ] || cat "$work/err")"

	got=$(FALCO_SEES=it bounded 30 "$falco_run" --engine "$engine" -q -- \
		sh -c 'echo "$FALCO_SEES $# $1"' name 'a  b' 2>&1)
	[ "$got" = "it 1 a  b" ] && got=
	verdict "arguments and environment arrive under $engine" "$got"

	got=$(cd "$work/tmp" && umask 027 && bounded 30 "$falco_run" --engine "$engine" -q -- \
		sh -c 'pwd; umask; ulimit -n' 2>&1)
	want=$(cd "$work/tmp" && umask 027 && sh -c 'pwd; umask; ulimit -n')
	[ "$got" = "$want" ] && got=
	verdict "directory, mask and limits are unchanged under $engine" "$got"

	got=$(bounded 30 "$falco_run" --engine "$engine" -q -- sh -c 'ls /proc/self/fd' 2>&1 | tr '\n' ' ')
	want=$(sh -c 'ls /proc/self/fd' 2>&1 | tr '\n' ' ')
	[ "$got" = "$want" ] && got=
	verdict "no descriptor of ours is inherited under $engine" "$got"
done

touch "$work/tmp/id_file"
mkdir -p "$work/tmp/.ssh"
echo key >"$work/tmp/.ssh/id_test"

# Started by somebody who ignores SIGCHLD, which the program then ignores as well.
for engine in $engines; do
	bounded 30 env --ignore-signal=CHLD "$falco_run" --engine "$engine" -q -- \
		grep '^SigIgn:.*1....$' /proc/self/status >"$work/out" 2>"$work/err"
	got=$?
	verdict "SIGCHLD ignored from the start under $engine" "$([ $got -eq 0 ] || echo "status $got")"
done

# -M: the time is up, and nobody is left of it. What is marked so is looked for after.
mark=$work/tmp/mark
cat >"$mark" <<'END'
#!/bin/sh
exec sleep 60
END
chmod 755 "$mark"
limited() { # engine, name, status, options and command...
	local engine=$1 name="-M under $1: $2" want=$3 got
	shift 3
	bounded 30 "$falco_run" --engine "$engine" -M 1 "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	[ $got -eq "$want" ] && got= || got="the status is $got: $(tail -n 2 "$work/err")"
	pgrep -f "$work/tmp/mark" >/dev/null && got="$got; somebody is left"
	verdict "$name" "$got"
}
for engine in $engines; do
	limited "$engine" "the program gets SIGTERM" 143 -- "$mark"
	verdict "-M under $engine says that the time is up" "$(grep -q '1 second is over' "$work/err" || cat "$work/err")"
	limited "$engine" "it may end by itself" 7 -- sh -c "trap 'exit 7' TERM; '$mark' & wait"
	limited "$engine" "who does not is killed" 137 -- sh -c "trap '' TERM; '$mark'; '$mark'"
	limited "$engine" "who is stopped is ended too" 143 -- sh -c "kill -STOP \$\$; exit 1"
	limited "$engine" "--wait-all ends who is left" 3 --wait-all -- sh -c "'$mark' & exit 3"
	limited "$engine" "who was faster is not told" 4 -- sh -c 'exit 4'
	limited "$engine" "a limit beyond all numbers is none" 4 -M 4294967297 -- sh -c 'sleep 1.5; exit 4'
	limited "$engine" "--fail-on counts a program that was ended" 3 --fail-on warning -- \
		sh -c "cat /etc/shadow $work/tmp/.ssh/id_test; exec '$mark'"
done

# FALCO_RUN=off is a plain exec, however it is spelt.
for off in off OFF no 0; do
	FALCO_RUN=$off bounded 30 "$falco_run" -- sh -c 'cat /etc/shadow >/dev/null; exit 9' >/dev/null 2>"$work/err"
	got=$?
	if [ $got -eq 9 ] && ! grep -q 'ensitive file' "$work/err"; then
		pass "FALCO_RUN=$off runs the program alone"
	else
		fail "FALCO_RUN=$off runs the program alone" "status $got: $(cat "$work/err")"
	fi
done

# --fail-on turns alerts into status 3, but never hides the program's own failure.
fail_on() { # priority, status, command
	bounded 30 "$falco_run" --fail-on "$1" -- sh -c "$3" >/dev/null 2>"$work/err"
	got=$?
	if [ $got -eq "$2" ]; then
		pass "--fail-on $1 with '$3': $2"
	else
		fail "--fail-on $1 with '$3': $2" "it is $got: $(tail -n 2 "$work/err")"
	fi
}
fail_on warning 3 "cat $work/tmp/.ssh/id_test"
verdict "--fail-on says why" "$(grep -q 'fail-on: .*status 3' "$work/err" || cat "$work/err")"
fail_on critical 0 "cat $work/tmp/.ssh/id_test"
fail_on warning 0 "cat $work/tmp/id_file"
fail_on warning 4 "cat $work/tmp/.ssh/id_test; exit 4"

# A file that is there, and what is missing is its interpreter.
printf '#! /no/such -x\n' >"$work/bin/badsb"
printf '#!%s\n' "$work/bin/badsb" >"$work/bin/badder"
printf 'exit 3\n' >"$work/bin/bare"
printf '\177ELF hostile' >"$work/bin/badelf"
chmod +x "$work"/bin/bad* "$work/bin/bare"
cannot() { # name, status, pattern, arguments...
	local name=$1 want=$2 pattern=$3
	shift 3
	bounded 20 "$falco_run" "$@" >/dev/null 2>"$work/err"
	got=$?
	verdict "$name" "$([ $got -eq "$want" ] && grep -q "$pattern" "$work/err" || echo "status $got: $(cat "$work/err")")"
}
cannot "a missing interpreter is named" 127 "badsb': its interpreter '/no/such' is missing" -- "$work/bin/badsb"
cannot "so is the interpreter's" 127 "badder': its interpreter '/no/such' is missing" -- "$work/bin/badder"
cannot "a script without #! is told from a program" 126 "Exec format error (a script without #!.* -- sh '.*bare')" -- "$work/bin/bare"
cannot "a program that is broken is no script" 126 "cannot run .*badelf': " -- "$work/bin/badelf"
cannot "what is not there is not there" 127 "no such program" -- "$work/bin/nonesuch"
python3 - "$samples/spawn" "$work/bin/badld" <<'END'
import re, sys
data = open(sys.argv[1], "rb").read()
data = re.sub(rb"/lib[-/a-z0-9_.]*ld[-/a-z0-9_.]*", lambda m: b"/nos" + m[0][4:], data, count=1)
open(sys.argv[2], "wb").write(data)
END
chmod +x "$work/bin/badld"
cannot "a missing loader is named" 127 "its interpreter '/nos.*' is missing" -- "$work/bin/badld"

# A forgotten -- is named.
for line in "ls -l" "ls -la" "-q ls -l" "ls"; do
	# shellcheck disable=SC2086
	bounded 20 "$falco_run" $line >/dev/null 2>"$work/err"
	verdict "a forgotten -- before '$line' is named" "$(grep -q "after --\|-- 'ls'" "$work/err" || cat "$work/err")"
done
exit 0

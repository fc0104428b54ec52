#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Who stands for a program: job control on a terminal, signals to a process and to its
# group (once each), the end of falco-run and of its monitor, PID 1.
set -u

suite=live
. tests/harness/live.sh "$1"
here=$PWD
cp tests/live/listener.py "$work/tmp/program"
chmod 755 "$work/tmp/program"

stories() { # command...
	(cd "$work/tmp" && bounded 200 python3 "$here/tests/live/jobs.py" "$@" 2>&1)
}

stories >"$work/native"
verdict "on a terminal: all stories are told natively" \
	"$([ "$(wc -l <"$work/native")" -eq 9 ] || tail -n 1 "$work/native")"
for engine in $engines; do
	stories "$falco_run" -q --engine "$engine" -- >"$work/watched"
	while read -r story told; do
		got=$(grep "^$story " "$work/watched")
		verdict "on a terminal: $story, as natively, under $engine" \
			"$([ "$got" = "$story $told" ] ||
				echo "'$got' instead of '$story $told': $(tail -n 1 "$work/watched")")"
	done <"$work/native"
done

# Starts the program in a session of its own, as a service is; $pid is falco-run.
serve() { # seconds falco-run's arguments...
	local seconds=$1
	shift
	: >"$work/out"
	setsid "$falco_run" "$@" -q -- "$work/tmp/program" "$seconds" >"$work/out" 2>"$work/err" </dev/null &
	pid=$!
	wait_for "$work/out"
}

count() { # line
	grep -c "^$1\$" "$work/out"
}

# Waits until the program has said so much.
wrote() { # line, how often
	[ "$(count "$1")" -ge "$2" ]
}
wait_said() { # line, how often
	wait_until wrote "$@"
}

# Gives what should not come the time to come, and ends the program.
end_it() {
	sleep 0.3
	kill -INT "$pid"
	{ wait "$pid"; } 2>/dev/null
}

for engine in $engines; do
	serve 60 --engine "$engine"
	kill -TERM -- "-$pid"
	wait_said 'GOT 15' 1
	sleep 0.2
	kill -TERM "$pid"
	wait_said 'GOT 15' 2
	kill -XCPU -- "-$pid"
	kill -s RTMIN "$pid"
	wait_said 'GOT 34' 1
	end_it
	got="TERM $(count 'GOT 15') XCPU $(count 'GOT 24') RTMIN $(count 'GOT 34') INT $(count 'GOT 2')"
	verdict "signals to the group and to falco-run arrive once each under $engine" \
		"$([ "$got" = "TERM 2 XCPU 1 RTMIN 1 INT 1" ] || echo "$got")"

	# Whoever kills all of one name means the program, once.
	serve 60 --engine "$engine"
	python3 - "$falco_run" <<'EOF'
import os, signal, sys
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        if open(f"/proc/{pid}/cmdline").read().split("\0")[0] == sys.argv[1]:
            os.kill(int(pid), signal.SIGUSR1)
    except (OSError, ValueError):
        pass
EOF
	wait_said 'GOT 10' 1
	end_it
	verdict "a signal to all processes of our name is one signal under $engine" \
		"$([ "$(count 'GOT 10')" = 1 ] || cat "$work/out")"

	# What the program closes is closed.
	got=$("$falco_run" --engine "$engine" -q -- sh -c 'exec >&-; exec sleep 3' | {
		timeout 2 cat
		echo $?
	})
	verdict "a pipe that the program closes is closed under $engine" \
		"$([ "$got" = 0 ] || echo "its reader still waits: $got")"

	# Without its monitor the program is waited for and forwarded to all the same.
	serve 60 --engine "$engine"
	kill -9 "$(monitor_of "$pid")"
	sleep 0.3
	kill -INT "$pid" 2>/dev/null
	{ wait "$pid"; } 2>/dev/null
	got="$? INT $(count 'GOT 2')"
	want="42 INT 1"
	[ "$engine" != trace ] || want="137 INT 0"
	verdict "the monitor is killed: the status is the program's under $engine" \
		"$([ "$got" = "$want" ] || echo "$got: $(cat "$work/err")")"

	# Without falco-run itself the program is still watched.
	serve 3 --engine "$engine"
	monitor=$(monitor_of "$pid")
	kill -9 "$pid"
	{ wait "$pid"; } 2>/dev/null
	sleep 0.2
	got=$([ -d "/proc/$monitor" ] || echo "its monitor is gone;")
	wait_said OVER 1
	verdict "falco-run is killed: the program goes on, watched, under $engine" \
		"$got$([ "$(count OVER)" -eq 1 ] || cat "$work/out")"

	if [ "$(id -u)" -ne 0 ] || ! unshare --pid --fork --mount-proc true 2>/dev/null; then
		skip "PID 1 is told to end under $engine" "no pid namespace can be made here"
		continue
	fi
	: >"$work/out"
	unshare --pid --fork --mount-proc "$falco_run" --engine "$engine" -q -- \
		sh -c 'echo $$; exec sleep 30' >"$work/out" 2>"$work/err" </dev/null &
	outer=$!
	wait_for "$work/out"
	# shellcheck disable=SC2046
	kill -TERM $(children "$outer")
	{ wait "$outer"; } 2>/dev/null
	got=$?
	verdict "PID 1 is told to end: the program does under $engine" \
		"$([ $got -eq 143 ] || echo "status $got")"
done
exit 0

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every call that has an event of its own makes it, with the same parameters under
# every engine; signals are events where an engine can see them, and `auto` takes one
# that can where a rule asks for them.
set -u

suite=live
. tests/harness/live.sh "$1"

mkdir -p "$work/events-folder"
chmod 1777 "$work/events-folder"
cp "$build/tests/live/allcalls" "$build/tests/live/signalled" "$build/tests/live/blinds" "$work/bin/"

cat >"$work/all.yaml" <<'END'
- rule: call
  desc: every call that has an event of its own
  condition: evt.num > 0 and proc.exepath endswith /allcalls and evt.args != ""
  output: "%evt.type %evt.args"
  priority: INFORMATIONAL
END
cat >"$work/signals.yaml" <<'END'
- rule: signal
  desc: signals that reach the program
  condition: evt.type = signaldeliver and proc.exepath endswith /signalled
  output: "%evt.type %evt.arg.sig %evt.arg.spid %evt.arg.dpid"
  priority: INFORMATIONAL
END

if [ "$(uname -m)" = x86_64 ]; then
	for who in $users; do
		for engine in $engines; do
			rm -rf "$work"/events-folder/*
			(cd "$work/events-folder" && as "$who" timeout -k 5 $((60 * slow)) "$falco_run" --engine "$engine" \
				-r "$work/all.yaml" -o json_output=false -- "$work/bin/allcalls") \
				>/dev/null 2>"$work/all.$engine" </dev/null
			verdict "every call's event under $engine as $who: the expected parameters" \
				"$(python3 tests/live/events.py check "$work/all.$engine" tests/live/allcalls.events 2>&1)"
			verdict "every call's event under $engine as $who: there" \
				"$(python3 tests/live/events.py calls "$work/all.$engine" tracer/syscalls.def 2>&1)"
		done
	done
else
	skip "every call's event" "the expected events are those of x86-64, this is $(uname -m)"
fi

# Signal and whether somebody sent it, one a line.
signals() { # file
	sed -n 's/^.*Informational signaldeliver //p' "$1" | awk '{ print $1, $2 ~ /^0/ ? "kernel" : "sent" }' | sort
}
printf '%s\n' 'SIGABRT kernel' 'SIGCHLD sent' 'SIGKILL kernel' 'SIGTERM sent' 'SIGUSR1 kernel' >"$work/want"
for engine in auto $engines; do
	timeout -k 5 $((60 * slow)) "$falco_run" --engine "$engine" -r "$work/signals.yaml" -o json_output=false \
		-- "$work/bin/signalled" >/dev/null 2>"$work/signals.$engine" </dev/null
	if [ $engine = notify ]; then
		verdict "signals under notify: it says that it cannot see them" \
			"$(grep -q 'does not see: signaldeliver' "$work/signals.$engine" || cat "$work/signals.$engine")"
	else
		verdict "signals under $engine: those that are delivered" \
			"$(signals "$work/signals.$engine" | diff "$work/want" -)"
	fi
done

# What it cannot see through is named at the end.
named() { # engine, what, text
	timeout -k 5 $((60 * slow)) "$falco_run" --engine "$1" -o falco_run.sandbox.io_uring=allow \
		-- "$work/bin/blinds" "$2" >/dev/null 2>"$work/blind" </dev/null
	verdict "the blind spot '$2' is named under $1" "$(grep -q "not seen:.*$3" "$work/blind" || cat "$work/blind")"
}
for engine in $engines; do
	named "$engine" ring '1 io_uring ring'
	named "$engine" seccomp '1 filter that the workload installed'
	named "$engine" prctl '1 filter that the workload installed'
done
case "$engines" in
*notify*) named notify rest '1 process that outlived' ;;
esac
exit 0

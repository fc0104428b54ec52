#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What `make demo` shows: programs that do what a rule watches for, each under
# falco-run with its built-in rules and no file. Works as root and as an ordinary
# user. Ends with status 0 only if at least three different alerts came.
#
#   demo.sh BUILD
set -u

if [ ! -x "${1-}/falco-run" ]; then
	echo "demo.sh: $([ $# -eq 0 ] && echo "which build?" || echo "no falco-run in $1:") run make demo" >&2
	exit 2
fi
build=$1
falco_run=$build/falco-run
home=$(mktemp -d "${TMPDIR:-/tmp}/falco-run-demo-XXXXXX")
log=$home/alerts
trap 'rm -rf "$home"' EXIT
: >"$log"

# Runs a command under falco-run; what it says is shown and kept.
show() { # why, command...
	local why=$1
	shift
	printf '\n# %s\n$ falco-run -- %s\n' "$why" "$*"
	timeout -k 5 60 "$falco_run" -- "$@" 2>"$home/stderr" </dev/null
	cat "$home/stderr"
	cat "$home/stderr" >>"$log"
}

mkdir -p "$home/.ssh"
echo 'not a real key' >"$home/.ssh/id_ed25519"

if [ "$(id -u)" -eq 0 ]; then
	show "A program reads the password database." "$build/samples/read_shadow"
else
	show "A program tries to read the password database, and is refused." \
		"$build/samples/read_shadow"
fi
show "A program reads somebody's private key." \
	"$build/samples/read_shadow" "$home/.ssh/id_ed25519"
show "A program that is no shell starts one." "$build/samples/shell_spawn"
show "A program listens for others at an odd port." "$build/samples/odd_listener"
show "A reverse shell: connection, redirection, shell." "$build/samples/reverse_shell"
show "An honest program: silence." "$build/samples/quiet"

# An alert line is "time: Priority text (...)"; its kind is the text.
alerts='^[0-9:.]+: (Emergency|Alert|Critical|Error|Warning|Notice|Informational|Debug) '
count=$(grep -acE "$alerts" "$log")
kinds=$(grep -aE "$alerts" "$log" | sed -E "s/$alerts//; s/ \(.*//" | sort -u | wc -l)
printf '\ndemo: %d alerts of %d kinds' "$count" "$kinds"
if [ "$kinds" -ge 3 ]; then
	echo ": falco-run works on this machine"
else
	echo ": at least 3 kinds were expected; 'falco-run --probe' says what works here"
	exit 1
fi

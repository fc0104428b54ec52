#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Under gVisor (Debian's runsc), where there is neither user notification nor
# PTRACE_GET_SYSCALL_INFO nor process_vm_readv(2): the probe says so and chooses trace,
# and the samples give the alerts that they give under Linux.
set -u

suite=live
. tests/harness/live.sh "$1"

if ! command -v runsc >/dev/null 2>&1; then
	skip gvisor "there is no runsc (Debian's package runsc, amd64 alone)"
	exit 0
fi

# In the sandbox the whole tree is there, to be read, and /tmp is written to memory.
sandbox() { # command...
	bounded 120 runsc --rootless --platform=ptrace --network=none "do" "$@" </dev/null 2>&1 | cat
	return "${PIPESTATUS[0]}"
}

sandbox /bin/echo here >"$work/out"
if ! grep -qx here "$work/out"; then
	skip gvisor "runsc does not run here: $(tail -n 2 "$work/out")"
	exit 0
fi

# A status, and words in what was said.
expect() { # name, status, pattern, command...
	local name=$1 want=$2 pattern=$3 got
	shift 3
	sandbox "$@" >"$work/out"
	got=$?
	if [ $got -ne "$want" ]; then
		fail "$name under gVisor: status $want" "it is $got: $(tail -n 3 "$work/out")"
	else
		verdict "$name under gVisor" "$(grep -qE "$pattern" "$work/out" || tail -n 3 "$work/out")"
	fi
}

expect "the probe chooses trace" 0 '^\{"engine":"trace",.*"user_notification":\{"works":false,"error":"EINVAL"\}' \
	"$falco_run" --probe=json
expect "notify is refused" 125 '^falco-run: .*not implemented' "$falco_run" --engine notify -- true

# As it is copied there: the static program.
static=(auto)
if [[ $build = *sanitize* ]] || ! bounded 120 make -s BUILD="$build" static >"$work/out" 2>&1; then
	skip "the static program under gVisor" "it is not built: $(tail -n 1 "$work/out")"
	static=()
fi

for engine in auto trace ptrace "${static[@]/#/static }"; do
	run=("$falco_run" --engine "${engine#static }" -q -o json_output=true)
	[ "$engine" = "${engine#static }" ] || run[0]=$build/static/falco-run
	expect "a status under $engine" 7 '' "${run[@]}" -- sh -c 'exit 7'
	expect "a death by signal under $engine" 143 '' "${run[@]}" -- sh -c 'kill $$'
	expect "a shell that reads /etc/shadow under $engine" 3 '"rule":"Sensitive file read"' \
		"${run[@]}" -- sh -c 'cat /etc/shadow >/dev/null; exit 3'
	for sample in read_shadow shell_spawn reverse_shell drop_and_run quiet; do
		sandbox "${run[@]}" -- "$samples/$sample" >"$work/log"
		verdict "sample $sample under $engine under gVisor" \
			"$(alerts expect "$work/log" "samples/$sample.alerts" 2>&1)"
	done
done
exit 0

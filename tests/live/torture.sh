#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The torture programs (tests/live/torture/*.c, one for each difficulty): each is run
# alone and under every engine, and has the same output, the same status, and exactly
# the events that its first comment tells. Then programs that trace: gdb and strace -f
# inside. TORTURE='eintr jobs' runs some alone.
set -u

suite=live
. tests/harness/live.sh "$1"
sources=tests/live/torture
mkdir -m 755 "$work/torture"
first=${engines# }

# What a program's first comment says.
told() { # program, word
	sed -n "s/^ \* $2 //p" "$sources/$1.c"
}

# A rule for each line of EVENTS, so that alerts can be counted.
make_rules() { # program
	local n=0 line
	while IFS= read -r line; do
		n=$((n + 1))
		printf -- '- rule: line %d\n  desc: d\n  condition: %s\n  output: "%%evt.type"\n  priority: NOTICE\n' \
			$n "${line#*: }"
	done < <(told "$1" EVENTS)
}

# The counts that are not as told.
count_events() { # program, alerts
	local n=0 line want got
	while IFS= read -r line; do
		n=$((n + 1))
		want=${line%%: *}
		got=$(grep -c "\"rule\":\"line $n\"" "$2")
		case $want in
		any) ;;
		some) [ "$got" -gt 0 ] || echo "none of: ${line#*: }" ;;
		*) [ "$got" -eq "$want" ] || echo "$got instead of $want: ${line#*: }" ;;
		esac
	done < <(told "$1" EVENTS)
}

torture() { # program, engine, who; the plain run's output and status are there
	local name=$1 engine=$2 who=$3 got
	rm -f "$work/tmp/alerts"
	as "$who" timeout -k 5 $((90 * slow)) "$falco_run" --engine "$engine" -q \
		-r "$work/torture/$name.yaml" -o rule_matching=all -o json_output=true \
		-o stdout_output.enabled=false -o file_output.enabled=true \
		-o file_output.filename="$work/tmp/alerts" -- "$work/torture/$name" \
		>"$work/out" 2>"$work/err" </dev/null
	got=$?
	[ -e "$work/tmp/alerts" ] || : >"$work/tmp/alerts"
	if [ $got -ne "$plain" ]; then
		fail "torture $name under $engine as $who: status $plain" \
			"it is $got: $(tail -n 2 "$work/out") $(tail -n 3 "$work/err")"
	elif ! cmp -s "$work/plain.out" "$work/out"; then
		fail "torture $name under $engine as $who: its own output" \
			"$(diff "$work/plain.out" "$work/out" | head -n 4)"
	else
		verdict "torture $name under $engine as $who: same end, the events told" \
			"$(count_events "$name" "$work/tmp/alerts")"
	fi
}

for source in "$sources"/*.c; do
	name=$(basename "$source" .c)
	case " ${TORTURE-$name} " in *" $name "*) ;; *) continue ;; esac
	cp "$build/tests/live/torture/$name" "$work/torture/" || exit 1
	make_rules "$name" >"$work/torture/$name.yaml"
	fit=$(told "$name" ENGINES)
	machine=$(told "$name" MACHINE)
	if [ "${machine:-$(uname -m)}" != "$(uname -m)" ]; then
		skip "torture $name" "it holds on $machine alone"
		continue
	fi
	for who in $users; do
		if [ "$who" = user ] && [ "$(told "$name" USER)" = root ]; then
			[ "$users" = user ] && skip "torture $name" "only root can run it"
			continue
		fi
		as "$who" timeout -k 5 $((60 * slow)) "$work/torture/$name" \
			>"$work/plain.out" 2>"$work/plain.err" </dev/null
		plain=$?
		# As an ordinary user beside root under one engine: the others differ no more.
		under=$engines
		[ "$users $who" = "root user user" ] && under=${first%% *}
		for engine in $under; do
			case " ${fit:-$engine} " in *" $engine "*) torture "$name" "$engine" "$who" ;; esac
		done
	done
done
[ -z "${TORTURE-}" ] || exit 0

# --- One falco-run inside another: both see, or the outer one says that it does not ---
for engine in $engines; do
	HOME=$work/tmp bounded 60 "$falco_run" --engine "$engine" -o json_output=true -- "$falco_run" \
		-o json_output=true -o stdout_output.enabled=false -o file_output.enabled=true \
		-o file_output.filename="$work/inner" -- sh -c 'cat /etc/shadow; exit 7' >/dev/null 2>"$work/err" </dev/null
	got=$?
	verdict "a falco-run inside one of engine $engine: both see, and the status is the program's" \
		"$([ $got -eq 7 ] || echo "status $got: $(tail -n 2 "$work/err")"
		grep -qE '"proc.name":"cat".*"rule":"[^"]*ensitive file|filters that the workload installed' "$work/err" || echo "the outer one is silent"
		grep -q '"proc.name":"cat".*"rule":"[^"]*ensitive file' "$work/inner" || echo "the inner one is silent")"
	rm -f "$work/inner"
done

# --- Debuggers inside: only notify leaves ptrace to them ---
inside() { # name, command...
	local name=$1 plain
	shift
	bounded 60 "$@" >"$work/plain.out" 2>/dev/null </dev/null
	plain=$?
	bounded 90 "$falco_run" --engine notify -q -r "$work/torture/threads.yaml" -- "$@" \
		>"$work/out" 2>"$work/err" </dev/null
	verdict "$name: same end as without us" "$([ $? -eq $plain ] || echo "status $? instead of $plain: $(tail -n 3 "$work/err")")"
	verdict "$name: same output as without us" "$(diff "$work/plain.out" "$work/out" | head -n 4)"
}

case $engines in
*notify*) ;;
*) exit 0 ;;
esac
if command -v gdb >/dev/null 2>&1; then
	inside "gdb runs a program to a breakpoint" sh -c 'gdb "$@" | grep -v "^\[Inferior"' gdb \
		-q -batch -nx -ex 'break crowd' -ex run -ex 'print n' -ex 'bt 1' -ex kill "$work/torture/threads"
else
	skip "gdb runs a program to a breakpoint" "there is no gdb"
fi
# What a sample's rules say, said of it when a tracer inside holds it.
seen_inside() { # sample, command
	local wanted=samples/$1.alerts missing='' rule
	[ "$(id -u)" -ne 0 ] && [ -e "samples/$1.user.alerts" ] && wanted=samples/$1.user.alerts
	# Orphaned: rules ask for ancestors, and we may run under make.
	# shellcheck disable=SC2016
	HOME=$work/tmp setsid --fork sh -c '"$@"; echo >"$0"' "$work/over" \
		timeout -k 5 60 "$samples/sandbox" "$falco_run" -o json_output=true -- \
		strace -f -qq -e trace=openat -o /dev/null "$2" >"$work/out" 2>"$work/err" </dev/null
	read -r -t 90 <>"$work/over"
	while IFS= read -r rule; do
		grep -q "\"rule\":\"$rule\"" "$work/err" || missing="$missing $rule;"
	done < <(grep -v '^#' "$wanted" | cut -d'|' -f2 | sed 's/^ *//; s/ *$//' | sort -u)
	verdict "$1 is seen under strace as it is without" "${missing:+missing:$missing $(tail -n 1 "$work/err")}"
}

if ! command -v strace >/dev/null 2>&1 || ! "$samples/sandbox" true 2>"$work/err"; then
	skip "samples are seen under strace" "it needs strace and a sandbox: $(cat "$work/err")"
else
	mkfifo "$work/over"
	for name in read_shadow reverse_shell odd_listener deleted_exec drop_and_run; do
		seen_inside $name "$samples/$name"
	done
	cp samples/*.sh "$samples/"
	for name in etc_write etc_move symlink_shadow history_removed ssh_key world_writable shell_pipe; do
		seen_inside $name "$samples/$name.sh"
	done
fi
if command -v strace >/dev/null 2>&1; then
	# shellcheck disable=SC2016
	inside "strace -f counts the same calls" sh -c \
		'strace -f -qq -e trace=openat,execve,exit_group -o "$1" "$2" && grep -c "/dev/null" "$1"' \
		sh "$work/tmp/trace" "$work/torture/threads"
else
	skip "strace -f counts the same calls" "there is no strace"
fi
exit 0

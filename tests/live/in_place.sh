#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# --in-place: falco-run becomes the program. What that sees of itself and what others see
# of it is as without us, on a terminal and as PID 1 too; and it is watched as ever, with
# all that it leaves behind.
set -u

suite=live
. tests/harness/live.sh "$1"
here=$PWD

stories() { # command...
	(cd "$work/tmp" && bounded 200 python3 "$here/tests/live/jobs.py" "$@" 2>&1)
}

same() { # name, native, other
	verdict "$1" "$(diff "$2" "$3" | head -n 5)"
}

cp tests/live/listener.py "$work/tmp/program"
chmod 755 "$work/tmp/program"

bounded 60 python3 tests/live/in_place.py >"$work/native" 2>&1
stories >"$work/stories"
for engine in $engines; do
	place=("$falco_run" --engine "$engine" --in-place)
	bounded 60 python3 tests/live/in_place.py "${place[@]}" -q -- >"$work/watched" 2>&1
	same "in place: the program, its parent and its children see the same under $engine" \
		"$work/native" "$work/watched"
	stories "${place[@]}" -q -- >"$work/watched"
	same "in place: stories of a terminal are told as natively under $engine" \
		"$work/stories" "$work/watched"

	# It is watched, and so is what it leaves behind: here two opens after its end.
	bounded 30 "${place[@]}" -- sh -c 'cat /etc/shadow; (sleep 1; cat /etc/shadow) & exit 9' \
		>/dev/null 2>"$work/err"
	got=$?
	for ((i = 0; i < 100 * slow; i++)); do
		[ "$(grep -c 'ensitive file\|ensitive read' "$work/err")" -ge 2 ] && break
		sleep 0.1
	done
	got="$got, alerts $(grep -c 'ensitive file\|ensitive read' "$work/err")"
	verdict "in place: status, and alerts up to the last descendant, under $engine" \
		"$([ "$got" = "9, alerts 2" ] || echo "status $got: $(cat "$work/err")")"

	# Its start is no news, as where it is our child; what it starts is (but under make).
	cp /bin/env "$work/tmp/dropped"
	said='Dropped program\|temporary directory'
	got=
	for how in "" --in-place; do
		# shellcheck disable=SC2086
		bounded 30 "$falco_run" --engine "$engine" $how -- "$work/tmp/dropped" \
			sh -c "$work/tmp/dropped true; :" >/dev/null 2>"$work/err"
		got="$got$(grep -c "$said" "$work/err") $(grep -c "\($said\).* parent=sh" "$work/err"), "
	done
	verdict "in place: its own start is judged as that of a child under $engine" \
		"$([ "$got" = "1 1, 1 1, " ] || [ "$got" = "0 0, 0 0, " ] || echo "$got$(cat "$work/err")")"

	for line in "127 /nonexistent" "126 /etc/passwd" "126 $work/tmp/damaged"; do
		head -c 200 /bin/true >"$work/tmp/damaged"
		chmod 755 "$work/tmp/damaged"
		bounded 20 "${place[@]}" -- "${line#* }" 2>"$work/err"
		got=$?
		verdict "in place: status ${line%% *} of what cannot be run under $engine" \
			"$([ $got -eq "${line%% *}" ] && grep -q 'cannot run' "$work/err" || echo "it is $got: $(cat "$work/err")")"
	done

	# The monitor is not in the way of the program's signals, and may die.
	: >"$work/out"
	start --engine "$engine" --in-place -q -- "$work/tmp/program" 60
	wait_for "$work/out"
	monitor=$(children "$pid")
	monitor=${monitor%% *}
	kill -TERM -- "-$monitor"
	sleep 0.2
	got=$([ -d "/proc/$monitor" ] || echo "a signal has ended it;")
	kill -9 "$monitor"
	sleep 0.3
	kill -INT "$pid" 2>/dev/null
	finish
	want=42
	[ "$engine" != trace ] || want=137
	verdict "in place: the monitor is killed, and the status is the program's under $engine" \
		"$got$([ $status -eq $want ] || echo "it is $status: $(cat "$work/err")")"

	if [ "$(id -u)" -ne 0 ] || ! unshare --pid --fork --mount-proc true 2>/dev/null; then
		skip "in place as PID 1 under $engine" "no pid namespace can be made here"
		continue
	fi
	# PID 1 is deaf to what it does not handle, its own signals too, and gets orphans.
	init='echo $$ $PPID; kill -TERM $$; (sleep 0.2 & ); sh -c "cat /etc/shadow" >/dev/null
		for i in 1 2 3 4 5; do sleep 0.1; done; exit 11'
	want=$(bounded 20 unshare --pid --fork --mount-proc sh -c "$init"; echo $?)
	got=$(bounded 20 unshare --pid --fork --mount-proc "${place[@]}" -- sh -c "$init" 2>"$work/err"; echo $?)
	verdict "in place: PID 1 is the program under $engine" \
		"$([ "$got" = "$want" ] || echo "'$got' instead of '$want': $(cat "$work/err")")"
	verdict "in place: PID 1 is watched under $engine" \
		"$(grep -q 'ensitive' "$work/err" || cat "$work/err")"
	got=
	for ((i = 0; i < 10; i++)); do
		bounded 20 unshare --pid --fork --mount-proc "${place[@]}" -v -- cat /etc/shadow 2>"$work/err" >"$work/out"
		got="$got$(grep -c 'Sensitive file read (\|calls stopped' "$work/err")"
	done
	verdict "in place: the last alert and the last lines of PID 1 are there 10 times under $engine" \
		"$([ "$got" = 2222222222 ] || echo "$got: $(cat "$work/err")")"
	# A slow output takes longer than a call may be held.
	bounded 30 unshare --pid --fork --mount-proc "${place[@]}" -o output_timeout=8000 \
		-o program_output.enabled=true -o program_output.program="sleep 0.6; cat >>$work/slow.$engine" -- \
		sh -c 'cat /etc/shadow; cat /etc/shadow; cat /etc/shadow; exec cat /etc/shadow' >"$work/out" 2>"$work/err"
	got=$(grep -c 'Sensitive file read (' "$work/slow.$engine")
	verdict "in place: PID 1 waits for a slow output under $engine" "$([ "$got" -eq 4 ] || echo "$got of 4: $(cat "$work/err")")"
done

# What nobody is left for is refused.
for line in "--fail-on warning" "-M 3" "-o falco_run.reopen_on_sigusr1=true" "-o falco_run.reload_on_sighup=true"; do
	# shellcheck disable=SC2086
	bounded 20 "$falco_run" --in-place $line -- true 2>"$work/err"
	got=$?
	verdict "--in-place with $line is refused" \
		"$([ $got -eq 125 ] && grep -q 'in-place: .*nobody is left for' "$work/err" || echo "status $got: $(cat "$work/err")")"
done
exit 0

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Nothing is lost, nothing is told twice, and nothing grows. counted.c makes calls of
# known number from 1, 8 and 64 threads and processes, failing ones too: each kind gives
# exactly as many alerts. Then: memory over many births, and an exec by one thread
# of many while calls of the others are followed; and what an exec and a followed open cost
# in system calls of ours. LONG=1 makes it 100000 processes and 10000 threads.
set -u

suite=live
. tests/harness/live.sh "$1"
counted=$work/bin/counted
cp "$build/tests/live/counted" "$counted" || exit 1
mkdir -m 777 "$work/here" "$work/here/there"
echo x >"$work/here/here"
echo x >"$work/here/other"
chmod 644 "$work/here/here" "$work/here/other"

rule() { # name, condition
	printf -- '- rule: %s\n  desc: One kind of call.\n  condition: %s\n  output: KIND-%s\n  priority: WARNING\n' \
		"$1" "$2" "$1"
}
{
	rule opened "evt.type=openat and fd.name=$work/here/here and fd.num>=0"
	rule missed "evt.type=openat and fd.name=$work/here/nowhere and evt.res=ENOENT"
	rule made "evt.type=mkdirat and evt.res=EEXIST"
	rule removed "evt.type=unlinkat and evt.res=ENOENT"
	rule refused "evt.type=connect and evt.res=ECONNREFUSED"
} >"$work/rules.yaml"
rule nothing "evt.type in (open, openat) and fd.name=/nonexistent" >"$work/quiet.yaml"
chmod 644 "$work/rules.yaml" "$work/quiet.yaml"

# Each kind of call, as often as it was made.
count() { # engine, how, workers, rounds
	local log=$work/counts.log want=$(($3 * $4)) wrong="" got all=0
	bounded 120 "$falco_run" --engine "$1" -r "$work/rules.yaml" -o outputs_queue.capacity=0 \
		--unbuffered -- "$counted" "$2" "$3" "$4" "$work/here" >"$work/out" 2>"$log" </dev/null
	status=$?
	[ $status -eq 0 ] || wrong="status $status: $(tail -n 2 "$log")"
	for kind in opened missed made removed refused; do
		got=$(grep -c "KIND-$kind" "$log")
		all=$((all + got))
		[ "$got" -eq $want ] || wrong="$wrong $got $kind instead of $want"
	done
	verdict "$3 $2 under $1: $((want * 5)) calls, $all events" "$wrong"
}

for engine in $engines; do
	for how in threads processes; do
		count "$engine" $how 1 200
		count "$engine" $how 8 25
		count "$engine" $how 64 4
	done
	count "$engine" killed 8 20
done

# What falco-run holds at the end is what it held when it had seen a tenth. How many calls
# are followed at once is up to the scheduler: of them each holds 2 to 3 KiB.
flat() { # engine, how, workers, rounds, seconds, KiB that may be added
	local said start end
	said=$(bounded "$5" "$falco_run" --engine "$1" -r "$work/quiet.yaml" -- \
		"$counted" "$2" "$3" "$4" "$work/here" 2>"$work/err" </dev/null)
	start=$(echo "$said" | sed -n 's/.*start \([0-9]*\) KiB.*/\1/p')
	end=$(echo "$said" | sed -n 's/.*end \([0-9]*\) KiB.*/\1/p')
	if [ -z "$end" ]; then
		fail "memory under $1 stays flat: $2" "$said $(tail -n 2 "$work/err")"
	elif [ "$end" -gt $((start + start / 10 + $6)) ]; then
		fail "memory under $1 stays flat: $said" "it grows"
	else
		pass "memory under $1 stays flat: $said"
	fi
}

processes=3000 threads=400 seconds=120
if [ -n "${LONG-}" ]; then
	processes=100000 threads=10000 seconds=1200
fi
for engine in $engines; do
	flat "$engine" births 20 $((processes / 20)) $seconds 256
	flat "$engine" crowds $threads 12 $seconds $((256 + threads))
done

for engine in $engines; do
	bounded 100 "$falco_run" --engine "$engine" -r "$work/rules.yaml" -- \
		"$counted" execs 0 20 "$work/here" >/dev/null 2>"$work/err" </dev/null
	status=$?
	verdict "20 execs by one thread of many under $engine, siblings followed" \
		"$([ $status -eq 0 ] || echo "status $status: $(tail -n 2 "$work/err")")"
done

# System calls of the monitor while a shell's script does something so many times, and those
# of its start and end.
calls_for() { # rules, script, times
	rm -f "$work/monitor" "$work/go" "$work/trace"
	bounded 60 "$falco_run" --engine notify -q -r "$1" -- sh -c '
		echo $PPID >"$1/monitor.part" && mv "$1/monitor.part" "$1/monitor"
		while ! [ -e "$1/go" ]; do sleep 0.05; done
		'"$2" sh "$work" "$3" "$counted" \
		>/dev/null 2>"$work/err" </dev/null &
	wait_for "$work/monitor"
	strace -qq -o "$work/trace" -p "$(cat "$work/monitor")" 2>>"$work/err" &
	until grep -q 'TracerPid:.[1-9]' "/proc/$(cat "$work/monitor")/status" 2>/dev/null; do
		kill -0 $! 2>/dev/null || break
		sleep 0.05
	done
	touch "$work/go"
	wait
	cat "$work/trace" 2>/dev/null | wc -l
}

# What each of so many costs, with those of its start and end taken off.
cost() { # what, most, rules, times, script
	local few many each
	few=$(calls_for "$3" "$5" $(($4 / 5))) many=$(calls_for "$3" "$5" $(($4 / 5 + $4)))
	if grep -q 'attach: .*Operation not permitted' "$work/err"; then
		skip "what $1 costs" "$(tail -n 1 "$work/err")"
		return
	fi
	each=$(((many - few) / $4))
	verdict "$1 costs at most $2 system calls of the monitor ($each)" \
		"$([ "$each" -gt 0 ] && [ "$each" -le "$2" ] ||
			echo "$few and $many for $4 more: $(tail -n 1 "$work/err")")"
}

# 45 where they were last counted: attaching, answering, the stop at the end, and what is read
# of who runs what. Reading names and roots anew, and users at the entry, makes it 65.
price_of_exec() {
	{
		rule somebody "evt.type in (execve, execveat) and user.uid=4242 and proc.name=nobody"
		rule something "evt.type in (execve, execveat) and user.name!=nobody and proc.cwd!=/nowhere/
    and (proc.is_exe_writable=true or proc.is_exe_writable=false) and proc.cmdline=nobody"
	} >"$work/execs.yaml"
	cost "an exec" 50 "$work/execs.yaml" 100 \
		'i=0; while [ $i -lt "$2" ]; do /bin/true; i=$((i + 1)); done'
}

# 18 where they were last counted, of relative paths, every second of which leads nowhere:
# strace makes us so slow that callers are looked for between any two steps, and 15 of an
# absolute path without it. What was opened is looked at once, in the last stop.
price_of_follow() {
	local looks
	rule somewhere "evt.type in (open, openat) and fd.name=/nonexistent" >"$work/opens.yaml"
	# Each of 8 threads opens two files each time.
	cost "a followed open of 8 threads" 20 "$work/opens.yaml" 1600 \
		'cd "$1/here" && exec "$3" threads 8 $(($2 / 16)) "$1/here"'
	looks=$(grep -c '"[0-9]*/fd/[0-9]' "$work/trace")
	verdict "what a followed open has opened is looked at once ($looks looks, 960 opens)" \
		"$([ "$looks" -ge 960 ] && [ "$looks" -le 1000 ] || echo "$looks looks")"
}

if [ "$(id -u)" -eq 0 ] && [[ " $engines " == *" notify "* ]] && command -v strace >/dev/null 2>&1; then
	price_of_exec
	price_of_follow
else
	skip "what an exec and a followed open cost" "it needs root, engine notify and strace"
fi
exit 0

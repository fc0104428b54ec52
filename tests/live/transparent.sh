#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What must not break around a program: orphans, PID 1, closed streams, an empty
# environment, tracers inside the workload, job control, dropped privileges, a root
# without capabilities.
set -u

suite=live
. tests/harness/live.sh "$1"

# Runs falco-run and expects a status and an exact standard output.
expect() { # name, status, output, command...
	local name=$1 want=$2 text=$3 got
	shift 3
	bounded 60 "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if [ $got -ne "$want" ]; then
		fail "$name: status $want" "it is $got: $(tail -n 3 "$work/err")"
	elif [ "$(cat "$work/out")" != "$text" ]; then
		fail "$name: its output" "'$(cat "$work/out")' instead of '$text': $(tail -n 3 "$work/err")"
	else
		pass "$name"
	fi
}

for engine in $engines; do
	run=("$falco_run" --engine "$engine")

	# An orphan goes on, its calls answered, after the program has ended; where the
	# engine cannot leave it, it is ended, and that is said.
	rm -f "$work/late"
	expect "the end of the program is the end of the run under $engine" 3 "" \
		"${run[@]}" -- sh -c "(exec >&- 2>&-; sleep 0.5; cat /etc/passwd >'$work/late.part' && mv '$work/late.part' '$work/late') & exit 3"
	if [ "$engine" = trace ]; then
		verdict "orphans are ended under $engine, and that is said" \
			"$(grep -q 'outlived' "$work/err" || cat "$work/err")"
	else
		wait_for "$work/late"
		verdict "an orphan comes to its end under $engine" \
			"$(cmp /etc/passwd "$work/late" 2>&1)"
	fi

	# So early that nothing of ours may have run yet but what started the program.
	if [ "$engine" = notify ]; then
		missing=0
		for _ in $(seq 60); do
			"${run[@]}" -q -- sh -c '(:; cat /etc/hostname) </dev/null >/dev/null &' \
				2>"$work/err" >"$work/out" </dev/null
			sleep 0.02
			grep -q 'not implemented' "$work/err" && missing=$((missing + 1))
		done
		verdict "60 orphans left at once are served under $engine" \
			"$([ $missing -eq 0 ] || echo "$missing had a call refused")"
	fi

	expect "an empty environment under $engine" 0 "0" \
		env -i "${run[@]}" -- /bin/sh -c 'env | grep -cvE "^(PWD|OLDPWD|SHLVL|_)="; exit 0'
	expect "closed standard input under $engine" 0 "fine" \
		sh -c 'exec "$@" <&-' sh "${run[@]}" -- sh -c 'echo fine'
	bounded 30 sh -c 'exec "$@" >&- 2>&-' sh "${run[@]}" -- sh -c 'exit 4'
	got=$?
	verdict "closed standard output and error under $engine" "$([ $got -eq 4 ] || echo "status $got")"
	expect "a stopped child is seen and goes on under $engine" 0 "stopped continued 6" \
		"${run[@]}" -- python3 -c '
import os, signal, time
pid = os.fork()
if pid == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(0.3)
    os._exit(6)
_, status = os.waitpid(pid, os.WUNTRACED)
word = "stopped" if os.WIFSTOPPED(status) else "no"
os.kill(pid, signal.SIGCONT)
_, status = os.waitpid(pid, os.WCONTINUED)
word += " continued" if os.WIFCONTINUED(status) else " no"
if not os.WIFEXITED(status):
    _, status = os.waitpid(pid, 0)
print(word, os.WEXITSTATUS(status))'
	expect "a timer interrupts a sleep under $engine" 0 "interrupted" \
		"${run[@]}" -- python3 -c '
import signal, time
class Late(Exception): pass
def late(*_): raise Late
signal.signal(signal.SIGALRM, late)
signal.setitimer(signal.ITIMER_REAL, 0.2)
try:
    time.sleep(10)
    print("slept")
except Late:
    print("interrupted")'
	expect "sockets with time limits under $engine" 0 "timed out; connected; refused" \
		"${run[@]}" -- python3 -c '
import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(1); s.settimeout(0.3)
try: s.accept(); a = "accepted"
except TimeoutError: a = "timed out"
except OSError as e: a = str(e)
c = socket.create_connection(s.getsockname(), 2); b = "connected"
port = s.getsockname()[1]; c.close(); s.close()
try: socket.create_connection(("127.0.0.1", port), 2); d = "connected"
except ConnectionRefusedError: d = "refused"
print(a, b, d, sep="; ")'
	if [ "$engine" = notify ] && command -v strace >/dev/null 2>&1; then
		expect "strace works inside under $engine" 5 "" \
			"${run[@]}" -q -- strace -f -o /dev/null sh -c 'true; exit 5'
	fi

	if [ "$users" = user ]; then
		skip "PID 1 and dropped privileges under $engine" "only root can try them"
		continue
	fi
	if unshare --pid --fork --mount-proc true 2>/dev/null; then
		expect "as PID 1 under $engine" 7 "2 reaped" \
			unshare --pid --fork --mount-proc "${run[@]}" -- \
			python3 -c '
import os, time
if os.fork() == 0:
    if os.fork() == 0:
        time.sleep(0.2)
        os._exit(0)
    os._exit(0)
os.wait()
time.sleep(0.6)
zombies = [p for p in os.listdir("/proc") if p.isdigit()
           and open("/proc/%s/stat" % p).read().rsplit(")", 1)[1].split()[0] == "Z"]
print(2 - len(zombies), "reaped")
os._exit(7)'
	else
		skip "as PID 1 under $engine" "no pid namespace can be made here"
	fi

	# After a drop of privileges the program is still seen.
	log=$work/dropped.$engine
	watch "$engine" setpriv --reuid 65534 --regid 65534 --clear-groups sh -c 'cat /etc/shadow' \
		>/dev/null 2>"$log" </dev/null
	echo 'Notice | Sensitive file read failed | fd.name=/etc/shadow | proc.name=cat | evt.res=EACCES | user.uid=65534' >"$work/want"
	verdict "a program that dropped root is still seen under $engine" \
		"$(alerts expect "$log" "$work/want" 2>&1)"

	# Root with the capabilities of a default container: what gives root up is seen all
	# the same, with an exec after that (gosu) and without (nginx).
	contained=(setpriv --inh-caps=-all --bounding-set="-all,$(printf '+%s,' chown dac_override fowner \
		fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod audit_write)+setfcap"
		"$falco_run" --engine "$engine" -o json_output=true --)
	log=$work/contained.$engine
	bounded 60 "${contained[@]}" sh -c 'cat /etc/shadow >/dev/null
		exec setpriv --reuid 65534 --regid 65534 --clear-groups cat /etc/shadow' \
		>/dev/null 2>"$log" </dev/null
	printf '%s\n' 'Warning | Sensitive file read | fd.name=/etc/shadow | proc.name=cat | user.uid=0' \
		'Notice | Sensitive file read failed | fd.name=/etc/shadow | proc.name=cat | evt.res=EACCES | user.uid=65534' \
		>"$work/want"
	verdict "without CAP_SYS_PTRACE, root given up and an exec, under $engine: seen" \
		"$(alerts expect "$log" "$work/want" 2>&1)"
	log=$work/workers.$engine
	mkdir -p "$work/tmp/.ssh" && echo key >"$work/tmp/.ssh/id_worker"
	chmod -R a+rX "$work/tmp/.ssh"
	bounded 60 "${contained[@]}" /usr/bin/python3 -c 'import os
if os.fork() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
    os.chdir("'"$work"'/tmp/.ssh")
    open("id_worker")
    try: open("/etc/shadow")
    except PermissionError: os._exit(3)
print(os.waitstatus_to_exitcode(os.wait()[1]))' >"$work/out" 2>"$log" </dev/null
	# Nobody may attach to such a worker any more, or look into it: who is attached
	# stays, and where it is was looked at before.
	printf '%s\n' "Warning | Sensitive file read | fd.name=$work/tmp/.ssh/id_worker | proc.name=python3 | user.uid=65534" \
		'Notice | Sensitive file read failed | fd.name=/etc/shadow | proc.name=python3 | evt.res=EACCES | user.uid=65534' \
		>"$work/want"
	verdict "without CAP_SYS_PTRACE, root given up by a worker, under $engine: seen" \
		"$([ "$(cat "$work/out")" = 3 ] || cat "$work/out")$(alerts expect "$log" "$work/want" 2>&1)"
	verdict "without CAP_SYS_PTRACE, what such a worker opens is verified under $engine" \
		"$(grep unverified "$log")"
	# Root that hides, and stays root: by one prctl(2), by a change and back, with a
	# directory that nobody knows from then on.
	hides='import ctypes, os
here = os.open(".", os.O_RDONLY)'
	reads='open("/etc/shadow").close()
os.chdir("/etc")
open("shadow").close()'
	for way in 'ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)' 'os.seteuid(1000); os.seteuid(0)' \
		'os.seteuid(1000); os.seteuid(0); os.fchdir(here)'; do
		log=$work/hides.$engine
		bounded 60 "${contained[@]}" /usr/bin/python3 -c "$hides
$way
$reads" >"$work/out" 2>"$log" </dev/null
		printf '%s\n' 'Warning | Sensitive file read | fd.name=/etc/shadow | proc.name=python3 | user.uid=0' \
			'Warning | Sensitive file read | fd.name=/etc/shadow | proc.name=python3 | user.uid=0' >"$work/want"
		verdict "without CAP_SYS_PTRACE, after $way, under $engine: seen" \
			"$(alerts expect "$log" "$work/want" 2>&1)"
	done
	# Engines that trace everybody leave ptrace(2) to nobody.
	[ "$engine" = notify ] || continue
	log=$work/asks.$engine
	bounded 60 "${contained[@]}" /usr/bin/python3 -c 'import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
os.setgid(65534); os.setuid(65534)
r = libc.ptrace(16, os.getpid(), 0, 0), ctypes.get_errno()
if os.fork() == 0: os._exit(-libc.ptrace(0, 0, 0, 0))
child = os.waitstatus_to_exitcode(os.wait()[1])
try: open("/etc/shadow")
except PermissionError: print(*r, child)' >"$work/out" 2>"$log" </dev/null
	printf '%s\n' 'Warning | Process attached with ptrace | proc.name=python3' \
		'Notice | Debugger kept away | proc.name=python3' \
		'Notice | Sensitive file read failed | fd.name=/etc/shadow | proc.name=python3 | evt.res=EACCES | user.uid=65534' \
		>"$work/want"
	verdict "without CAP_SYS_PTRACE, who attaches to itself is seen, and its child may be traced" \
		"$([ "$(cat "$work/out")" = "-1 1 0" ] || cat "$work/out")$(alerts expect "$log" "$work/want" 2>&1)"
done
exit 0

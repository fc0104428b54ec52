#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every output channel under a real program: all get the same bytes; what is dead,
# slow or full is said and counted, and the program neither waits nor notices.
set -u

suite=live
. tests/harness/live.sh "$1"
top=$PWD
cd "$work" || exit 1
printf 'a secret\n' >watched.txt
cat >one.yaml <<END
- rule: One
  desc: one alert for each read
  condition: evt.type in (open, openat) and fd.name = $work/watched.txt
  output: read (%fd.name) "quoted"
  priority: ERROR
END
engine=${engines# }
engine=${engine%% *}

before=() # what falco-run is started by
run() { # further options... -- command...
	started=$(date +%s%N)
	bounded 60 "${before[@]}" "$falco_run" --engine "$engine" -r one.yaml -o time_format_iso_8601=true "$@" >out 2>err </dev/null
	status=$?
	ms=$((($(date +%s%N) - started) / 1000000))
}

read_once=(cat "$work/watched.txt")
# shellcheck disable=SC2016
read_often=(python3 -c 'import sys
for i in range(200): open(sys.argv[1]).close()' "$work/watched.txt")

# What is wrong, of a list of conditions; nothing when all hold.
expect() { # name condition...
	local name=$1 condition
	shift
	for condition in "$@"; do
		if ! eval "$condition"; then
			fail "$name" "not so: $condition; status $status after $ms ms: $(tail -n 3 err)"
			return
		fi
	done
	pass "$name"
}

on() { # channel... : its switch
	local channel
	for channel in "$@"; do
		printf -- '-o\n%s_output.enabled=true\n' "$channel"
	done
}
alerts_in() { # file
	grep -ac ' Error read ' "$1"
}

# --- All the same bytes ---
peer() { # mode
	rm -f peer/port peer/bodies peer/heads peer/refused
	mkdir -p peer
	python3 "$top/tests/live/http_peer.py" "$1" peer 2>/dev/null &
	peer=$!
	wait_for peer/port || fail "peer $1" "it did not start"
	port=$(cat peer/port)
}
peer_done() {
	kill "$peer" && wait "$peer" 2>/dev/null
}
if bounded 20 "$falco_run" -o http_output.enabled=true -o http_output.url=http://127.0.0.1:1 -q -- true 2>&1 | grep -q 'needs libcurl'; then
	curl=
	skip "outputs: http" "there is no libcurl"
else
	curl=yes
fi

mapfile -t channels < <(on file program)
channels+=(-o file_output.filename=file.out -o 'program_output.program=cat >>program.out')
run "${channels[@]}" -- "${read_once[@]}"
expect "outputs: file, stdout and program get the same bytes" '[ $status -eq 0 ]' '[ "$(cat out)" = "a secret" ]' \
	'[ "$(alerts_in err)" -eq 1 ]' 'cmp -s err file.out' 'cmp -s err program.out'
rm -f file.out program.out
run "${channels[@]}" -o file_output.keep_alive=true -o program_output.keep_alive=true -o buffered_outputs=true -o json_output=true -- "${read_often[@]}"
expect "outputs: the same, kept open and buffered, in JSON" '[ "$(wc -l <file.out)" -eq 200 ]' \
	'cmp -s err file.out' 'cmp -s err program.out'

# --- http ---
http() { # scheme, further options and command...
	local scheme=$1
	shift
	run -o http_output.enabled=true -o "http_output.url=$scheme://127.0.0.1:$port/" -o json_output=true "$@"
}
if [ -n "$curl" ]; then
	peer good
	http http -o http_output.echo=true -- "${read_often[@]}"
	grep -a '^{' err | sed 's/}took.*/}/' >lines
	expect "outputs: http gets the same bytes" '[ "$(wc -l <peer/bodies)" -eq 200 ]' 'grep -q "Content-Type: application/json" peer/heads' \
		'grep -q "User-Agent: falcosecurity/falco" peer/heads' 'grep -q took err' '[ -z "$(cat out)" ]'
	http http -o http_output.echo=false -- "${read_once[@]}"
	expect "outputs: http's body is the line" '[ "$(tail -n 1 peer/bodies)" = "$(cat err)" ]'
	cat >odd.yaml <<END
- rule: Odd "names"
  desc: fields of all kinds, with whatever bytes the program puts into a name
  condition: evt.type in (open, openat) and fd.name startswith $work/odd
  output: >-
    %fd.name|%evt.args|%k8s.ns.name|%k8s.pod.name|%k8s.pod.label[app]|%container.id|%proc.cmdline
    %fd.num %fd.types %evt.is_open_read %evt.rawres %proc.aname[9] %evt.latency %proc.fdusage
  priority: INFO
  tags: [b, a, b]
END
	odd=(python3 -c 'import os, sys
for name in b"\"\\\\", b"\n\t\x01\x7f", b"\xac\xabL", b"\xc3\xbc", b"\xff\xfe", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9f\x90\xa7", b"a b":
    os.close(os.open(sys.argv[1].encode() + name, os.O_RDONLY | os.O_CREAT))' "$work/odd")
	KUBERNETES_SERVICE_HOST=10.0.0.1 POD_NAME=web-0 POD_NAMESPACE=shop http http -r odd.yaml \
		-o "append_output[0]={suggested_output: true, extra_fields: [evt.type, {k: '%proc.name'}]}" -- "${odd[@]}"
	http http -r odd.yaml -o metrics.enabled=true -o metrics.interval=1h -o metrics.output_rule=true -o json_include_message_property=true -- "${odd[@]}"
	start --engine "$engine" -r one.yaml -o http_output.enabled=true -o "http_output.url=http://127.0.0.1:$port/" -o json_output=true \
		-o falco_run.reload_on_sighup=true -- sh -c 'echo >begun; while [ ! -e go ]; do sleep 0.1; done'
	wait_for begun
	cp one.yaml one.kept && echo '- rule: [' >>one.yaml && kill -HUP "$pid"
	for _ in {1..200}; do grep -q 'nothing is reloaded' err && break || sleep 0.05; done
	mv one.kept one.yaml && touch go
	finish && rm -f go
	peer_done
	expect "outputs: falcosidekick's rules hold for each alert" '[ ! -e peer/refused ] || ! cat peer/refused >&2' \
		'[ "$(grep -c "\"rule\":\"Odd " peer/bodies)" -eq 18 ]' \
		'grep -q "metrics snapshot" peer/bodies' 'grep -q "hot restart failure" peer/bodies'
	python3 "$top/tests/live/http_peer.py" self-test 2>self-test
	status=$?
	expect "outputs: those rules take and refuse what falcosidekick does" '[ $status -eq 0 ] || ! cat self-test >&2'
	peer text
	http http -r odd.yaml -o json_output=false -- "${odd[@]}"
	peer_done
	expect "outputs: http gets text, too" '[ ! -e peer/refused ]' '[ "$(grep -c "^[0-9].* Informational " peer/bodies)" -eq 9 ]'
	peer sidekick
	http http -r odd.yaml -o json_output=false -- "${odd[@]}"
	http http -r odd.yaml -o json_include_output_fields_property=false -- "${odd[@]}"
	peer_done
	expect "outputs: text, and no fields, are what falcosidekick refuses, and it is said how to mend it" \
		'[ "$(wc -l <peer/refused)" -eq 18 ]' 'grep -q "answered 400.*json_include_output_fields_property" err'
	for mode in hang reset 500; do
		peer $mode
		http http -- "${read_often[@]}"
		peer_done
		expect "outputs: a peer that says $mode costs its own alerts only" '[ $status -eq 0 ]' \
			'[ "$(grep -ac "^{" err)" -eq 200 ]' '[ $ms -lt $((5000 * slow)) ]' 'grep -q "outputs did not get: http: [0-9]" err'
	done
	http http -- "${read_often[@]}"
	expect "outputs: nobody at the port" '[ $status -eq 0 ]' '[ "$(grep -ac "output http: " err)" -eq 1 ]' 'grep -q "http: 200 failed" err'
	http http -o falco_run.spill_file="$work/spill" -o outputs_queue.capacity=10 -- "${read_once[@]}"
	peer hang
	rm -f spill
	http http -o falco_run.spill_file="$work/spill" -o outputs_queue.capacity=10 -- "${read_often[@]}"
	peer_done
	expect "outputs: a full queue is left to the spill file" '[ "$(sort -u spill | wc -l)" -ge 199 ]' 'grep -q "left to the spill file" err'
fi

# --- TLS ---
make_ca() {
	(cd peer && exec >/dev/null 2>&1 &&
		openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=ca &&
		for name in server client; do
			openssl req -newkey rsa:2048 -nodes -keyout $name.key -out $name.csr -subj /CN=$name &&
				printf 'subjectAltName=IP:127.0.0.1\n' >ext &&
				openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out $name.crt -days 2 -extfile ext || return 1
		done)
}
if [ -n "$curl" ] && command -v openssl >/dev/null && make_ca; then
	peer tls
	http https -- "${read_once[@]}"
	expect "outputs: TLS with an unknown CA is refused" '[ ! -e peer/bodies ]' 'grep -q "http: 1 failed" err'
	for how in ca_cert=peer/ca.crt ca_bundle=peer/ca.crt insecure=true; do
		rm -f peer/bodies
		http https -o "http_output.$how" -- "${read_once[@]}"
		expect "outputs: TLS with $how" '[ -s peer/bodies ]' '[ "$(cat peer/bodies)" = "$(cat err)" ]'
	done
	peer_done
	peer mtls
	http https -o http_output.ca_cert=peer/ca.crt -- "${read_once[@]}"
	expect "outputs: mTLS without a certificate is refused" '[ ! -e peer/bodies ]' 'grep -q "http: 1 failed" err'
	http https -o http_output.ca_cert=peer/ca.crt -o http_output.mtls=true -o http_output.client_cert=peer/client.crt \
		-o http_output.client_key=peer/client.key -- "${read_once[@]}"
	expect "outputs: mTLS" '[ "$(cat peer/bodies)" = "$(cat err)" ]'
	peer_done
else
	skip "outputs: TLS" "there is no libcurl or no openssl"
fi

# --- Programs, files ---
for program in 'exit 1' 'read x; kill -9 $$' 'exec sleep 1000' no-such-program-here; do
	for keep in true false; do
		run -o program_output.enabled=true -o "program_output.program=$program" -o program_output.keep_alive=$keep -- "${read_often[@]}"
		expect "outputs: the program '$program' (kept: $keep) does not matter" '[ $status -eq 0 ]' \
			'[ "$(alerts_in err)" -eq 200 ]' '[ $ms -lt $((6000 * slow)) ]'
	done
done
# The longest time that who outlives the program waits, in ms, while an output blocks.
cat >outlives.py <<'END'
import ctypes, os, select, signal, sys, time
if os.fork():
    time.sleep(0.3)
    for i in range(100): open(sys.argv[1]).close()
    os._exit(0)
os.setsid()
os.closerange(0, 3)
if sys.argv[2] == "ticks":
    signal.signal(signal.SIGALRM, lambda *a: None)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
begin = last = time.monotonic()
most = 0
if sys.argv[2] == "sleeps":
    signal.signal(signal.SIGUSR1, lambda *a: None)
    last = begin + 5
    epoll = select.epoll()
    if ctypes.CDLL(None).epoll_wait(epoll.fileno(), ctypes.create_string_buffer(16), 1, 3000): most = 99
while last < begin + 4:
    time.sleep(0.002)
    if sys.argv[2] == "opens": open(sys.argv[1]).close()
    now = time.monotonic()
    most = max(most, now - last)
    last = now
open("gap.new", "w").write(str(int(most * 1000)))
os.rename("gap.new", "gap")
END
for what in notify:ticks notify:opens notify:sleeps ptrace:ticks ptrace:opens ptrace:sleeps; do
	under=${what%:*} what=${what#*:}
	case $engines in *$under*) ;; *) continue ;; esac
	rm -f gap
	run --engine "$under" -o program_output.enabled=true -o program_output.program='exec sleep 1000' -o program_output.keep_alive=true -- \
		python3 outlives.py "$work/watched.txt" $what
	wait_for gap
	expect "outputs: who outlives the program, and $what, waits for none under $under: $(cat gap) ms" '[ $status -eq 0 ]' \
		'[ "$(cat gap)" -lt $((1000 * slow)) ]'
done
# shellcheck disable=SC2016
run --engine notify -o program_output.enabled=true -o program_output.program='sleep 1.5; cat >told' -o program_output.keep_alive=true -- \
	sh -c '(sleep 0.5; kill -9 $PPID 2>/dev/null; echo $? >late) & exec cat "$1"' sh "$work/watched.txt"
wait_for late
expect "outputs: who outlives the program cannot end the telling" '[ $status -eq 0 ]' '[ "$(cat late)" -ne 0 ]' \
	'[ "$(alerts_in told)" -eq 1 ]'
mkfifo fifo
run -o file_output.enabled=true -o file_output.filename=fifo -- "${read_often[@]}"
expect "outputs: a FIFO that nobody reads" '[ $status -eq 0 ]' '[ $ms -lt $((4000 * slow)) ]' 'grep -q "file: 200 failed" err' \
	'[ "$(grep -c "nobody reads this FIFO" err)" -eq 1 ]'
run -o file_output.enabled=true -o file_output.filename=/dev/full -- "${read_often[@]}"
expect "outputs: a device that is full" '[ $status -eq 0 ]' '[ "$(alerts_in err)" -eq 200 ]' '[ "$(grep -c "No space left" err)" -eq 1 ]' \
	'grep -q "file: 200 failed" err'

# --- What wants mounts: in a namespace of their own, a user's where we may not else ---
mkdir full dev
unshare=
for how in -m -Urm; do
	if unshare $how mount -t tmpfs -o size=8k tmpfs full 2>/dev/null; then
		unshare=$how
		break
	fi
done
mounted() { # what to mount, as sh
	before=(unshare "$unshare" sh -c "$1"' && exec "$@"' sh)
}
if [ -n "$unshare" ]; then
	mounted 'mount -t tmpfs -o size=8k tmpfs full'
	run -o file_output.enabled=true -o file_output.filename=full/f -- "${read_often[@]}"
	expect "outputs: a full disk" '[ $status -eq 0 ]' '[ "$(alerts_in err)" -eq 200 ]' '[ "$(grep -c "No space left" err)" -eq 1 ]' \
		'grep -q "file: [0-9]* failed" err'

	# shellcheck disable=SC2016
	mounted 'for name in null zero full random urandom tty; do : >dev/$name; mount --bind /dev/$name dev/$name; done; mount --rbind dev /dev'
	python3 -c 'import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("dev/log")
open("syslog.ready", "w").write("x")
s.settimeout(30)
open("syslog.got", "wb").write(s.recv(65536))' &
	wait_for syslog.ready
	run -o syslog_output.enabled=true -- "${read_once[@]}"
	wait $!
	# 11 is user.err.
	expect "outputs: syslog gets ident, priority and line" 'grep -aqE "^<11>.* falco-run: " syslog.got' \
		'[ "$(sed "s/.* falco-run: //" syslog.got | tr -d "\0")" = "$(cat err)" ]'
	logged=(python3 -c 'import select, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("dev/log")
open("syslog.ready", "w").write("x")
with open("syslog.got", "wb") as got:
    while select.select([s], [], [], float(sys.argv[1]))[0]:
        got.write(s.recv(65536) + b"\n")
        got.flush()')
	rm -f dev/log syslog.ready
	"${logged[@]}" $((2 * slow)) &
	wait_for syslog.ready
	run -o log_syslog=true -o log_stderr=false -o engine.kind=kmod -- "${read_once[@]}"
	wait $!
	# 13 is user.notice.
	expect "outputs: log_syslog sends there what is said" 'grep -qE "^<1[0-7]>.* falco-run\[[0-9]+\]: engine.kind .kmod." syslog.got' \
		'! grep -q kmod err' '[ "$(alerts_in err)" -eq 1 ]'
	# A daemon that ends after the first alert, and is there again half a second later.
	rm -f dev/log syslog.ready
	python3 -c 'import os, select, socket, time
with open("syslog.got", "wb") as got:
    for life in range(2):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind("dev/log")
        open("syslog.ready", "w").write("x")
        while select.select([s], [], [], 5)[0]:
            got.write(s.recv(65536) + b"\n")
            if not life:
                break
        s.close()
        os.unlink("dev/log")
        time.sleep(0.5)' &
	wait_for syslog.ready
	run -o syslog_output.enabled=true -o log_syslog=true -v -- python3 -c 'import sys, time
for i in range(20): open(sys.argv[1]).close(); time.sleep(0.05)' "$work/watched.txt"
	wait $!
	expect "outputs: a syslog that restarts loses no alert" '[ $status -eq 0 ]' '[ "$(grep -c "falco-run: .*Error read" syslog.got)" -eq 20 ]' \
		'! grep -q "did not get" err' 'grep -q "falco-run\[[0-9]*\]: " syslog.got'
	rm -f dev/log syslog.ready
	python3 -c 'import socket, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("dev/log")
open("syslog.ready", "w").write("x")
time.sleep(60)' &
	wait_for syslog.ready
	run -o syslog_output.enabled=true -o log_syslog=true -- python3 -c 'import sys
for i in range(2000): open(sys.argv[1]).close()' "$work/watched.txt"
	kill $!
	expect "outputs: a syslog that takes nothing costs its own alerts only" '[ $status -eq 0 ]' '[ "$(alerts_in err)" -eq 2000 ]' \
		'[ $ms -lt $((9000 * slow)) ]' 'grep -qE "outputs did not get: syslog: [0-9]+ dropped" err'
	rm dev/log
	run -o syslog_output.enabled=true -- "${read_once[@]}"
	expect "outputs: no syslog" '[ $status -eq 0 ]' 'grep -q "no syslog runs here" err'
	before=()
else
	skip "outputs: a full disk, syslog" "nothing can be mounted here"
fi

# --- Reopening ---
# shellcheck disable=SC2016
start --engine "$engine" -r one.yaml -o falco_run.reopen_on_sigusr1=true -o stdout_output.enabled=false -o file_output.enabled=true \
	-o file_output.keep_alive=true -o file_output.filename="$work/kept" -- \
	sh -c 'cat "$1"; while [ ! -e go ]; do sleep 0.1; done; cat "$1"' sh "$work/watched.txt"
wait_for kept
mv kept kept.1
kill -USR1 "$pid"
wait_for err
touch go
finish
ms=0
expect "outputs: SIGUSR1 reopens when asked to" '[ $status -eq 0 ]' '[ "$(alerts_in kept.1)" -eq 1 ]' '[ "$(alerts_in kept)" -eq 1 ]' \
	'grep -q "SIGUSR1 received, reopening outputs" err'
exit 0

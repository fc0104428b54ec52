#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Real programs come to the same end, with the same output, as without falco-run: a
# parallel build of this project, Python with threads, a shell that starts 500
# processes. And an ordinary program gives no alert of priority Warning or above.
set -u

suite=live
. tests/harness/live.sh "$1"

# Compares a run under each engine with a run alone: status, output, loud alerts.
compare() { # name, seconds, command...
	local name=$1 limit=$2 engine plain got loud
	shift 2
	bounded "$limit" "$@" >"$work/plain.out" 2>"$work/plain.err" </dev/null
	plain=$?
	sort "$work/plain.out" >"$work/plain.sorted"
	if [ $plain -ge 124 ] || { [ $plain -ne 0 ] && [ "${name#make}" != "$name" ]; }; then
		fail "$name without falco-run" "status $plain: $(tail -n 3 "$work/plain.out")"
		return
	fi
	for engine in $engines; do
		bounded $((limit * 4)) "$falco_run" --engine "$engine" -o json_output=true -- "$@" \
			>"$work/out" 2>"$work/err" </dev/null
		got=$?
		sort "$work/out" >"$work/sorted"
		if [ $got -ne $plain ]; then
			fail "$name under $engine: status $plain" "it is $got: $(tail -n 3 "$work/err")"
		else
			verdict "$name under $engine: same status and output" \
				"$(diff "$work/plain.sorted" "$work/sorted" | head -n 6)"
		fi
		loud=$(alerts list "$work/err" | grep -E '^(Emergency|Alert|Critical|Error|Warning) ' | sort | uniq -c)
		verdict "$name under $engine: nothing at Warning or above" "$loud"
	done
}

mkdir -p "$work/tree"
cp -r GNUmakefile include tracer engine launcher rules "$work/tree/"
compare "make -j2 of this project" 300 \
	env -C "$work/tree" sh -c 'make clean && make -j2 --output-sync=target CFLAGS=-O0 2>&1 && sha256sum build/falco-run'

python=$(PATH=/usr/bin:/bin:$PATH command -v python3)
cat >"$work/threads.py" <<'END'
import os
import subprocess
import threading

totals = []

def work(n):
    total = 0
    for i in range(200):
        with open("/etc/passwd", "rb") as f:
            total += len(f.read(64))
        os.stat("/etc")
    totals.append((n, total))
    if n % 4 == 0:
        subprocess.run(["true"], check=True)

threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(totals))
END
chmod 644 "$work/threads.py"
compare "python3 with 16 threads" 60 "$python" "$work/threads.py"

compare "a shell that starts 500 processes" 60 sh -c \
	'i=0; while [ $i -lt 500 ]; do /bin/true || echo bad; i=$((i + 1)); done; echo $i'

compare "a pipeline" 60 sh -c \
	'ls -1 /etc | sort | head -n 5 | tr a-z A-Z; find /usr/share/doc -maxdepth 1 | wc -l; exit 3'

compare "background jobs and signals" 60 sh -c \
	'sleep 20 & p=$!; kill -STOP $p; kill -CONT $p; kill $p; wait $p; echo $?; sh -c "trap \"echo usr1\" USR1; kill -USR1 \$\$; echo after"; trap "echo got" USR2; kill -USR2 $$; echo end'
exit 0

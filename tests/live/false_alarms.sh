#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Ordinary work gives no alert at WARNING or above: compilers, builds, scripts,
# archives, version control, Python's environments, packages installed from a folder.
# What is not on this machine is left out, and named in one line. What is said at
# NOTICE is counted by rule; the rules that may speak so are listed below with the
# reason.
set -u

suite=live
. tests/harness/live.sh "$1"

# Notices that are right, by rule: what they are about did happen.
#   Shell spawned                a program that is no build tool starts one: git's
#                                hooks and editors, Python's subprocess, npm
#   Program run from a temporary directory, Dropped program run
#                                ./configure-like probes, programs just compiled
#   Change of a system file refused
#                                an ordinary user's program tries a shared place first
#   Outbound connection          what it says
allowed='Shell spawned|Program run from a temporary directory|Dropped program run|Change of a system file refused|Outbound connection|Asynchronous ring set up|Shell fed by a pipe'

missing=
quiet() { # name, commands it needs, script
	local name=$1 needs=$2 script=$3 command who engine loud notices got
	for command in $needs; do
		if ! PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "$command" >/dev/null; then
			missing="$missing $name"
			return
		fi
	done
	for who in $users; do
		for engine in $engines; do
			rm -rf "$work/tmp/play"
			as "$who" mkdir -p "$work/tmp/play"
			# shellcheck disable=SC2016
			as "$who" env -C "$work/tmp/play" PATH=/usr/sbin:/usr/bin:/sbin:/bin \
				HOME="$work/tmp/play" timeout -k 5 $((180 * slow)) \
				"$falco_run" --engine "$engine" -o json_output=true \
				-o 'rules[].disable.tag=container_start' -- \
				sh -c "$script" >"$work/out" 2>"$work/err" </dev/null
			got=$?
			loud=$(alerts list "$work/err" | grep -E '^(Emergency|Alert|Critical|Error|Warning) ' | sort | uniq -c)
			notices=$(alerts list "$work/err" | grep -E '^Notice ' | grep -vE "\| ($allowed)$" | sort | uniq -c)
			[ $got -eq 0 ] || loud="status $got: $(tail -n 3 "$work/out" "$work/err") $loud"
			verdict "$name under $engine as $who: no false alarm" "$loud$notices"
			alerts list "$work/err" | sort | uniq -c | sed "s/^/     /"
		done
	done
	rm -rf "$work/tmp/play"
}

quiet "a compiler in a temporary directory" cc '
	d=$(mktemp -d) && cd "$d" && printf "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n" >x.c &&
	cc -O2 -g -o x x.c && ./x && ar rcs libx.a x && rm -rf "$d"'

quiet "make with recipes that run what they built" "make cc" '
	printf "int main(void){return 0;}\n" >a.c && cp a.c b.c &&
	printf "all: a b\n\t./a && ./b\n\tchmod 755 a && cp a c && ./c\n%%: %%.c\n\tcc -o \$@ \$<\n" >Makefile && make -j2'

quiet "archives and copies" tar '
	mkdir -p d/e && cp /etc/hostname /usr/bin/env d/ && ln -s e d/f && tar czf d.tgz d && mkdir x && tar xzpf d.tgz -C x &&
	cp -a x y && mv y z && chmod -R g-w z && find z -type f -exec sha256sum {} + | sort | head -n 3 && rm -rf x z'

quiet "rsync of a folder" rsync '
	mkdir -p a/b && cp /usr/bin/env a/b && rsync -a a/ c/ && rsync -a --delete a/ c/'

quiet "git" git '
	git init -q r && cd r && git config user.email a@b && git config user.name a && echo x >f && git add f && git commit -qm one &&
	cd .. && git clone -q r s && cd s && git log --oneline && echo y >>f && git diff --stat && git stash -q && git checkout -qb two'

quiet "a Python environment" python3 '
	python3 -c "import venv" && python3 -m venv --without-pip v && v/bin/python -c "import json, subprocess; subprocess.run([\"true\"], check=True); print(json.dumps(1))"'

quiet "an npm package from a folder" npm '
	mkdir p q && echo "{\"name\":\"p\",\"version\":\"1.0.0\",\"scripts\":{\"postinstall\":\"node -e 0\"}}" >p/package.json && cd q &&
	echo "{\"name\":\"q\",\"version\":\"1.0.0\"}" >package.json && npm install --offline --no-audit --no-fund ../p'

quiet "a server and its client on this machine" python3 '
	python3 -c "
import http.server, threading, urllib.request
server = http.server.HTTPServer((\"127.0.0.1\", 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
for _ in range(20):
    urllib.request.urlopen(\"http://127.0.0.1:%d/\" % server.server_port).read()
server.shutdown()" 2>/dev/null'

quiet "text tools" awk '
	printf "b 2\na 1\n" | sort | awk "{ s += \$2 } END { print s }" && grep -r hello . || sed -n 1p /etc/passwd >p && id && date && df . && ps >q'

[ -z "$missing" ] || skip "no false alarms of$missing" "not installed here"
exit 0

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Ordinary work gives no alert at WARNING or above: compilers, builds, scripts,
# archives, version control, Python's environments, packages installed from a folder;
# with FALSE_ALARMS=all in the environment also web servers and databases under load.
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
#   File made writable for all   PostgreSQL's socket, where it is not below /run
allowed='Shell spawned|Program run from a temporary directory|Dropped program run|Change of a system file refused|Outbound connection|Asynchronous ring set up|Shell fed by a pipe|File made writable for all'

missing=
engines=${engines/ ptrace/}
quiet() { # name, commands it needs, script
	local name=$1 needs=$2 script=$3 command who engine loud notices got
	for command in $needs; do
		if ! PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin command -v "$command" >/dev/null; then
			missing="$missing $name"
			return
		fi
	done
	for who in ${only:-$users}; do
		for engine in $engines; do
			# Once is enough of the same rules for another user.
			if [ "$who" = user ] && [ "$engine" != notify ] && [ "$users" != user ]; then
				continue
			fi
			rm -rf "$work/tmp/play"
			as "$who" mkdir -p "$work/tmp/play"
			# shellcheck disable=SC2016
			as "$who" env -C "$work/tmp/play" PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
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
	echo "{\"name\":\"q\",\"version\":\"1.0.0\"}" >package.json && npm_config_update_notifier=false npm install --offline --no-audit --no-fund ../p'

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

quiet "a Debian package built and looked at" dpkg-deb '
	mkdir -p p/DEBIAN p/opt/p && echo x >p/opt/p/x && printf "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: p\n" >p/DEBIAN/control &&
	dpkg-deb --root-owner-group -b p p.deb && dpkg-deb -c p.deb && dpkg-deb -x p.deb q && dpkg -l >l && apt-cache policy >c'

if [ "${FALSE_ALARMS-}" = all ]; then
	quiet "nginx under load" "nginx curl" '
		mkdir -p www t && echo hello >www/index.html &&
		printf "worker_processes 2; daemon off; pid $PWD/pid; error_log $PWD/e;\nevents { }\nhttp { access_log $PWD/a; client_body_temp_path $PWD/t/1; proxy_temp_path $PWD/t/2; fastcgi_temp_path $PWD/t/3; uwsgi_temp_path $PWD/t/4; scgi_temp_path $PWD/t/5; server { listen 127.0.0.1:18181; root $PWD/www; } }\n" >conf &&
		chmod 755 . www && { nginx -p $PWD -c $PWD/conf & } && for i in $(seq 50); do curl -sf http://127.0.0.1:18181/ >o || sleep 0.2; done; kill $(cat pid); wait; cat o'
	quiet "redis under load" "redis-server redis-benchmark" '
		{ redis-server --port 18182 --bind 127.0.0.1 --save "" --appendonly no >log & } && sleep 1 &&
		redis-benchmark -p 18182 -n 2000 -c 10 -q -t set,get >o; redis-cli -p 18182 shutdown nosave; wait; grep -c requests o'
	only=user quiet "PostgreSQL under load" "initdb postgres pgbench" '
		initdb -D d >o && { postgres -D d -h 127.0.0.1 -p 18183 -k $PWD >log 2>&1 & } && sleep 3 &&
		createdb -h 127.0.0.1 -p 18183 x && pgbench -h 127.0.0.1 -p 18183 -i x >>o 2>&1 && pgbench -h 127.0.0.1 -p 18183 -c 4 -t 50 x >>o; kill -INT $(head -n 1 d/postmaster.pid); wait; tail -n 1 o'
fi

[ -z "$missing" ] || skip "no false alarms of$missing" "not installed here"
exit 0

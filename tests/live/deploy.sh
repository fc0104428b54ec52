#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The recipes of samples/deploy as they are, by what they are for: Docker's own daemon and
# podman build and run them, with their default seccomp profile and capabilities; systemd
# runs the unit, in a machine of its own (a debootstrapped root, by systemd-nspawn) that
# has the Debian package. No image comes from a registry: that of the bundle is ours, and
# nginx's unprivileged image has a stand-in, made here of busybox, with the entrypoint,
# command and user of that one. Containers and machine have no network.
#
# Takes root, and several minutes where the disk is slow: only with LONG=1. The daemon is
# one of our own, with its files in the working folder; its mounts end with this group.
set -u

suite=live
if [ -z "${LONG-}" ]; then
	echo "SKIP $suite: deploy: it is long: LONG=1, or make check-world"
	exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "SKIP $suite: deploy: it takes root"
	exit 0
fi
if [ -z "${DEPLOY_MOUNTS-}" ]; then
	exec unshare -m --propagation private env DEPLOY_MOUNTS=1 bash "$0" "$@"
fi
. tests/harness/live.sh "$1"

not_sanitized deploy
recipes=samples/deploy
PATH=$PATH:/usr/sbin:/sbin
if ! command -v busybox >/dev/null || readelf -l "$(command -v busybox)" | grep -q INTERP; then
	skip deploy "there is no static busybox (Debian's package busybox-static)"
	exit 0
fi
bounded 300 make -s image BUILD="$build" >"$work/made" 2>&1
version=$(sed -n 's/^VERSION := //p' GNUmakefile)
image=$build/falco-run-$version.oci.tar
verdict "make image" "$([ -s "$image" ] || tail -n 3 "$work/made")"
[ -s "$image" ] || exit 0

# --- The stand-in: who it is, what it was called with, then what an intruder may do ---
context=$work/context
mkdir -p "$context/root"/{bin,etc,tmp,proc,dev,sys}
cp "$(command -v busybox)" "$context/root/bin/busybox"
for name in sh cat id sleep; do
	ln -s busybox "$context/root/bin/$name"
done
printf '%s\n' 'root:x:0:0::/:/bin/sh' 'nginx:x:101:101::/:/bin/sh' >"$context/root/etc/passwd"
echo 'root:*:1::::::' >"$context/root/etc/shadow"
chmod 640 "$context/root/etc/shadow"
cat >"$context/root/docker-entrypoint.sh" <<'END'
#!/bin/sh
echo "entrypoint of $(id -u) for: $*"
exec "$@"
END
cat >"$context/root/bin/nginx" <<'END'
#!/bin/sh
cat /etc/shadow
exit 9
END
chmod 755 "$context/root/docker-entrypoint.sh" "$context/root/bin/nginx"
cat >"$context/Dockerfile" <<'END'
FROM scratch
COPY root/ /
USER 101
EXPOSE 8080
ENTRYPOINT ["/docker-entrypoint.sh"]
CMD ["nginx", "-g", "daemon off;"]
END
stand_in=$(sed -n 's/^FROM \([^ ]*\)$/\1/p' "$recipes/Dockerfile")

# --- Docker and podman, each as `docker` in a folder of its own ---
write_docker() { # folder, command...
	mkdir -p "$1"
	cat >"$1/docker" <<-END
		#!/bin/bash
		# What would need a network is left out: ports, and pulling.
		arguments=("\$1")
		case \$1 in
		run | create) arguments+=(--network none --pull never) ;;
		build) arguments+=(--network none) ;;
		esac
		shift
		while [ \$# -gt 0 ] && [ "\$1" != -- ]; do
			if [ "\$1" = -p ]; then
				shift 2
			else
				arguments+=("\$1")
				shift
			fi
		done
		exec $(printf '%q ' "${@:2}") "\${arguments[@]}" "\$@"
	END
	printf '#!/bin/sh\nexec "$@"\n' >"$1/sudo"
	chmod 755 "$1/docker" "$1/sudo"
}
# Whoever lacks CAP_SYS_RESOURCE cannot raise limits, as the defaults would.
limits="nofile=1024:1024 nproc=1024:1024"

daemon=
runs=$(mktemp -d) # podman wants a short name
stop_daemon() {
	[ -z "$daemon" ] || { kill "$daemon" && wait "$daemon"; } 2>/dev/null
	daemon=
	umount -l "$work/dockerd/data" 2>/dev/null
	find /sys/fs/cgroup -depth -type d -path "*/falco-run-$$*" -exec rmdir {} + 2>/dev/null
}
machine=
stop_machine() {
	[ -z "$machine" ] || { kill -9 "$machine" && wait; } 2>/dev/null
	machine=
}
trap 'stop_daemon; stop_machine; rm -rf "$work" "$runs"' EXIT
has_docker() {
	local own=$PWD/build/tools/docker
	[ ! -d "$own" ] || PATH=$PATH:$own/usr/bin:$own/usr/sbin
	command -v dockerd >/dev/null && command -v containerd >/dev/null
}
start_docker() {
	if ! has_docker; then
		why="there is no dockerd (make check-world fetches it)"
		return 1
	fi
	mkdir "$work/dockerd"
	setpriv --pdeathsig TERM dockerd --host "unix://$work/dockerd/socket" --data-root "$work/dockerd/data" \
		--exec-root "$work/dockerd/run" --pidfile "$work/dockerd/pid" --storage-driver vfs --bridge none \
		--iptables=false --ip6tables=false --default-ulimit "${limits% *}" --cgroup-parent "/falco-run-$$" \
		>"$work/dockerd/log" 2>&1 </dev/null &
	daemon=$!
	write_docker "$work/docker" env DOCKER_BUILDKIT=0 "$(type -P docker)" --host "unix://$work/dockerd/socket"
	wait_until "$work/docker/docker" info >"$work/out" 2>&1 && return 0
	why="dockerd does not start: $(tail -n 1 "$work/dockerd/log")"
	return 1
}
start_podman() {
	if ! command -v podman >/dev/null; then
		why="there is no podman"
		return 1
	fi
	mkdir "$work/podman"
	{
		printf '[containers]\ndefault_ulimits=["%s", "%s"]\n' "${limits% *}" "${limits#* }"
		printf '[engine]\ncgroup_manager="cgroupfs"\nevents_logger="none"\n'
		! command -v runc >/dev/null || printf 'runtime="runc"\n'
	} >"$work/podman/containers.conf"
	write_docker "$work/podman" env PODMAN_IGNORE_CGROUPSV1_WARNING=1 \
		CONTAINERS_CONF="$work/podman/containers.conf" podman --root "$work/podman/data" --runroot "$runs" --storage-driver vfs
	bounded 60 "$work/podman/docker" info >"$work/out" 2>&1 && return 0
	why="podman does not start: $(tail -n 1 "$work/out")"
	return 1
}

# The rest is of both; `engine` is who.
docker() {
	PATH="$work/$engine:$PATH" bounded 120 "$work/$engine/docker" "$@" </dev/null
}
# What the stand-in does under falco-run, whoever started it; its output is in $work/log.
watched() { # name, status
	verdict "$1 under $engine: the image's own entrypoint and command run, and their status is given" \
		"$([ "$2" -eq 9 ] && grep -qx 'entrypoint of 101 for: nginx -g daemon off;' "$work/log" ||
			echo "status $2: $(head -n 3 "$work/log")")"
	verdict "$1 under $engine: the alert" \
		"$(alerts list "$work/log" 2>&1 | grep -qx 'Notice | Sensitive file read failed' || echo "none: $(head -n 5 "$work/log")")"
}
says() { # name, what is to be said, command...
	verdict "$1 under $engine" "$("${@:3}" 2>&1 | tee "$work/said" | grep -q -- "$2" || echo "not said: $(tail -n 5 "$work/said")")"
}

check_dockerfile() {
	docker build -q -t web:1 -f "$recipes/Dockerfile" "$context" >"$work/log" 2>&1
	verdict "Dockerfile is built by $engine" "$([ $? -eq 0 ] || echo "it is not: $(tail -n 3 "$work/log")")"
	docker run --rm web:1 >"$work/log" 2>&1
	watched Dockerfile $?
	docker run --rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges web:1 >"$work/log" 2>&1
	watched "Dockerfile, with nothing allowed," $?
	says "the engine is notify in a default container" '^engine *notify$' \
		docker run --rm --entrypoint /falco-run/falco-run web:1 --probe
	says "root's read of a sensitive file is seen" 'Warning Sensitive file read ' \
		docker run --rm --user 0 --entrypoint /falco-run/falco-run web:1 -q -- cat /etc/shadow
}
# As PID 1 it hands on what `docker stop` sends.
check_stop() {
	if ! docker run -d --name stopped web:1 sleep 1000 >"$work/log" 2>&1; then
		fail "a container that is stopped has the program's status under $engine" "$(tail -n 3 "$work/log")"
		return
	fi
	wait_until sh -c '"$1" logs stopped 2>&1 | grep -q entrypoint' - "$work/$engine/docker"
	docker stop -t 20 stopped >>"$work/log" 2>&1
	says "a container that is stopped has the program's status" '^143$' docker inspect -f '{{.State.ExitCode}}' stopped
	docker rm stopped >/dev/null 2>&1
}
check_script() {
	local time
	for time in first second; do
		PATH="$work/$engine:$PATH" bounded 120 sh "$recipes/docker-run.sh" >"$work/log" 2>&1 </dev/null
		watched "docker-run.sh, the $time time," $?
	done
}
# The step that fetches, and the shell of the one that is watched.
check_github() {
	local step=$work/step fetched=$work/fetched-$engine shell
	if ! python3 -c 'import yaml' 2>/dev/null; then
		skip "github-actions.yaml under $engine" "python3 has no yaml"
		return
	fi
	docker tag "falco-run:$version" "registry.example/falco-run:$version"
	python3 - "$recipes/github-actions.yaml" >"$step" <<-'END'
		import sys, yaml
		for step in yaml.safe_load(open(sys.argv[1]))["jobs"]["test"]["steps"]:
		    if "docker" in step.get("run", ""):
		        print(step["run"])
		    elif "shell" in step:
		        print(step["shell"])
	END
	sed -i "s|/opt/falco-run|$fetched|g" "$step"
	shell=$(sed -n 2p "$step")
	verdict "github-actions.yaml fetches it from an image of $engine" "$(PATH="$work/$engine:$PATH" bounded 120 \
		sh -c "$(sed -n 1p "$step")" 2>&1 >/dev/null; [ -x "$fetched/falco-run" ] || echo "it is not there")"
	# shellcheck disable=SC2016
	printf 'cat /etc/shadow >/dev/null\nexit 0\n' >"$work/script"
	bounded 60 sh -c "${shell/\{0\}/"$work/script"}" >"$work/log" 2>&1 </dev/null
	verdict "github-actions.yaml: status 3 fails the step" "$([ $? -eq 3 ] || echo "another: $(cat "$work/log")")"
}
# podman reads a pod as Kubernetes does.
check_pod() {
	docker tag web:1 registry.example/web:1
	sed -e '/^      ports:$/,/containerPort/d' -e 's/^spec:$/&\n  restartPolicy: Never/' "$recipes/kubernetes.yaml" >"$work/pod.yaml"
	if ! docker kube play --network none "$work/pod.yaml" >"$work/out" 2>&1; then
		skip "kubernetes.yaml" "podman plays no pod here: $(tail -n 1 "$work/out")"
		return
	fi
	docker wait web-web >"$work/status" 2>&1
	docker logs web-web >"$work/log" 2>&1
	watched kubernetes.yaml "$(tail -n 1 "$work/status")"
	docker pod rm -f web >/dev/null 2>&1
}

for engine in docker podman; do
	if ! start_$engine; then
		skip "the recipes under $engine" "$why"
		continue
	fi
	says "the image is loaded" "Loaded image.*falco-run:$version" docker load -i "$image"
	docker build -q -t "$stand_in" "$context" >"$work/log" 2>&1
	if ! docker run --rm --entrypoint /bin/id "$stand_in" >"$work/log" 2>&1; then
		skip "the recipes under $engine" "it makes no container here: $(tail -n 2 "$work/log")"
		continue
	fi
	check_dockerfile
	check_stop
	check_script
	# podman fills a volume when a container starts, so that `cp` from a new one has nothing
	case $engine in
	docker) check_github ;;
	podman) check_pod ;;
	esac
	for name in $(docker ps -aq); do
		docker rm -f "$name" >/dev/null 2>&1
	done
done
# --- The unit ---
# Sets `why`, or makes $root with systemd, what the unit runs, and our package.
make_machine() {
	local deb needs
	for name in debootstrap systemd-nspawn dpkg-deb dpkg-shlibdeps; do
		why="there is no $name"
		command -v $name >/dev/null || return 1
	done
	bounded 120 make -s deb BUILD="$build" >"$work/made" 2>&1
	deb=$(compgen -G "$build/falco-run_*.deb")
	needs=$(dpkg-deb -f "$deb" Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/ //g')
	why="debootstrap fails"
	# shellcheck disable=SC1091
	bounded 600 debootstrap --variant=minbase --include="systemd,systemd-sysv,dbus,python3,$needs" \
		"$(. /etc/os-release && echo "${VERSION_CODENAME-}")" "$root" >"$work/out" 2>&1 || return 1
	cp "$deb" "$root/falco-run.deb"
	why="the package is not installed"
	chroot "$root" dpkg -i /falco-run.deb >"$work/out" 2>&1
}
inside() { # command...
	bounded 60 nsenter -t "$machine" -m -u -i -n -p "$@" </dev/null
}
# The init in there, once it is that of the machine: nspawn has other children before.
has_machine() { # nspawn's pid
	local child
	for child in $(children "$1"); do
		grep -qs "^NSpid:.*[[:space:]]1\$" "/proc/$child/status" && grep -qs "^systemd\$" "/proc/$child/comm" && machine=$child
	done
	[ -n "$machine" ]
}
boot() {
	local nspawn
	mkdir -p /run/systemd/nspawn
	mount -t tmpfs none /run/systemd/nspawn
	systemd-nspawn -D "$root" --boot --private-network --register=no --keep-unit --console=pipe \
		>"$work/nspawn" 2>&1 </dev/null &
	nspawn=$!
	why="it does not boot"
	wait_until has_machine $nspawn && wait_until inside systemctl is-active multi-user.target >"$work/out" 2>&1
}
check_unit() {
	local root=$work/machine
	if ! make_machine; then
		skip "web.service under systemd" "$why: $(tail -n 1 "$work/out")"
		return
	fi
	cp "$recipes/web.service" "$root/etc/systemd/system/"
	mkdir -p "$root/srv/www" "$root/etc/systemd/system/multi-user.target.wants"
	ln -s ../web.service "$root/etc/systemd/system/multi-user.target.wants/"
	echo hello >"$root/srv/www/index.html"
	if ! boot; then
		skip "web.service under systemd" "$why: $(tail -n 1 "$work/nspawn")"
		return
	fi
	engine=systemd
	wait_until inside python3 -c 'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:8080/").read())' \
		>"$work/log" 2>&1
	says "web.service serves" hello cat "$work/log"
	inside systemctl stop web.service
	says "web.service is stopped, and did not fail," '^success 15 inactive $' sh -c '
		nsenter -t "$1" -m -u -i -n -p systemctl show web.service --value \
			-p Result -p ExecMainStatus -p ActiveState | tr "\n" " "; echo' - "$machine"
	sed -n -e '/^\[Service\]/p' -e 's|\(^ExecStart=.* -- \).*|ExecStart=\n\1/bin/cat /etc/shadow|p' "$recipes/web.service" >"$work/other"
	inside mkdir -p /run/systemd/system/web.service.d
	cp "$work/other" "/proc/$machine/root/run/systemd/system/web.service.d/other.conf"
	inside systemctl daemon-reload
	inside systemctl start web.service
	wait_until inside sh -c 'journalctl -u web.service -o cat | grep -q Sensitive'
	inside journalctl -u web.service -o cat >"$work/log" 2>&1
	verdict "web.service has its alerts in the journal" \
		"$(alerts list "$work/log" 2>&1 | grep -qx 'Notice | Sensitive file read failed' || echo "none: $(tail -n 5 "$work/log")")"
}
check_unit
exit 0

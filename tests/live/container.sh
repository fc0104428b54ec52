#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What falco-run makes of the container around it: the `container` event at the start,
# mounts and privilege as they are seen from inside, ECS's metadata endpoint asked in
# the background, labels of a CI system. Containers are feigned with variables and
# mount namespaces. And the layers of real overlays, root's and an ordinary user's.
set -u

suite=live
. tests/harness/live.sh "$1"
here=$PWD
cd "$work" || exit 1
cat >container.yaml <<'END'
- rule: Container
  desc: what is known at the start
  condition: evt.type = container and container.id != host
  output: >
    id=%container.id full=%container.full_id type=%container.type name=%container.name
    image=%container.image.repository:%container.image.tag ip=%container.ip
    privileged=%container.privileged etc=%container.mount.dest[/etc]
    pod=%k8s.pod.name ns=%k8s.ns.name proc=%proc.name cluster=%container.label[cluster]
  priority: WARNING
- rule: Label
  desc: a label on a host
  condition: evt.type in (open, openat) and fd.name endswith /watched
  output: id=%container.id repository=%container.label[ci.repository] image=%container.image.repository
  priority: WARNING
END
: >watched
cat >layers.yaml <<'END'
- rule: Layer
  desc: where a program lies
  condition: evt.type = execve and proc.exepath contains layers/
  output: "%proc.exepath upper=%proc.is_exe_upper_layer lower=%proc.is_exe_lower_layer;"
  priority: WARNING
- rule: Layer of a file
  desc: where a file lies
  condition: evt.type in (open, openat) and fd.name contains layers/ and fd.num>=0 and (fd.is_upper_layer=true or fd.is_lower_layer=true)
  output: "FILE %fd.name upper=%fd.is_upper_layer lower=%fd.is_lower_layer;"
  priority: WARNING
END
# An overlay with programs that are old, new, changed and moved, one that is read-only,
# and a bind mount of each kind.
cat >overlay.sh <<'END'
set -e
mount -t tmpfs none layers
cd layers
mkdir low
for name in old changed moved; do cp /bin/true low/$name; done
sleep 0.05
mkdir up work all fixed
mount -t overlay overlay -o lowerdir=low,upperdir=up,workdir=work all
mount -t overlay overlay -o lowerdir=low:work fixed
mkdir bound
mount --bind all bound
cp /bin/true all/new
chmod 700 all/changed
mv all/moved all/elsewhere
exec "$@"
END
mkdir -m 777 layers
chmod 755 .
chmod 644 ./*.yaml overlay.sh

run() { # engine, variables..., command
	local engine=$1
	shift
	bounded 60 env -u container "$@" 2>err </dev/null
}

said() { # name, pattern...
	local name=$1 pattern
	shift
	for pattern in "$@"; do
		if ! grep -qE -- "$pattern" err; then
			fail "$name" "no '$pattern' in: $(cat err)"
			return
		fi
	done
	pass "$name"
}

# All capabilities but CAP_SYS_MODULE, and nothing laid over /proc.
has_everything() {
	local bounding last
	bounding=$(awk '$1 == "CapBnd:" { print $2 }' /proc/self/status)
	last=$(cat /proc/sys/kernel/cap_last_cap)
	[ $((0x$bounding | 1 << 16)) -eq $(((1 << (last + 1)) - 1)) ] &&
		! awk '{ print $5 }' /proc/self/mountinfo | grep -q '^/proc/'
}

endpoint() { # what it does
	rm -f port
	python3 "$here/tests/live/ecs_peer.py" "$1" >port 2>peer.err &
	peer=$!
	wait_for port
	uri=http://127.0.0.1:$(cat port)/v4/me
}

layers() { # root|user, engine
	local name="container: layers of overlays as $1 ($2)"
	local way="unshare -m"
	[ "$1" = root ] || way="unshare -Urm"
	# shellcheck disable=SC2086
	if ! as "$1" $way sh overlay.sh true 2>err; then
		skip "$name" "no overlay can be mounted: $(tail -n 1 err)"
		return
	fi
	# shellcheck disable=SC2086
	as "$1" timeout -k 5 $((60 * slow)) $way sh "$work/overlay.sh" \
		"$falco_run" --engine "$2" -r "$work/layers.yaml" -- \
		sh -c 'for p in all/old all/new all/changed all/elsewhere bound/old bound/new fixed/old; do $p; cat $p >/dev/null; done; cat low/old >/dev/null' \
		2>err </dev/null
	said "$name" '/all/old upper=false lower=true' '/all/new upper=true lower=false' \
		'/all/changed upper=true lower=false' '/all/elsewhere upper=true lower=false' \
		'/bound/old upper=false lower=true' '/bound/new upper=true lower=false' \
		'/fixed/old upper=false lower=true' \
		'FILE .*/all/old upper=false lower=true' 'FILE .*/all/new upper=true lower=false' \
		'FILE .*/all/changed upper=true lower=false' 'FILE .*/all/elsewhere upper=true lower=false' \
		'FILE .*/bound/new upper=true lower=false' 'FILE .*/fixed/old upper=false lower=true'
	verdict "$name: what lies on none" "$(grep 'FILE .*/low/old' err)"
}

for engine in $engines; do
	for who in $users; do
		layers "$who" "$engine"
	done
	watched=("$falco_run" --engine "$engine" -r container.yaml --)

	run "$engine" container=podman FALCO_RUN_CONTAINER_ID=feedfacecafebeef FALCO_RUN_CONTAINER_IMAGE=r/web:2 POD_NAME=p POD_NAMESPACE=n "${watched[@]}" true
	said "container: an event at the start ($engine)" 'id=feedfacecafe full=feedfacecafebeef type=podman' 'image=r/web:2' 'pod=p ns=n proc=true'
	if [ "$(grep -c 'id=feedface' err)" -ne 1 ]; then
		fail "container: one event ($engine)" "$(cat err)"
	else
		pass "container: one event ($engine)"
	fi

	run "$engine" GITHUB_ACTIONS=true GITHUB_REPOSITORY=me/it "${watched[@]}" cat "$work/watched"
	if [ -e /.dockerenv ] || [ -e /run/.containerenv ]; then
		said "container: labels of a CI system ($engine)" 'repository=me/it'
	else
		said "container: labels of a CI system on a host ($engine)" 'id=host repository=me/it'
		verdict "container: a host has no event ($engine)" "$(grep 'full=' err)"
	fi

	endpoint answer
	run "$engine" ECS_CONTAINER_METADATA_URI_V4="$uri" "${watched[@]}" sh -c "sleep 1; cat $work/watched; :"
	said "container: what ECS says arrives while the program runs ($engine)" 'id=cd189a933e58 .*name=web' 'ip=192.0.2.3' 'cluster=blue' 'id=cd189a933e58 .*image=reg/web'
	kill "$peer" 2>/dev/null
	wait "$peer" 2>/dev/null

	endpoint hang
	started=$(date +%s%N)
	run "$engine" ECS_CONTAINER_METADATA_URI_V4="$uri" "${watched[@]}" cat "$work/watched"
	ms=$((($(date +%s%N) - started) / 1000000))
	if [ "$ms" -gt $((1500 * slow)) ]; then
		fail "container: nobody waits for ECS ($engine)" "$ms ms"
	else
		said "container: nobody waits for ECS ($engine)" 'full=.* proc='
	fi
	kill "$peer" 2>/dev/null
	wait "$peer" 2>/dev/null

	if [ "$(id -u)" -ne 0 ]; then
		skip "container: mounts and privilege ($engine)" "only root can feign them"
		continue
	fi
	mkdir -p host
	privileged=false
	has_everything && privileged=true
	run "$engine" container=docker "${watched[@]}" true
	said "container: privilege as it is ($engine)" "privileged=$privileged etc=<NA>"
	run "$engine" container=docker setpriv --bounding-set -sys_rawio "${watched[@]}" true
	said "container: a missing capability is no privilege ($engine)" 'privileged=false'
	run "$engine" container=docker unshare -m sh -c "mount --bind /etc host && exec \"\$@\"" sh "${watched[@]}" true
	said "container: a mount of /etc ($engine)" "etc=$work/host"
	if unshare -m sh overlay.sh true 2>/dev/null; then
		run "$engine" container=docker unshare -m sh overlay.sh "$falco_run" --engine "$engine" --ruleset service -- sh -c 'all/old; all/new'
		said "container: a program that is not of the image ($engine)" 'Program that is not of the image run .*exe=[^ ]*/all/new'
		verdict "container: a program of the image is none ($engine)" "$(grep 'not of the image run .*/all/old' err)"
	fi
done

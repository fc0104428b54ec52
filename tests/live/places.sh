#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Where falco-run has to live: without privilege, with a default container's, in user
# namespaces and sandboxes, with /proc half hidden, under limits that are tight. It works
# there, with the right alert, or says what is missing and runs nothing.
set -u

suite=live
. tests/harness/live.sh "$1"

user=(env)
if [ "$(id -u)" -eq 0 ]; then
	user=(env "HOME=$work/tmp" setpriv --reuid 65534 --regid 65534 --clear-groups)
fi

# What a container gets by default.
default_set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap
default_set=$default_set,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap

# A sensitive file is opened here: one alert of that, the program's status, and nothing
# was hidden from us.
work_in() { # name, command before falco-run...
	local name=$1 engine got
	shift
	if ! bounded 20 "$@" true 2>"$work/why"; then
		skip "$name" "it cannot be made here: $(tail -n 1 "$work/why")"
		return
	fi
	for engine in $engines; do
		bounded 30 "$@" "$falco_run" --engine "$engine" -o json_output=true -- \
			sh -c 'cat /etc/shadow >/dev/null 2>&1; exit 7' >"$work/out" 2>"$work/err" </dev/null
		got="$? $(grep -c '"rule":"[^"]*ensitive file' "$work/err") $(grep -c 'not seen' "$work/err")"
		verdict "$name under $engine: status, alert, and all seen" \
			"$([ "$got" = "7 1 0" ] || echo "status, alerts, complaints $got: $(cat "$work/err")")"
	done
}

# Too little: it says so by this, and does not start the program.
refuse_in() { # name, pattern, command before falco-run...
	local name=$1 pattern=$2 engine
	shift 2
	for engine in $engines; do
		bounded 20 "$@" "$falco_run" --engine "$engine" -- sh -c 'echo ran; exit 7' \
			>"$work/out" 2>"$work/err" </dev/null
		verdict "$name under $engine: says what is missing" \
			"$([ $? -eq 125 ] && grep -q "$pattern" "$work/err" && [ ! -s "$work/out" ] ||
				cat "$work/err" "$work/out")"
	done
}

work_in "an ordinary user" "${user[@]}"
if [ "$(id -u)" -eq 0 ]; then
	work_in "an ordinary user without any capability" \
		"${user[@]}" setpriv --bounding-set=-all --inh-caps=-all --no-new-privs
	work_in "root with a default container's capabilities" \
		setpriv --bounding-set="$default_set" --inh-caps=-all
	work_in "root without any capability" setpriv --bounding-set=-all --inh-caps=-all
	cat >"$work/tmp/hidden" <<-'EOF'
		#!/bin/sh
		mount -t proc -o hidepid=2 proc /proc && exec "$@"
	EOF
	chmod 755 "$work/tmp/hidden"
	work_in "a /proc that hides others" \
		unshare --mount "$work/tmp/hidden" "${user[@]}"
	work_in "a pid namespace" unshare --pid --fork --mount-proc
fi
work_in "a user namespace" "${user[@]}" unshare --user --map-root-user
if command -v bwrap >/dev/null; then
	work_in "bubblewrap" "${user[@]}" bwrap --ro-bind / / --dev /dev --proc /proc --unshare-all
	work_in "bubblewrap that maps root" \
		"${user[@]}" bwrap --ro-bind / / --dev /dev --proc /proc --unshare-all --uid 0 --gid 0
else
	skip "bubblewrap" "bwrap is not installed"
fi

# Descriptors: the monitor takes what the hard limit gives, the program has its own.
work_in "20 open files" "${user[@]}" prlimit --nofile=20
work_in "14 open files of 64" "${user[@]}" prlimit --nofile=14:64
refuse_in "19 open files" 'RLIMIT_NOFILE is 19, .* needs 20' "${user[@]}" prlimit --nofile=19
refuse_in "12 open files" 'RLIMIT_NOFILE is 12, .* needs 20' "${user[@]}" prlimit --nofile=12
refuse_in "4 open files" 'RLIMIT_NOFILE' "${user[@]}" prlimit --nofile=4
for engine in $engines; do
	for place in "" --in-place; do
		# shellcheck disable=SC2086
		got=$(bounded 20 "${user[@]}" prlimit --nofile=30:64 "$falco_run" $place --engine "$engine" -q -- \
			sh -c 'ulimit -Sn; ulimit -Hn' 2>&1 | tr '\n' ' ')
		verdict "the program's limit of open files is its own under $engine $place" \
			"$([ "$got" = "30 64 " ] || echo "$got")"
	done
	# More processes than descriptors: each is known all the same.
	bounded 60 "${user[@]}" prlimit --nofile=20 "$falco_run" --engine "$engine" -o json_output=true -- \
		sh -c 'for i in 1 2 3 4 5 6 7 8; do for j in 1 2 3 4 5; do
			(cat /etc/shadow; sleep 1) & done; done; wait' >"$work/out" 2>"$work/err"
	got=$(grep -a -o '"proc.cmdline":"[^"]*","proc' "$work/err" | sort | uniq -c | tr '\n' ' ')
	got="$(grep -c '"rule":"[^"]*ensitive file' "$work/err") $(grep -c 'proc.name":null' "$work/err")"
	verdict "20 open files, 40 processes: all alerts are there and whole under $engine" \
		"$([ "$got" = "40 0" ] || echo "$got: $(tail -n 3 "$work/err")")"
done

# Processes are counted for the user: one that nobody else is.
if [ "$(id -u)" -eq 0 ]; then
	alone=(setpriv --reuid 64998 --regid 64998 --clear-groups)
	work_in "10 processes" "${alone[@]}" prlimit --nproc=10
	refuse_in "one process" 'RLIMIT_NPROC' "${alone[@]}" prlimit --nproc=1
	refuse_in "two processes" 'RLIMIT_NPROC' "${alone[@]}" prlimit --nproc=2
	for engine in $engines; do
		bounded 20 "${alone[@]}" prlimit --nproc=5 "$falco_run" --engine "$engine" -- true 2>"$work/err"
		verdict "five processes under $engine: says what it takes of them" \
			"$(grep -q 'RLIMIT_NPROC is 5: .*about 7' "$work/err" || cat "$work/err")"
	done
fi

# A set-user-ID program runs without its privilege where no_new_privs must be set, once.
if [ "$(id -u)" -eq 0 ]; then
	cp "$(command -v cat)" "$work/tmp/suid"
	chmod 4755 "$work/tmp/suid"
	for engine in $engines; do
		bounded 20 "${user[@]}" "$falco_run" --engine "$engine" -- \
			sh -c "$work/tmp/suid /etc/hostname" >/dev/null 2>"$work/err"
		verdict "a set-user-ID program of an ordinary user is named under $engine" \
			"$(grep -q 'not seen:.*1 set-user-ID program ' "$work/err" || cat "$work/err")"
		bounded 20 "$falco_run" --engine "$engine" -- \
			setpriv --reuid 65534 --regid 65534 --clear-groups "$work/tmp/suid" /etc/shadow >"$work/out" 2>"$work/err"
		verdict "with privilege it keeps its own under $engine" \
			"$([ -s "$work/out" ] && ! grep -q 'set-user-ID' "$work/err" || cat "$work/err")"
	done
fi
# Yama's first rule by construction: whoever attaches, or reads memory, is an ancestor.
if [ -n "${SANITIZE-}" ]; then
	skip "who is attached to is a descendant" "a sanitizer wants to be loaded first"
elif cp "$build/tests/live/ancestors" "$build/tests/live/torture/"{orphans,exec_thread,vfork} "$work/tmp/" 2>"$work/why"; then
	printf -- '- rule: all\n  desc: d\n  condition: evt.type in (openat, execve, clone, clone3, vfork)\n  output: x\n  priority: NOTICE\n' \
		>"$work/tmp/all.yaml"
	for engine in $engines; do
		for name in orphans exec_thread vfork; do
			rm -f "$work/tmp/asked"
			bounded 60 "${user[@]}" env ANCESTORS="$work/tmp/asked" LD_PRELOAD="$work/tmp/ancestors" "$falco_run" \
				--wait-all --engine "$engine" -r "$work/tmp/all.yaml" -- "$work/tmp/$name" >"$work/out" 2>&1 </dev/null
			got=$?
			verdict "who is attached to in $name under $engine is a descendant, $(wc -l <"$work/tmp/asked") times" \
				"$([ $got -eq 0 ] || echo "status $got"; grep -v '^ok$' "$work/tmp/asked" | head -n 3)"
		done
	done
else
	skip "who is attached to is a descendant" "$(cat "$work/why")"
fi
exit 0

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# As the entrypoint of a container: under an OCI runtime (Debian's runc, or crun) with
# what container engines give by default, Docker's seccomp profile and capabilities, and
# under Kubernetes' restricted profile (oci/bundle.py), and what the sample of a systemd
# unit leaves it. No more is asked for: the probe finds both live engines, and the samples
# give their alerts. The system is there by its /usr; the rest of the root is made here.
# The image of the bundle is what it should be, and works beside nothing but a static program.
set -u

suite=live
. tests/harness/live.sh "$1"

# --- The image ---
check_image() {
	local image archive
	image=$(sed -n "s|^VERSION := \(.*\)|$build/falco-run-\1.oci.tar|p" GNUmakefile)
	rm -f "$image"
	bounded 300 make -s image BUILD="$build" >"$work/made" 2>&1
	verdict "make image" "$([ -s "$image" ] || tail -n 3 "$work/made")"
	mv "$image" "$work/first.tar"
	bounded 300 make -s image BUILD="$build" >"$work/made" 2>&1
	verdict "two images of a commit are equal" "$(cmp "$image" "$work/first.tar" 2>&1)"
	verdict "the image has at most 12 MB" "$([ "$(stat -c %s "$image")" -le 12000000 ] || ls -l "$image")"
	mkdir "$work/empty"
	verdict "every digest and size in the image is right" "$(python3 tests/live/oci/image.py "$image" "$work/empty" 2>&1)"
	for archive in oci-archive docker-archive; do
		if command -v skopeo >/dev/null; then
			verdict "skopeo copies it as $archive" "$(bounded 60 skopeo --insecure-policy copy \
				"$archive:$image" "dir:$work/$archive" 2>&1 >/dev/null)"
		fi
	done
}
if [[ $build != *sanitize* ]]; then
	check_image
fi

# --- Containers ---
runtime=
for name in runc crun; do
	PATH=$PATH:/usr/sbin command -v $name >/dev/null && runtime=$name && break
done
if [ -z "$runtime" ]; then
	skip oci "there is neither runc nor crun"
	exit 0
fi
PATH=$PATH:/usr/sbin
if [ "$(id -u)" -ne 0 ]; then
	skip oci "making containers as they are in production takes root"
	exit 0
fi

root=$work/root
mkdir -p "$root"/{etc,usr,proc,dev,sys,work}
mkdir -m 1777 "$root/tmp"
for name in bin sbin lib lib64; do
	ln -s "usr/$name" "$root/$name"
done
printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'app:x:1000:1000::/tmp:/bin/sh' >"$root/etc/passwd"
echo 'root:*:1::::::' >"$root/etc/shadow"
chmod 640 "$root/etc/shadow"
cp /etc/ld.so.cache "$root/etc/"

binds=(/usr:/usr "$work:/work")

# Runs a command in a fresh container; falco-run and the samples are at /work.
contain() { # profile, command...
	local profile=$1
	shift
	rm -rf "$work/bundle"
	mkdir "$work/bundle"
	python3 tests/live/oci/bundle.py "$profile" "$root" "${binds[@]}" -- "$@" \
		>"$work/bundle/config.json"
	bounded 60 $runtime --root "$work/state" run --bundle "$work/bundle" "falco-run-$$" </dev/null
}

if ! contain docker /bin/echo here >"$work/out" 2>&1; then
	skip oci "$runtime makes no container here: $(tail -n 2 "$work/out")"
	exit 0
fi

# The mechanism that the JSON of the probe names, for these engines.
works() { # mechanism...
	python3 - "$work/out" "$@" <<-'EOF'
		import json, sys
		probe = json.load(open(sys.argv[1]))
		bad = [m for m in sys.argv[2:] if not probe["mechanisms"][m]["works"]]
		print(*(bad + ["engine " + probe["engine"]] * (probe["engine"] != "notify")))
	EOF
}

# The samples' part of a container's life: each by itself, with its name before, where
# alerts go too (a runtime has a pipe for each stream).
cat >"$work/bin/samples" <<'END'
#!/bin/sh
engine=$1
shift
for sample; do
	echo "== $sample" >&2
	/work/bin/falco-run --engine "$engine" -q -o json_output=true -- "/work/samples/$sample"
done
END
chmod 755 "$work/bin/samples"
expect_sample() { # profile, engine, sample, where
	local wanted=samples/$3.alerts
	if [ "${1#docker}" = "$1" ] && [ -e "samples/$3.user.alerts" ]; then
		wanted=samples/$3.user.alerts
	fi
	verdict "sample $3 under $2 and profile $1${4-}" "$(alerts expect "$work/log" "$wanted" 2>&1)"
}

profiles="docker docker-old restricted"
if command -v systemd-analyze >/dev/null; then
	profiles="$profiles unit"
else
	skip "the SystemCallFilter of samples/deploy/web.service" "there is no systemd-analyze to spell it out"
fi
for profile in $profiles; do
	contain $profile /bin/sh -c 'grep Seccomp: /proc/self/status; unshare -m true; echo $?' >"$work/out" 2>&1
	verdict "profile $profile is in force" \
		"$(grep -q 'Seccomp:.2' "$work/out" && grep -q 'unshare.*not permitted' "$work/out" || cat "$work/out")"
	contain $profile /work/bin/falco-run --probe=json >"$work/out" 2>&1
	verdict "the probe finds notify and trace under profile $profile" \
		"$(works user_notification wait_killable seccomp_trace ptrace_seize confirm_quick confirm_clean 2>&1)"
	contain $profile /work/bin/falco-run -q -- sh -c 'exit 7' >"$work/out" 2>&1
	got=$?
	verdict "a status under profile $profile" "$([ $got -eq 7 ] || echo "it is $got: $(tail -n 3 "$work/out")")"
	for engine in notify trace; do
		contain $profile /work/bin/falco-run --engine $engine -q -o json_output=true -- \
			/work/samples/read_shadow >"$work/log" 2>&1
		expect_sample $profile $engine read_shadow
		case $profile in docker | restricted) ;; *) continue ;; esac
		contain $profile /work/bin/samples $engine shell_spawn reverse_shell drop_and_run quiet >"$work/all" 2>&1
		for sample in shell_spawn reverse_shell drop_and_run quiet; do
			sed -n "/^== $sample\$/,/^==/p" "$work/all" >"$work/log"
			if [ -s "$work/log" ]; then
				expect_sample $profile $engine $sample
			else
				fail "sample $sample under $engine and profile $profile" "$(tail -n 3 "$work/all")"
			fi
		done
	done
done

# --- The image, beside a static program ---
[ -d "$work/empty/falco-run" ] || exit 0
root=$work/empty binds=()
mkdir -p "$root"/{etc,proc,dev,sys}
mkdir -m 1777 "$root/tmp"
cp -p "$work/root/etc"/{passwd,shadow} "$root/etc/"
if ! ${CC:-cc} -static -O1 -pthread -D_GNU_SOURCE -o "$root/read_shadow" samples/read_shadow.c 2>"$work/why"; then
	skip "the image beside a static program" "$(tail -n 1 "$work/why")"
	exit 0
fi
for profile in docker restricted; do
	for engine in notify trace; do
		contain $profile /falco-run/falco-run --engine $engine -q -o json_output=true -- \
			/read_shadow >"$work/log" 2>&1
		expect_sample $profile $engine read_shadow " from the image"
	done
done
exit 0

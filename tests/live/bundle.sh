#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What is copied into somebody's image: the static program and the bundle, in root file
# systems in which there is nothing of ours, read-only and without /tmp where the sandbox
# can, by chroot, bubblewrap and gVisor. They give the samples' alerts there, are small,
# start as fast as the installed program, and nothing of them is passed on to the program.
#
# LONG=1: also a root with musl, one of another release of Debian (by debootstrap), the
# door of another processor, and two builds in two folders, which must be equal.
set -u

suite=live
. tests/harness/live.sh "$1"

not_sanitized bundle
PATH=$PATH:/usr/sbin:/sbin
if ! bounded 300 make -s BUILD="$build" bundle static >"$work/made" 2>&1; then
	fail "make bundle static" "$(tail -n 3 "$work/made")"
	exit 0
fi
verdict "the linker warns of nothing" "$(grep -i warning "$work/made")"
tarball=$(compgen -G "$build/falco-run-*.tar.gz")

at_most() { # name, file, bytes
	local size
	size=$(stat -c %s "$2")
	verdict "$1 is no larger than $3 bytes" "$([ "$size" -le "$3" ] || echo "$size")"
}
at_most "the static program" "$build/static/falco-run" 3000000
at_most "the bundle" "$tarball" 12000000
at_most "the bundle's door" "$build/pack/start" 8192

# --- Root file systems ---
# Each holds both forms in /opt, and in /app samples that need no library.
forms="static/falco-run bundle/falco-run"
mkdir -p "$work/opt/static" "$work/opt/bundle" "$work/app"
cp "$build/static/falco-run" "$work/opt/static/"
tar -C "$work/opt/bundle" --strip-components=1 -xzf "$tarball"
for sample in read_shadow odd_listener; do
	${CC:-cc} -D_GNU_SOURCE -static -o "$work/app/$sample" "samples/$sample.c"
done
# "name package version" for each; libraries that must be among them.
licences_in() { # folder, library...
	local folder=$1 library package
	shift
	for library in "$@"; do
		grep -qE "^$library [^ ]+ [^ ]+$" "$folder/libraries" || echo "$library is not listed"
	done
	while read -r _ package _; do
		[ -s "$folder/$package" ] || echo "no licence of $package"
	done <"$folder/libraries"
	[ -s "$folder/falco-run" ] || echo "no licence of falco-run"
	ls "$folder"/common-licenses/LGPL* >/dev/null
}
if command -v dpkg >/dev/null; then
	mapfile -t libraries < <(cd "$work/opt/bundle/lib" && ls -- *.so*)
	mapfile -t linked < <(pkg-config --static --libs libseccomp yaml-0.1 json-c libcap libpcre2-8 |
		grep -oE -- '-l(seccomp|yaml|json-c|cap|pcre2-8)\b' | sort -u | sed 's/^-l\(.*\)/lib\1.a/')
	verdict "the licence of every library is in the bundle" \
		"$(licences_in "$work/opt/bundle/licences" "${libraries[@]}" "${linked[@]}" 2>&1)"
	verdict "the licence of every library is beside the static program" \
		"$(licences_in "$build/static/licences" libc.a "${linked[@]}" 2>&1; [ ${#linked[@]} -eq 5 ] || echo "${linked[@]}")"
else
	skip "the licence of every library" "there is no dpkg"
fi
verdict "the bundle says what to do with it" "$(grep -q 'DIR/falco-run -- ./app' "$work/opt/bundle/README" || echo no)"
verdict "the bundle lists what it has" "$(cd "$work/opt/bundle" &&
	find lib -type f ! -path lib/files | sort | diff - lib/files)"

# --- The door ---
door() { # name, what is done to a copy of the bundle, what its door must say, way...
	local door=$work/door got
	rm -rf "$door"
	cp -a "$work/opt/bundle" "$door"
	(cd "$door" && eval "$2")
	"${@:4}" timeout -k 5 $((20 * slow)) "$door/falco-run" --version >"$work/out" 2>&1
	got=$?
	verdict "$1" "$([ $got -eq 125 ] && grep -q "^falco-run: .*$3" "$work/out" || echo "$got: $(head -n 3 "$work/out")")"
	chmod -R u+rwX "$door"
}
whole='No such file or directory: is the bundle whole?$'
door "a library that lacks is not the machine's" 'rm lib/libc.so.6' "/lib/libc.so.6: $whole"
door "a library that is loaded later, too" 'rm lib/libmicrohttpd.so.12' "/lib/libmicrohttpd.so.12: $whole"
door "a bundle without its loader" 'rm -r lib/loader' "/lib/loader/falco-run: $whole"
door "a bundle without lib" 'rm -r lib' "/lib/files: $whole"
door "a folder that is closed to who runs it" 'chmod 0 lib' 'Permission denied: who runs the bundle' as_user
door "a library that is closed to who runs it" 'chmod 0 lib/libc.so.6' 'lib/libc.so.6: Permission denied: who runs' as_user
rm -rf "$work/door"

# --- Wherever it is, and whatever it is called by ---
odd=$work/'odd: $ORIGIN "folder" of ours'
mkdir -p "$odd/another"
cp -a "$work/opt/bundle" "$odd/"
ln -s bundle/falco-run "$odd/link"
ln -s ../link "$odd/another/falco-run"
runs() { # name, where, command...
	local got
	(cd "$odd/$2" && bounded 20 "${@:3}" -q -- sh -c 'exit 7') >"$work/out" 2>&1 </dev/null
	got=$?
	verdict "the bundle runs $1" "$([ $got -eq 7 ] && [ ! -s "$work/out" ] || echo "$got: $(cat "$work/out")")"
}
runs "in a folder with an odd name" / "$odd/bundle/falco-run"
runs "by a relative name" . bundle/falco-run
runs "by a roundabout name" another ../bundle/lib/../falco-run
runs "by a link" . ./link
runs "by a link to a link" bundle "$odd/another/falco-run"
runs "by PATH" . env PATH="another:$PATH" falco-run
runs "with another name as its argument" . bash -c 'exec -a "a name" bundle/falco-run "$@"' -
runs "with an empty name as its argument" . bash -c 'exec -a "" ./link "$@"' -
runs "without an environment" . env -i "$odd/bundle/falco-run"
rm -rf "$odd"

new_root() { # name
	root=$work/root-$1
	mkdir -p "$root/proc" "$root/dev"
	cp -al "$work/opt" "$work/app" "$root/"
}
add_users() {
	mkdir -p "$root/etc"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	echo 'root:*:1::::::' >"$root/etc/shadow"
	echo '127.0.0.1 localhost' >"$root/etc/hosts"
	chmod 640 "$root/etc/shadow"
}
add_busybox() {
	mkdir -p "$root/bin"
	cp "$(command -v busybox)" "$root/bin/"
	for name in sh cat env tr readlink; do
		ln -s busybox "$root/bin/$name"
	done
}

# --- Ways into them ---
default_set=chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service
default_set=$default_set,net_raw,sys_chroot,mknod,audit_write,setfcap

# Sets `way`, the command before a command, and `who` that is there; 1: there is no such
# way here.
into() { # way
	local sandbox=(--unshare-pid --ro-bind "$root" / --proc /proc --dev /dev --)
	who=root
	# shellcheck disable=SC2016
	way=(unshare -m --propagation private sh -c
		'mount --bind /proc "$1/proc" && shift && exec "$@"' - "$root")
	case $1 in
	chroot) way+=(chroot "$root") ;;
	"chroot, default capabilities")
		way+=(setpriv --bounding-set="-all,+${default_set//,/,+}" --inh-caps=-all chroot "$root")
		;;
	"bwrap, ordinary user")
		way=(bwrap --unshare-user "${sandbox[@]}")
		[ "$(id -u)" -ne 0 ] || way=(setpriv --reuid 65534 --regid 65534 --clear-groups "${way[@]}")
		who=user
		;;
	"bwrap, default capabilities")
		way=(bwrap --cap-drop ALL)
		for name in ${default_set//,/ }; do
			way+=(--cap-add "CAP_${name^^}")
		done
		way+=("${sandbox[@]}")
		;;
	gVisor) way=(runsc --rootless --platform=ptrace --network=none "do" -root "$root") ;;
	esac
	if [ "$(id -u)" -ne 0 ] && [ -e "$root/etc/shadow" ]; then
		# it is ours here, and an ordinary user may not read it
		chmod "$([ $who = user ] && echo 0 || echo 640)" "$root/etc/shadow"
	fi
	bounded 60 "${way[@]}" /opt/static/falco-run --version >"$work/why" 2>&1 </dev/null
}
ways=("bwrap, ordinary user" gVisor)
if [ "$(id -u)" -eq 0 ]; then
	ways=(chroot "chroot, default capabilities" "bwrap, ordinary user" "bwrap, default capabilities" gVisor)
fi

# That a file is new says nothing here: all are.
options=(-q -o json_output=true -o "rules[].disable.rule=Dropped program run")

# A sample's alerts, in a root, by a way, of both forms.
sample() { # root, way, sample, command that is it
	local form wanted=samples/$3.alerts name="$3 in $1 by $2"
	if [ "$who" = user ] && [ -e "samples/$3.user.alerts" ]; then
		wanted=samples/$3.user.alerts
	fi
	for form in $forms; do
		# through a pipe: gVisor gives each descriptor of a file a place of its own
		bounded 60 "${way[@]}" "/opt/$form" "${options[@]}" -- "${@:4}" 2>&1 </dev/null | cat >"$work/log"
		verdict "$name: ${form%/*}" "$(alerts expect "$work/log" "$wanted" 2>&1)"
	done
}
samples_in() { # root, sample...
	local way_name name
	root=$work/root-$1
	for way_name in "${ways[@]}"; do
		if into "$way_name"; then
			for name in "${@:2}"; do
				sample "$1" "$way_name" "$name" "/app/$name"
			done
		else
			skip "the root $1 by $way_name" "it cannot be made here: $(tail -n 1 "$work/why")"
		fi
	done
}

new_root empty
samples_in empty odd_listener

if ! command -v busybox >/dev/null || readelf -l "$(command -v busybox)" | grep -q INTERP; then
	skip "a root with busybox" "there is no static busybox (Debian's package busybox-static)"
	exit 0
fi
new_root busybox
add_users
add_busybox
# These are for programs of that root.
mkdir "$root/none"
for name in libc.so.6 libcurl.so.4 libmicrohttpd.so.12 libunwind-ptrace.so.0; do
	echo 'no library' >"$root/none/$name"
done
echo /none/libc.so.6 >"$root/etc/ld.so.preload"
samples_in busybox read_shadow

# --- What the program gets of the bundle: nothing ---
root=$work/root-busybox
way=()
into chroot || into "bwrap, ordinary user" || way=()
if [ ${#way[@]} -eq 0 ]; then
	skip "what the program gets of the bundle" "there is no way into a root here"
	exit 0
fi
# shellcheck disable=SC2016
show='env; cd /proc/self/fd; echo *; exit 7'
show_in() { # program...
	bounded 60 "${way[@]}" /bin/env -i PATH=/bin LD_PRELOAD=/none/libc.so.6 LD_LIBRARY_PATH=/none A= \
		"$@" sh -c "$show" >"$work/shown" 2>"$work/err" </dev/null
	echo "status $?" >>"$work/shown"
}
show_in
cp "$work/shown" "$work/alone"
for form in $forms; do
	show_in "/opt/$form" -q --
	verdict "environment, descriptors and status are as without it: ${form%/*}" \
		"$(diff "$work/alone" "$work/shown" && cat "$work/err")"
done
# shellcheck disable=SC2016
mirror='cd /proc/$PPID; readlink exe; cat comm; tr "\0" " " <cmdline; echo'
look_in() { # program
	bounded 60 "${way[@]}" "$1" "${options[@]}" -- sh -c "$mirror" </dev/null 2>/dev/null
}
{
	# others may not look where the monitor's program is
	[ "$(id -u)" -ne 0 ] || echo /opt/bundle/lib/falco-run
	echo falco-run
	echo "/opt/bundle/falco-run ${options[*]} -- sh -c $mirror "
} >"$work/shown"
verdict "ps shows a falco-run, /proc its program: bundle" \
	"$(look_in /opt/bundle/falco-run | diff "$work/shown" -)"
# The number that the loader is opened as.
bounded 60 "${way[@]}" /opt/bundle/falco-run "${options[@]}" -- /app/read_shadow >"$work/log" 2>&1 97</dev/null
verdict "also where the loader's descriptor is taken" \
	"$(grep -q '^{.*"rule":"Sensitive file read' "$work/log" || cat "$work/log")"

if [ "$(id -u)" -eq 0 ]; then
	ln -sf /opt/bundle/falco-run "$root/app/link"
	ln -sf ../app/link "$root/bin/link"
	for name in /opt/bundle/falco-run /app/link /bin/link; do
		verdict "the bundle's door opens without /proc: $name" \
			"$(bounded 60 chroot "$root" $name --version 2>&1 | grep -q '^Falco version' || echo it does not)"
	done
	for form in $forms; do
		bounded 60 chroot "$root" "/opt/$form" -- /app/read_shadow >"$work/log" 2>&1
		got=$?
		verdict "without /proc nothing is run, and it is said what to mount: ${form%/*}" \
			"$([ $got -eq 125 ] && grep -q 'mount -t proc proc /proc' "$work/log" || echo "status $got: $(cat "$work/log")")"
	done
	cp "$root/opt/bundle/falco-run" "$root/app/copy"
	verdict "a copy of it alone says why it does not" \
		"$(bounded 60 chroot "$root" /app/copy --version 2>&1 | grep -q 'lib/files: .*/proc is not mounted' || echo it does not)"
	rm "$root/app/link" "$root/app/copy" "$root/bin/link"
fi

# --- What each can do ---
bounded 60 "${way[@]}" /bin/env LD_LIBRARY_PATH=/none LD_PRELOAD=/none/libc.so.6 /opt/bundle/falco-run \
	-q -o http_output.enabled=true -o http_output.url=http://localhost:9/ \
	-o webserver.enabled=true -o webserver.listen_port=18777 -o falco_run.stack.enabled=true -- \
	/app/read_shadow >"$work/log" 2>&1 </dev/null
verdict "the bundle has http_output and names of frames" \
	"$(grep -q 'output http: .*Failed to connect' "$work/log" &&
		grep -q 'stack=[a-z_]*open+0x' "$work/log" || cat "$work/log")"
bounded 60 "${way[@]}" /opt/static/falco-run -o stdout_output.enabled=false -o http_output.enabled=true \
	-o http_output.url=http://localhost:9/ -- /app/read_shadow >"$work/log" 2>&1 </dev/null
got=$?
verdict "the static program says who has http_output" \
	"$([ $got -eq 125 ] && grep -q 'is static.*use the bundle' "$work/log" || echo "status $got: $(cat "$work/log")")"
verdict "--version names what the static program lacks" \
	"$("$build/static/falco-run" --version | grep -q '^Static: *without http_output, webserver' || echo it does not)"

# --- How fast they start ---
# The best of many: the rest is what else the machine does, before which we go if we may.
first=(chrt -f 50)
"${first[@]}" true 2>/dev/null || first=()
start_once() { # program, file: appends microseconds to it
	local begin=${EPOCHREALTIME/./}
	"${first[@]}" "$1" -q -- /bin/true </dev/null >/dev/null 2>&1
	echo $((${EPOCHREALTIME/./} - begin)) >>"$2"
}
best_of() { # file
	sort -n "$1" | head -n 1
}
measure() {
	local i plain static bundle late=1000
	rm -f "$work"/took.*
	for ((i = 0; i < 25; i++)); do
		start_once "$falco_run" "$work/took.plain"
		start_once "$work/opt/static/falco-run" "$work/took.static"
		start_once "$work/opt/bundle/falco-run" "$work/took.bundle"
	done
	plain=$(best_of "$work/took.plain") static=$(best_of "$work/took.static") bundle=$(best_of "$work/took.bundle")
	started="installed $plain us, static $static us, bundle $bundle us"
	# where a start takes more than 20 ms, the machine is slower at everything
	[ $((plain / 20)) -le $late ] || late=$((plain / 20))
	[ "$static" -le $((plain + late)) ] && [ "$bundle" -le $((plain + late)) ]
}
if [ ${#first[@]} -eq 0 ] && [ "${load%.*}" -ge $(($(nproc) * 2)) ]; then
	skip "they start no later than the installed program" "the machine is busy: load $load"
else
	measure || measure || measure
	got=$?
	verdict "they start no later than the installed program, 1 ms at most" "$([ $got -eq 0 ] || echo "$started")"
	echo "     $started"
fi

if [ -z "${LONG-}" ]; then
	exit 0
fi

# --- The door of another processor ---
# Scripts stand for what it starts: these the emulator's kernel runs as well.
for other in aarch64 x86_64; do
	[ $other != "$(uname -m)" ] || continue
	if ! command -v $other-linux-gnu-gcc >/dev/null || ! command -v qemu-$other-static >/dev/null; then
		skip "the door for $other" "there is no $other-linux-gnu-gcc, or no qemu-$other-static"
		continue
	fi
	door=$work/door-$other
	mkdir -p "$door/build" "$door/lib/loader"
	touch "$door/build/.packages"
	verdict "the door for $other is built" "$(make -s DEVELOPER=1 CC=$other-linux-gnu-gcc BUILD="$door/build" \
		"$door/build/pack/start" 2>&1 >/dev/null)"
	cp "$door/build/pack/start" "$door/falco-run"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nshift $(($# - 2))\necho "${0##*/lib/} $* of $A"\nexit 7\n' |
		tee "$door/lib/falco-run" >"$door/lib/loader/falco-run"
	chmod 755 "$door/lib/falco-run" "$door/lib/loader/falco-run"
	printf '%s\n' lib/falco-run lib/loader/falco-run >"$door/lib/files"
	A=b bounded 20 qemu-$other-static "$door/falco-run" 1 2 >"$work/out" 2>&1
	verdict "the door for $other starts the program" "$([ $? -eq 7 ] && grep -qx 'falco-run 1 2 of b' "$work/out" ||
		echo "it does not: $(cat "$work/out")")"
	A=b bounded 20 qemu-$other-static "$door/falco-run" 1 2 >"$work/out" 2>&1 97</dev/null
	verdict "the door for $other starts the loader" "$([ $? -eq 7 ] && grep -qx 'loader/falco-run 1 2 of b' "$work/out" ||
		echo "it does not: $(cat "$work/out")")"
	rm "$door/lib/loader/falco-run"
	bounded 20 qemu-$other-static "$door/falco-run" >"$work/out" 2>&1
	verdict "the door for $other says what lacks" "$([ $? -eq 125 ] && grep -q "/lib/loader/falco-run: $whole" "$work/out" ||
		echo "it does not: $(cat "$work/out")")"
done

# --- A root with musl, and one of another Debian ---
if command -v musl-gcc >/dev/null; then
	new_root musl
	add_users
	add_busybox
	mkdir -p "$root/lib"
	rm -r "$root/app"
	mkdir "$root/app"
	for sample in read_shadow odd_listener; do
		musl-gcc -D_GNU_SOURCE -o "$root/app/$sample" "samples/$sample.c"
	done
	loader=$(readelf -l "$root/app/read_shadow" | sed -n 's/.*interpreter: \(.*\)]/\1/p')
	cp -L "$loader" "$root$loader"
	samples_in musl read_shadow odd_listener
else
	skip "a root with musl" "there is no musl-gcc (Debian's package musl-tools)"
fi
# shellcheck disable=SC1091
release=$(. /etc/os-release && [ "${VERSION_CODENAME-}" = trixie ] && echo bookworm || echo trixie)
if ! command -v debootstrap >/dev/null || [ "$(id -u)" -ne 0 ]; then
	skip "a root of Debian $release" "it takes debootstrap and root"
elif new_root debian && ! timeout 600 debootstrap --variant=minbase "$release" "$root" >"$work/log" 2>&1; then
	skip "a root of Debian $release" "debootstrap fails: $(tail -n 1 "$work/log")"
else
	samples_in debian read_shadow
	into chroot
	for form in $forms; do
		bounded 60 "${way[@]}" "/opt/$form" "${options[@]}" -- sh -c 'cat /etc/shadow' 2>&1 </dev/null | cat >"$work/log"
		verdict "programs of Debian $release itself: ${form%/*}" \
			"$(alerts list "$work/log" | grep -qx 'Warning | Sensitive file read' || cat "$work/log")"
	done
fi

# --- Two builds ---
unset CFLAGS LDFLAGS CPPFLAGS BUILD
export SOURCE_DATE_EPOCH=1700000000
targets="bundle static image"
command -v dpkg-shlibdeps >/dev/null && targets="$targets deb"
for folder in one "another/with blanks"; do
	mkdir -p "$work/build/$folder"
	tar -c --exclude=./build --exclude=./.git . | tar -C "$work/build/$folder" -x
	# shellcheck disable=SC2086
	(cd "$work/build/$folder" && make -s -j"$(nproc)" CC=cc $targets >/dev/null 2>&1 &&
		sha256sum build/static/falco-run build/falco-run[-_]*.*[rbz]) >"$work/sums.${folder%%/*}"
done
verdict "two builds in two folders are equal" "$(diff "$work/sums.one" "$work/sums.another")"
verdict "they made all of it: $targets" "$([ "$(wc -l <"$work/sums.one")" -eq "$(wc -w <<<"$targets")" ] ||
	cat "$work/sums.one")"
sed 's/^/     /' "$work/sums.one"
exit 0

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Gathers the bundle: the program with its loader and every library that it loads, a list
# of these (start.c reads it), the rules that are built in and a README (for reading), and
# the licences of all that (licences.sh). Owners, times and order are fixed, so that two
# builds are equal.
#
#   bundle.sh PARTS FOLDER EPOCH LINKED...
#
# PARTS has program and start; LINKED is what was linked into the program. Writes FOLDER
# and FOLDER.tar.gz.
set -euo pipefail
umask 022
export LC_ALL=C

parts=$1 folder=$2 epoch=$3
shift 3
linked=("$@")
here=$(dirname "$0")

# Loaded by name when the configuration asks (curl.c, webserver.c, stack.c): Debian's
# package, and files of which the first is taken that is there.
loaded=("libcurl4 libcurl.so.4 libcurl-gnutls.so.4" "libmicrohttpd12 libmicrohttpd.so.12"
	"libunwind8 libunwind-ptrace.so.0" "libunwind8 libunwind-$(uname -m).so.8" "liblzma5 liblzma.so.5")

complain() {
	echo "bundle: $*" >&2
	exit 1
}

# Where the linker finds libraries of ours; the loader's cache knows the rest.
path_of() { # package, soname...
	local name path
	for name in "${@:2}"; do
		path=$(/sbin/ldconfig -p | sed -n "s|^\t$name (.*) => ||p" | head -n 1)
		if [ -n "$path" ]; then
			echo "$path"
			return 0
		fi
	done
	complain "there is no ${*:2} (Debian's package $1): make demo installs what is missing, where it may"
}

# A file and the libraries that it needs, theirs too. ldd runs the loader that the file
# names, and the program's is not there: the machine's own is asked.
interpreter=$(LC_ALL=C readelf -l /bin/sh | sed -n 's/.*program interpreter: \(.*\)]/\1/p')
closure() { # file
	"$interpreter" --list "$1" | sed -n 's|.* => \(/[^ ]*\) .*|\1|p'
}

copy() { # mode, file, to
	install -D -m "$1" "$2" "$folder/$3"
}

rm -rf "$folder" "$folder.tar.gz"
mkdir -p "$folder"
copy 755 "$parts/start" falco-run
copy 755 "$parts/program" lib/falco-run
# What an image's /etc/ld.so.preload names is for its programs, not for us (start.c).
[ "$(LC_ALL=C grep -ao /etc/ld.so.preload "$interpreter" | wc -l)" -eq 1 ] || complain "$interpreter has not /etc/ld.so.preload once, to be taken out"
LC_ALL=C sed 's|/etc/ld\.so\.preload|\x00etc/ld.so.preload|' "$interpreter" >"$parts/loader"
copy 755 "$parts/loader" lib/loader/falco-run
libraries=("$parts/program")
for row in "${loaded[@]}"; do
	read -ra names <<<"$row"
	library=$(path_of "${names[@]}")
	libraries+=("$library")
done
{
	printf '%s\n' "${libraries[@]:1}"
	for library in "${libraries[@]}"; do
		closure "$library"
	done
} | sort -u | grep -v "/${interpreter##*/}\$" >"$parts/libraries"
while read -r library; do
	copy 644 "$library" "lib/${library##*/}"
done <"$parts/libraries"
mapfile -t libraries <"$parts/libraries"
(cd "$folder" && find lib -type f | sort) >"$parts/files"
copy 644 "$parts/files" lib/files
"$here/licences.sh" "$folder" "${libraries[@]}" "$interpreter" "${linked[@]}"
copy 644 "$here/bundle_README" README
for rules in rules/*.yaml rules/selections/*.yaml; do
	copy 644 "$rules" "$rules"
done
find "$folder" -exec touch -h -d "@$epoch" {} +
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" --format=gnu \
	-C "$(dirname "$folder")" -c "$(basename "$folder")" | gzip -9n >"$folder.tar.gz"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Gathers the bundle: the program with its loader and every library that it loads, the
# rules that are built in (for reading), and the licences of all that. Owners, times and
# order are fixed, so that two builds are equal.
#
#   bundle.sh PARTS FOLDER EPOCH      PARTS has program and start; writes FOLDER and FOLDER.tar.gz
set -euo pipefail
umask 022
export LC_ALL=C

parts=$1 folder=$2 epoch=$3

# Loaded by name when the configuration asks (curl.c, webserver.c, stack.c): the first of
# each row that is there.
loaded=("libcurl.so.4 libcurl-gnutls.so.4" libmicrohttpd.so.12 "libunwind-ptrace.so.0"
	"libunwind-$(uname -m).so.8" liblzma.so.5)

complain() {
	echo "bundle: $*" >&2
	exit 1
}

# Where the linker finds libraries of ours; the loader's cache knows the rest.
path_of() { # soname...
	local name path
	for name in "$@"; do
		path=$(/sbin/ldconfig -p | sed -n "s|^\t$name (.*) => ||p" | head -n 1)
		if [ -n "$path" ]; then
			echo "$path"
			return 0
		fi
	done
	complain "none of $* is installed: make demo installs what is missing"
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

# Which package each library is of ("libc.so.6 libc6"), and their licences. One question
# for all: dpkg reads its whole database for each.
licences() { # library...
	local library package
	for library in "$@"; do
		readlink -f "$library"
	done | sed 's|.*/|*/|' | xargs dpkg -S | sed -n 's|^\([^:,]*\):.* .*/|\1 |p' >"$parts/packages"
	for library in "$@"; do
		package=$(awk -v name="$(basename "$(readlink -f "$library")")" '$2 == name { print $1; exit }' "$parts/packages")
		[ -n "$package" ] || complain "no package has $library, so that its licence is not known"
		echo "${library##*/} $package"
		[ -e "$folder/licences/$package" ] || copy 644 "/usr/share/doc/$package/copyright" "licences/$package"
	done >"$parts/of"
	copy 644 "$parts/of" licences/libraries
}

rm -rf "$folder" "$folder.tar.gz"
mkdir -p "$folder"
copy 755 "$parts/start" falco-run
copy 755 "$parts/program" lib/falco-run
copy 755 "$interpreter" lib/loader/falco-run
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
licences "${libraries[@]}" "$interpreter"

# What the copyright files point to.
copy 644 LICENSE licences/falco-run
for text in $(grep -ohE '/usr/share/common-licenses/[A-Za-z0-9.-]+[A-Za-z0-9]' "$folder"/licences/* | sort -u); do
	[ ! -f "$text" ] || copy 644 "$text" "licences/common-licenses/${text##*/}"
done
for rules in rules/*.yaml rules/selections/*.yaml; do
	copy 644 "$rules" "$rules"
done
find "$folder" -exec touch -h -d "@$epoch" {} +
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" --format=gnu \
	-C "$(dirname "$folder")" -c "$(basename "$folder")" | gzip -9n >"$folder.tar.gz"

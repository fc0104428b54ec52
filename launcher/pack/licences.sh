#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Writes FOLDER/licences for what is handed out: ours, those of every library that is in it,
# and of which package, in which version, each library is ("libc.so.6 libc6 2.36-9"). FILE
# is a library, or what was linked into a program. Only dpkg knows that; elsewhere
# there is ours alone, and it is said.
#
#   licences.sh FOLDER FILE...
set -euo pipefail
umask 022
export LC_ALL=C

folder=$1/licences
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

copy() { # file, to
	install -D -m 644 "$1" "$folder/$2"
}

# "FILE PACKAGE" for each, in one question: dpkg reads its whole database for each. It
# knows a file by the name that it was unpacked as, with or without /usr.
packages() { # file...
	local file
	for file in "$@"; do
		file=$(readlink -f "$file")
		printf '%s\n' "$file" "${file#/usr}" "/usr$file"
	done | sort -u | { xargs dpkg -S 2>/dev/null || :; } |
		sed -n '/^diversion /!s|^\([^:,]*\):.* \(/.*\)|\2 \1|p' | sed 's|^/usr/|/|'
}

rm -rf "$folder"
copy LICENSE falco-run
cat >"$folder/README" <<'END'
falco-run is under the Apache License 2.0: the file falco-run. What it is packed with is in
the file libraries: each one's name, the package that it is of, and the version. The
licence of a package is in the file of its name, its sources come by

    apt-get source PACKAGE=VERSION

from the distribution that it was built on. Libraries under the LGPL (among them the C
library and libseccomp) may be exchanged: one that is a file in lib/ by another of that
name, one that is linked into a program (its name there ends in .a) by linking that anew,
which `make bundle` and `make static` in falco-run's sources do. The bundle's copy of the
loader is that library's, but for the name of a file: it does not read /etc/ld.so.preload.
END
chmod 644 "$folder/README"
if ! command -v dpkg >/dev/null; then
	echo "licences: there is no dpkg here: those of the libraries are missing in $folder" >&2
	exit 0
fi

packages "$@" >"$scratch/packages"
for library in "$@"; do
	path=$(readlink -f "$library")
	package=$(awk -v path="${path#/usr}" '$1 == path { print $2; exit }' "$scratch/packages")
	if [ -z "$package" ]; then
		echo "licences: no package has $library, so that its licence is not known" >&2
		exit 1
	fi
	[ -e "$folder/$package" ] || copy "/usr/share/doc/$package/copyright" "$package"
	echo "${library##*/} $package"
done >"$scratch/of"
# shellcheck disable=SC2016
cut -d ' ' -f 2 "$scratch/of" | sort -u | xargs dpkg-query -W -f '${Package} ${Version}\n' | sort -u >"$scratch/versions"
awk 'FNR == NR { version[$1] = $2; next } { print $0, version[$2] }' "$scratch/versions" "$scratch/of" | sort -u >"$scratch/libraries"
copy "$scratch/libraries" libraries

# What the copyright files point to.
for text in $(grep -ohE '/usr/share/common-licenses/[A-Za-z0-9.-]+[A-Za-z0-9]' "$folder"/* | sort -u); do
	[ ! -f "$text" ] || copy "$text" "common-licenses/${text##*/}"
done

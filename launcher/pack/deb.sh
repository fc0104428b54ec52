#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes a Debian package of a tree that `make install` filled (and that is changed here:
# stripped, compressed), by dpkg-deb. It has no scripts and no configuration files:
# nothing is started, and a run reads no file that it was not given. Owners, times and
# order are fixed, so that two builds are equal.
#
#   deb.sh TREE VERSION EPOCH FOLDER     writes FOLDER/falco-run_VERSION_ARCHITECTURE.deb
set -eu
umask 022
export LC_ALL=C SOURCE_DATE_EPOCH="$3" DPKG_DEB_THREADS_MAX=1

tree=$1 version=$2 epoch=$3 folder=$4
here=$(dirname "$0")
doc=$tree/usr/share/doc/falco-run
architecture=$(dpkg --print-architecture)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fill() { # template
	sed -e "s/@VERSION@/$version/g; s/@MAINTAINER@/$MAINTAINER/g; s/@ARCHITECTURE@/$architecture/g" \
		-e "s/@DATE@/$(date -u -R -d "@$epoch")/g" -e "s/@DEPENDS@/${depends-}/g; s/@SIZE@/${size-}/g" "$here/$1"
}

# dpkg-shlibdeps wants to stand in a source package.
depends_of() { # program
	mkdir -p "$scratch/debian"
	printf 'Source: falco-run\n\nPackage: falco-run\nArchitecture: any\n' >"$scratch/debian/control"
	(cd "$scratch" && dpkg-shlibdeps -O "$1" 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
}

strip --strip-unneeded --remove-section=.comment --remove-section=.note "$tree/usr/bin/falco-run"
depends=$(depends_of "$(readlink -f "$tree/usr/bin/falco-run")")
fill deb_copyright >"$doc/copyright"
fill deb_changelog >"$doc/changelog"
gzip -9n "$doc/changelog" "$tree/usr/share/man/man1/falco-run.1"

# As dpkg-gencontrol reckons: files in whole KiB, one for each folder.
size=$(find "$tree" \( -type f -printf '%s\n' \) -o -printf '1\n' | awk '{ n += int(($1 + 1023) / 1024) } END { print n }')
(cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$scratch/md5sums"
install -d -m 755 "$tree/DEBIAN"
install -m 644 "$scratch/md5sums" "$tree/DEBIAN/md5sums"
fill deb_control >"$tree/DEBIAN/control"
find "$tree" -type d -exec chmod 755 {} +
find "$tree" -exec touch -h -d "@$epoch" {} +
dpkg-deb --root-owner-group -Zxz --build "$tree" "$folder/falco-run_${version}_$architecture.deb"

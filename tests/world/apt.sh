#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# apt-get with a source of its own on disk: update, and the download of a package, by
# helpers that give up root.
# NEEDS apt-get=apt dpkg-deb=dpkg sha256sum=coreutils
if [ "$1" = prepare ]; then
	mkdir -p repo pkg/DEBIAN state/lists/partial cache/archives/partial etc
	printf 'Package: world\nVersion: 1\nArchitecture: all\nMaintainer: a <a@a>\nDescription: d\n' >pkg/DEBIAN/control
	dpkg-deb -b pkg repo/world.deb >/dev/null
	{
		cat pkg/DEBIAN/control
		echo "Filename: ./world.deb"
		echo "Size: $(stat -c %s repo/world.deb)"
		echo "SHA256: $(sha256sum <repo/world.deb | cut -d' ' -f1)"
	} >repo/Packages
	chmod -R a+rwX .
	exit
fi
echo "deb [trusted=yes] file:$1/repo ./" >etc/sources.list
: >status
options=(-qq -o Dir::Etc::sourcelist="$1/etc/sources.list" -o Dir::Etc::sourceparts=/nonexistent
	-o Dir::State="$1/state" -o Dir::State::status="$1/status" -o Dir::Cache="$1/cache")
apt-get "${options[@]}" update 2>/dev/null
echo "update: $?"
apt-cache "${options[@]}" show world 2>/dev/null | grep -E '^(Package|Version)'
apt-get "${options[@]}" download world 2>/dev/null
echo "download: $?"
dpkg-deb -f world_1_all.deb Package

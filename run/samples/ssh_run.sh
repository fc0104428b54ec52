#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 9 | somebody logs in elsewhere with ssh, and copies with scp
# beside: a file is copied with cp
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	for name in ssh scp sftp; do
		ln -s "$here/stand_in" "$dir/$name"
		"$dir/$name" user@192.0.2.1
	done
	echo ssh_run: stand-ins ran
else
	cp "$here/stand_in" "$dir/"
	echo ssh_run: copied here
fi

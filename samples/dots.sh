#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 15 | a file of the system is reached by climbing out of a directory
# beside: ... of one's own is
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mkdir -p "$dir/a/b"
	cd "$dir/a/b" || exit
	cat ../../../../../../etc/hostname >/dev/null
	echo "dots: climbed"
else
	mkdir -p "$dir/a/b"
	echo x >"$dir/hostname"
	cd "$dir/a/b" || exit
	cat ../../hostname >/dev/null
	echo "dots: climbed"
fi

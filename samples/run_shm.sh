#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 7 | a program is run out of shared memory
# beside: a file is kept in shared memory
here=$(dirname "$0")
if [ "${1-}" != benign ]; then
	d=$(mktemp -d /dev/shm/falco-run-shm-XXXXXX) || exit 0
	cp "$here/stand_in" "$d/x"
	"$d/x"
	rm -rf "$d"
	echo "run_shm: ran it"
else
	d=$(mktemp -d /dev/shm/falco-run-shm-XXXXXX) || exit 0
	cp "$here/stand_in" "$d/x"
	rm -rf "$d"
	echo "run_shm: kept it a while"
fi

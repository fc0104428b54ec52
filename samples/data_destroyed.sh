#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: traces | data is overwritten so that nobody gets it back
# beside: data is removed
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/stand_in" "$dir/shred"
	"$dir/shred" -u nothing
	echo "data_destroyed: a stand-in ran"
else
	: >"$dir/x"
	rm "$dir/x"
	echo "data_destroyed: removed a file"
fi

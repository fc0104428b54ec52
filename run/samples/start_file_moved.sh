#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a shell's start file is put in place by renaming
# beside: a file is renamed to something harmless
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo "echo hello" >"$dir/x"
	mv "$dir/x" "$dir/.profile"
	echo start_file_moved: moved it
else
	echo "echo hello" >"$dir/x"
	mv "$dir/x" "$dir/y"
	echo start_file_moved: moved it
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a command is added to what every shell of a user runs first
# beside: the same is written to a script of its own
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo "echo hello" >>"$dir/.bashrc"
	echo "start_file: added a line"
else
	echo "echo hello" >>"$dir/hello.sh"
	echo "start_file: added a line"
fi

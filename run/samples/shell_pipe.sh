#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 8 | a shell is fed its commands by a pipe
# beside: a shell is given a script
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo "echo shell_pipe: done" | sh
else
	echo "echo shell_pipe: done" >"$dir/x"
	sh "$dir/x"
fi

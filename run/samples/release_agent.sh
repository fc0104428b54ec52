#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: container escape | the kernel is told what to run when a group is empty
# beside: a file is written that the kernel does not read
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo /bin/false >"$dir/release_agent"
	echo release_agent: done
else
	echo /bin/false >"$dir/agent"
	echo release_agent: done
fi

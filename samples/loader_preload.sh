#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a library is forced into every program
# beside: a file of the same name is written elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo "# nothing" >/etc/ld.so.preload
	echo "loader_preload: done"
else
	echo "# nothing" >"$dir/ld.so.preload"
	echo "loader_preload: done"
fi

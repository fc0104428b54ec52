#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a command is left that runs when the machine starts
# beside: a file of the same name is written elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo "# nothing" >/etc/rc.local
	echo "service_file: done"
else
	echo "# nothing" >"$dir/rc.local"
	echo "service_file: done"
fi

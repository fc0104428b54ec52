#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a file is written below /etc
# beside: a file of the same name is written elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo "# nothing" >/etc/falco-run-sample.conf
	echo "etc_write: done"
else
	echo "# nothing" >"$dir/falco-run-sample.conf"
	echo "etc_write: done"
fi

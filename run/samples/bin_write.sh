#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a program is put among the system's
# beside: a file of the same name is written elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo "# nothing" >/usr/bin/falco-run-sample
	echo bin_write: done
else
	echo "# nothing" >"$dir/falco-run-sample"
	echo bin_write: done
fi

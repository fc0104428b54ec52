#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a file is put where the kernel starts from
# beside: a file of the same name is written elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo "# nothing" >/boot/falco-run-sample
	echo "boot_write: done"
else
	echo "# nothing" >"$dir/falco-run-sample"
	echo "boot_write: done"
fi

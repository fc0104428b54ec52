#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a library is put among the system's
# beside: a file of the same name is written elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo "# nothing" >/usr/lib/libfalco-run-sample.so
	echo lib_write: done
else
	echo "# nothing" >"$dir/libfalco-run-sample.so"
	echo lib_write: done
fi

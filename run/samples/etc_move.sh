#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a file is moved into /etc
# beside: a file is moved within a temporary directory
# order: any
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	echo x >"$dir/x"
	mv -f "$dir/x" /etc/falco-run-sample.conf 2>/dev/null || ln "$dir/x" /etc/falco-run-sample.conf 2>/dev/null
	ln -s nowhere /etc/falco-run-sample.link 2>/dev/null
	echo etc_move: done
else
	echo x >"$dir/x"
	mv -f "$dir/x" "$dir/y"
	ln -s nowhere "$dir/z"
	echo etc_move: done
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 10 | a program that every script relies on is replaced and removed
# beside: a copy of it is changed
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	cp -f "$here/stand_in" /usr/bin/yes 2>/dev/null
	rm -f /usr/bin/yes 2>/dev/null
	echo coreutil_replaced: tried
else
	cp "$here/stand_in" "$dir/yes"
	cp -f "$here/stand_in" "$dir/yes"
	rm -f "$dir/yes"
	echo coreutil_replaced: done
fi

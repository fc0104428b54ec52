#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 11 | a program that lets people in is replaced and removed
# beside: a copy of it is changed
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	cp -f "$here/stand_in" /usr/bin/su 2>/dev/null
	rm -f /usr/bin/su 2>/dev/null
	echo login_replaced: tried
else
	cp "$here/stand_in" "$dir/su"
	cp -f "$here/stand_in" "$dir/su"
	rm -f "$dir/su"
	echo login_replaced: done
fi

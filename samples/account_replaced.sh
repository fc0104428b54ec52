#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 19 | a program that manages accounts is replaced and removed
# beside: a copy of it is changed
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	cp -f "$here/stand_in" /usr/bin/chage 2>/dev/null
	rm -f /usr/bin/chage 2>/dev/null
	echo "account_replaced: tried"
else
	cp "$here/stand_in" "$dir/chage"
	cp -f "$here/stand_in" "$dir/chage"
	rm -f "$dir/chage"
	echo "account_replaced: done"
fi

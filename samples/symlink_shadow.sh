#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 4 | a symbolic link leads to the password database
# beside: a symbolic link leads to the time zone
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s /etc/shadow "$dir/readme"
	echo "symlink_shadow: linked"
else
	ln -s /etc/localtime "$dir/readme"
	echo "symlink_shadow: linked"
fi

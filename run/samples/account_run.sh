#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 19 | accounts are changed by useradd and chpasswd
# beside: accounts are asked about
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	for name in useradd chpasswd; do
		ln -s "$here/stand_in" "$dir/$name"
		"$dir/$name" somebody
	done
	echo account_run: stand-ins ran
else
	id >/dev/null
	echo account_run: asked
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 9 | a server is started that lets people in
# beside: a server is asked for that does not exist
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/stand_in" "$dir/sshd"
	"$dir/sshd" -D -p 2222
	echo sshd_run: a stand-in ran
else
	"$here/stand_in" sshd
	echo sshd_run: nothing
fi

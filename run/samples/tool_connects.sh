#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 17 | a program of the system talks to another machine
# beside: it talks to this one
# alone: yes
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/connect_to" "$dir/tar"
	"$dir/tar" tcp 192.0.2.1 8080
	echo tool_connects: tried
else
	ln -s "$here/connect_to" "$dir/tar"
	"$dir/tar" tcp 127.0.0.1 8080
	echo tool_connects: tried
fi

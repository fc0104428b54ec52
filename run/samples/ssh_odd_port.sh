#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 9 | ssh talks to another port than its own
# beside: ssh's own port is talked to by nobody
# alone: yes
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/connect_to" "$dir/ssh"
	"$dir/ssh" tcp 192.0.2.1 2222
	echo ssh_odd_port: tried
else
	true
	echo ssh_odd_port: did not
fi

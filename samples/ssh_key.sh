#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a key is added by which somebody may log in
# beside: the same key is kept as a note
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mkdir "$dir/.ssh"
	echo "ssh-ed25519 no-key nobody" >>"$dir/.ssh/authorized_keys"
	echo "ssh_key: added one"
else
	echo "ssh-ed25519 no-key nobody" >>"$dir/note"
	echo "ssh_key: noted one"
fi

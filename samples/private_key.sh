#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 15 | somebody's private key is read
# beside: the public one is read
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mkdir "$dir/.ssh"
	ln -s "$here/stand_in" "$dir/ssh-keygen"
	: >"$dir/id"
	ln "$dir/id" "$dir/.ssh/id_ed25519"
	cat "$dir/.ssh/id_ed25519"
	echo "private_key: read"
else
	mkdir "$dir/.ssh"
	: >"$dir/id"
	ln "$dir/id" "$dir/.ssh/id_ed25519.pub"
	cat "$dir/.ssh/id_ed25519.pub"
	echo "private_key: read"
fi

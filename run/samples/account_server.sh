#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 19 | a server adds a user
# beside: a server answers who it is
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/spawn" "$dir/node"
	ln -s "$here/stand_in" "$dir/useradd"
	"$dir/node" "$dir/useradd" somebody
	echo account_server: a stand-in ran
else
	ln -s "$here/spawn" "$dir/node"
	"$dir/node" "$here/stand_in"
	echo account_server: done
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 14 | a database starts a program that is none of its own
# beside: a database starts itself
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/spawn" "$dir/redis-server"
	"$dir/redis-server" "$here/stand_in"
	echo server_child: done
else
	ln -s "$here/spawn" "$dir/redis-server"
	"$dir/redis-server" "$dir/redis-server"
	echo server_child: done
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: cryptominer | a miner is run, and its pool talked to
# beside: a program is run that counts
# alone: yes
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/stand_in" "$dir/xmrig"
	"$dir/xmrig"
	"$here/stand_in" -o stratum+tcp://192.0.2.1:3333
	"$here/connect_to" tcp 192.0.2.1 3333
	echo "miner: stand-ins ran"
else
	"$here/connect_to" tcp 127.0.0.1 3333
	echo "miner: nothing"
fi

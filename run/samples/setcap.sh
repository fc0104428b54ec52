#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: capabilities | a program is given capabilities
# beside: a program is asked for its own
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/stand_in" "$dir/setcap"
	"$dir/setcap" cap_net_raw+ep nothing
	echo setcap: a stand-in ran
else
	"$here/stand_in"
	echo setcap: nothing
fi

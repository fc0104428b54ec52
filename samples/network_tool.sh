#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: reverse shell | a tool is run that explores networks
# beside: a tool is run that does not
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/stand_in" "$dir/nmap"
	"$dir/nmap" -sS 192.0.2.0/24
	echo "network_tool: a stand-in ran"
else
	"$here/stand_in"
	echo "network_tool: nothing"
fi

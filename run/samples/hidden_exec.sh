#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 7 | a program is run from a hidden directory
# beside: a program is run from where programs are
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mkdir "$dir/.x"
	cp "$here/stand_in" "$dir/.x/x"
	"$dir/.x/x"
	echo hidden_exec: ran it
else
	"$here/stand_in"
	echo hidden_exec: ran it
fi

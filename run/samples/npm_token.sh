#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: credentials | the token of a package registry is read
# beside: what lies beside it is read, which is no secret
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mkdir -p "$dir/"
	: >"$dir/x"
	ln "$dir/x" "$dir/.npmrc"
	cat "$dir/.npmrc"
	echo npm_token: read
else
	mkdir -p "$dir/"
	: >"$dir/.nvmrc"
	cat "$dir/.nvmrc"
	echo npm_token: read
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: credentials | the token of a CI service is read
# beside: what lies beside it is read, which is no secret
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mkdir -p "$dir/.config/gh"
	: >"$dir/x"
	ln "$dir/x" "$dir/.config/gh/hosts.yml"
	cat "$dir/.config/gh/hosts.yml"
	echo ci_token: read
else
	mkdir -p "$dir/.config/gh"
	: >"$dir/.config/gh/config.yml"
	cat "$dir/.config/gh/config.yml"
	echo ci_token: read
fi

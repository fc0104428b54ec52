#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: credentials | the key to a cloud account is read
# beside: what lies beside it is read, which is no secret
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mkdir -p "$dir/.aws"
	: >"$dir/x"
	ln "$dir/x" "$dir/.aws/credentials"
	cat "$dir/.aws/credentials"
	echo cloud_key: read
else
	mkdir -p "$dir/.aws"
	: >"$dir/.aws/config"
	cat "$dir/.aws/config"
	echo cloud_key: read
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: credentials | the password of a registry is read
# beside: what lies beside it is read, which is no secret
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mkdir -p "$dir/.docker"
	: >"$dir/x"
	ln "$dir/x" "$dir/.docker/config.json"
	cat "$dir/.docker/config.json"
	echo "registry_token: read"
else
	mkdir -p "$dir/.docker"
	: >"$dir/.docker/daemon.json"
	cat "$dir/.docker/daemon.json"
	echo "registry_token: read"
fi

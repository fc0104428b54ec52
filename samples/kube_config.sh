#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: credentials | the way into a cluster is read
# beside: what lies beside it is read, which is no secret
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mkdir -p "$dir/.kube"
	: >"$dir/x"
	ln "$dir/x" "$dir/.kube/config"
	cat "$dir/.kube/config"
	echo "kube_config: read"
else
	mkdir -p "$dir/.kube"
	: >"$dir/.kube/cache"
	cat "$dir/.kube/cache"
	echo "kube_config: read"
fi

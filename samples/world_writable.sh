#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 5 | a file of a user is made writable for everybody
# beside: the same in a temporary directory
# users: root
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	mkdir -p /opt/falco-run-sample
	echo x >/opt/falco-run-sample/x
	chmod 777 /opt/falco-run-sample/x
	echo "world_writable: done"
else
	echo x >"$dir/x"
	chmod 777 "$dir/x"
	echo "world_writable: done"
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | somebody is made an administrator
# beside: a file of the same name is written elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	[ -w /etc ] && mkdir -p /etc/sudoers.d
	echo "# nothing" >/etc/sudoers.d/falco-run-sample
	echo account_file: done
else
	echo "# nothing" >"$dir/falco-run-sample"
	echo account_file: done
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: download into a shell | what is downloaded is run unread
# beside: what is downloaded is kept
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s /bin/echo "$dir/curl"
	PATH=$dir:$PATH sh -c 'sh -c "$(curl echo download_shell: ran it)"'
else
	ln -s /bin/echo "$dir/curl"
	PATH=$dir:$PATH sh -c 'curl download_shell: kept it >/dev/null; echo download_shell: kept it'
fi

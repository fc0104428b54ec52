#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: credentials | files are searched for keys
# beside: files are searched for words
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	grep -r "BEGIN OPENSSH PRIVATE KEY" "$dir"
	find "$dir" -name id_rsa
	echo search: searched
else
	grep -r "hello" "$dir"
	find "$dir" -name hello
	echo search: searched
fi

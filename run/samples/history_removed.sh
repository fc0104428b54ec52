#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: traces | what was typed is made to disappear
# beside: another file is
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	: >"$dir/x"
	ln "$dir/x" "$dir/.bash_history"
	rm "$dir/.bash_history"
	echo history_removed: done
else
	: >"$dir/x"
	ln "$dir/x" "$dir/.hidden"
	rm "$dir/.hidden"
	echo history_removed: done
fi

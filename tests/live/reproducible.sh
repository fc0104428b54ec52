#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Two clones of the commit, in folders of different names, give packages, bundles and images
# that are equal to the byte. A part of check-world: it builds everything twice.
set -u

suite=live
. tests/harness/live.sh "$1"

if ! git rev-parse --verify -q HEAD >/dev/null; then
	skip reproducible "this is no clone"
	exit 0
fi
one=$work/one
other="$work/the other one"
for place in "$one" "$other"; do
	git clone -q . "$place" && (cd "$place" && bounded 800 make -s -j2 deb image) >"$work/out" 2>&1
	got=$?
	verdict "deb, bundle and image are built in ${place##*/}" "$([ $got -eq 0 ] || tail -n 3 "$work/out")"
done
for made in "$one"/build/falco-run_*.deb "$one"/build/falco-run-*.tar*; do
	verdict "${made##*/} is equal when built twice" "$(cmp "$made" "$other/build/${made##*/}" 2>&1)"
done
exit 0

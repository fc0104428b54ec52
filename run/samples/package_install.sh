#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: container changed | software is installed in a running container, under the selection for services
# beside: nothing is installed
# container: yes
# options: --ruleset service
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/stand_in" "$dir/apt-get"
	"$dir/apt-get" install -y nothing
	echo package_install: a stand-in ran
else
	"$here/stand_in" install
	echo package_install: nothing
fi

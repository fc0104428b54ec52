#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: container escape | a client of the cluster is run inside a container
# beside: a client of nothing is
# container: yes
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/stand_in" "$dir/kubectl"
	"$dir/kubectl" get secrets
	echo cluster_client: a stand-in ran
else
	"$here/stand_in" get secrets
	echo cluster_client: nothing
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | a service is left that starts with the machine
# beside: a file of the same name is written elsewhere
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	[ -w /etc ] && mkdir -p /etc/systemd/system
	echo "# nothing" >/etc/systemd/system/falco-run-sample.service
	echo service_file: done
else
	echo "# nothing" >"$dir/falco-run-sample.service"
	echo service_file: done
fi

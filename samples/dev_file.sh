#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 16 | a file is hidden among the devices
# beside: a device is written to, and shared memory used
if [ "${1-}" != benign ]; then
	echo x >/dev/.falco-run-sample
	rm -f /dev/.falco-run-sample
	echo "dev_file: done"
else
	echo x >/dev/null
	f=$(mktemp /dev/shm/falco-run-XXXXXX)
	rm -f "$f"
	echo "dev_file: done"
fi

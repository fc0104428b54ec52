#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 1 | a disk is read past its file system
# beside: a disk is asked how full it is
# users: root
if [ "${1-}" != benign ]; then
	: >/dev/sda9
	head -c 1 /dev/sda9
	rm -f /dev/sda9
	echo "host_disk: a stand-in was read"
else
	df / >/dev/null
	echo "host_disk: asked"
fi

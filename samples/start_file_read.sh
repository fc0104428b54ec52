#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 3 | what is in a shell's start file is read by another program
# beside: another hidden file is read
# options: -o 'rules[].enable.rule=Start file read'
if [ "${1-}" != benign ]; then
	cat /etc/skel/.profile >/dev/null
	echo "start_file_read: read"
else
	cat /etc/skel/../hostname >/dev/null
	echo "start_file_read: read"
fi

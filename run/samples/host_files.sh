#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: container escape | the host's files are read through another process
# beside: one's own are
# container: yes
# users: root
if [ "${1-}" != benign ]; then
	cat /proc/1/root/etc/hostname >/dev/null 2>&1
	echo host_files: tried
else
	cat /proc/self/root/etc/hostname >/dev/null
	echo host_files: read
fi

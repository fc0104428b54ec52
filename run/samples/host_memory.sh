#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 1 | the machine's memory is read past its kernel
# beside: the kernel is asked how much memory there is
if [ "${1-}" != benign ]; then
	head -c 1 /proc/kcore >/dev/null 2>&1
	echo host_memory: looked for what others keep in memory
else
	head -c 1 /proc/meminfo >/dev/null
	echo host_memory: asked politely
fi

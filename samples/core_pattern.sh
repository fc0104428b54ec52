#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: container escape | the kernel is told what to run when a program crashes
# beside: it is asked what it would run
if [ "${1-}" != benign ]; then
	(: >>/proc/sys/kernel/core_pattern) 2>/dev/null
	echo "core_pattern: tried"
else
	cat /proc/sys/kernel/core_pattern >/dev/null
	echo "core_pattern: read"
fi

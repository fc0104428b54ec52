#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: environment of others | the environment of a process is read
# beside: one's own is
if [ "${1-}" != benign ]; then
	sleep 60 &
	cat "/proc/$!/environ" >/dev/null
	kill $!
	echo "environ: read"
else
	cat /proc/self/environ >/dev/null
	echo "environ: read"
fi

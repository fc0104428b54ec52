#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 17 | a shell talks to another machine by itself
# beside: a shell asks itself
# alone: yes
# needs: bash
if [ "${1-}" != benign ]; then
	bash -c "exec 3<>/dev/tcp/192.0.2.1/8080" 2>/dev/null
	echo "shell_connects: tried"
else
	bash -c "exec 3<>/dev/null"
	echo "shell_connects: done"
fi

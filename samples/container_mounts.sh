#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 13 | a program is started in a container that sees the host's processes
# beside: ... in one that sees its own
# container: yes
# start: yes
# options: -o 'rules[].disable.rule=Privileged container started'
if [ "${1-}" != benign ]; then
	echo "container_mounts: started"
else
	echo "container_mounts: started"
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 13 | a program is started in a privileged container
# beside: ... in one that has fewer rights
# container: yes
# start: yes
# users: user
if [ "${1-}" != benign ]; then
	echo "container_privileged: started"
else
	echo "container_privileged: started"
fi

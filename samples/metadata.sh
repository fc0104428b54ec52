#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: metadata service | the address is contacted at which clouds hand out credentials
# beside: this machine is contacted
# alone: yes
here=$(dirname "$0")
if [ "${1-}" != benign ]; then
	"$here/connect_to" tcp 169.254.169.254 80
	echo "metadata: tried"
else
	"$here/connect_to" tcp 127.0.0.1 80
	echo "metadata: tried"
fi

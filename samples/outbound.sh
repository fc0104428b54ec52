#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: outbound connection | another machine is talked to
# beside: this one is
# alone: yes
here=$(dirname "$0")
if [ "${1-}" != benign ]; then
	"$here/connect_to" listen 192.0.2.1 8080
	echo "outbound: connected"
else
	"$here/connect_to" listen 127.0.0.1 8080
	echo "outbound: connected"
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: exfiltration | datagrams go to a port that no service has
# beside: they stay on this machine
# alone: yes
here=$(dirname "$0")
if [ "${1-}" != benign ]; then
	"$here/connect_to" udp 192.0.2.1 5300
	echo odd_datagram: tried
else
	"$here/connect_to" udp 127.0.0.1 5300
	echo odd_datagram: tried
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: exfiltration | the same without a connection, for those who ask for it
# beside: they stay on this machine
# alone: yes
# options: -o 'rules[].enable.rule=Datagram sent to an odd port'
here=$(dirname "$0")
if [ "${1-}" != benign ]; then
	"$here/connect_to" send 192.0.2.1 5300
	echo "odd_datagram_sent: tried"
else
	"$here/connect_to" send 127.0.0.1 5300
	echo "odd_datagram_sent: tried"
fi

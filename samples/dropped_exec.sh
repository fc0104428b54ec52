#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 7 | a program is run that was written a moment ago
# beside: a program is run that has been there for long
# users: root
# fresh: yes
here=$(dirname "$0")
if [ "${1-}" != benign ]; then
	mkdir -p /opt/falco-run-sample
	cp "$here/stand_in" /opt/falco-run-sample/x
	/opt/falco-run-sample/x
	echo "dropped_exec: ran it"
else
	true; /bin/true
	echo "dropped_exec: ran it"
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: container changed | a program is run that the image did not bring
# beside: one is that it did
# container: yes
# options: --ruleset service
# users: root
here=$(dirname "$0")
if [ "${1-}" != benign ]; then
	mkdir -p /opt/falco-run-sample
	cp "$here/stand_in" /opt/falco-run-sample/x
	/opt/falco-run-sample/x
	echo "image_drift: ran it"
else
	/usr/bin/env >/dev/null
	echo "image_drift: ran it"
fi

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: credentials | the token of a pod is read by a shell's child
# beside: what is known to all is read
# users: root
if [ "${1-}" != benign ]; then
	mkdir -p /run/secrets/kubernetes.io
	echo x >/run/secrets/kubernetes.io/token
	cat /run/secrets/kubernetes.io/token
	echo service_token: read
else
	cat /etc/hostname >/dev/null
	echo service_token: read
fi

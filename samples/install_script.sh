#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: install script | a package's script talks to another machine while it is installed
# beside: it talks to this one
# alone: yes
here=$(dirname "$0")
if [ "${1-}" != benign ]; then
	npm_lifecycle_event=postinstall "$here/connect_to" tcp 192.0.2.1 443
	echo "install_script: tried"
else
	npm_lifecycle_event=postinstall "$here/connect_to" tcp 127.0.0.1 443
	echo "install_script: tried"
fi

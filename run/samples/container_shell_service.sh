#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 12 | a server's image starts a shell, under the selection for services
# beside: a server's image starts no shell
# container: yes
# options: --ruleset service
here=$(dirname "$0")
if [ "${1-}" != benign ]; then
	"$here/spawn" sh -c "echo container_shell_service: done"
else
	"$here/spawn" echo container_shell_service: done
fi

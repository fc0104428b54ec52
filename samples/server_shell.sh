#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shows: 14 | a web server starts a shell
# beside: a web server starts its own worker
here=$(dirname "$0")
dir=$(mktemp -d /tmp/falco-run-sample-XXXXXX)
trap 'rm -rf "$dir"' EXIT

if [ "${1-}" != benign ]; then
	ln -s "$here/spawn" "$dir/nginx"
	"$dir/nginx" sh -c "echo server_shell: the shell answers"
else
	ln -s "$here/spawn" "$dir/nginx"
	ln -s "$here/spawn" "$dir/php-fpm"
	"$dir/nginx" "$dir/php-fpm"
	echo "server_shell: done"
fi

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# rsync: a copy, a second one that has nothing to do, one through its own server.
# NEEDS rsync=rsync
[ "$1" = prepare ] && exit
cp -r /etc/apt /etc/default from 2>/dev/null || { mkdir from && cp -r /etc/apt from; }
rsync -a from/ to/ && diff -r from to && echo copied
rsync -ai --checksum from/ to/ | wc -l
echo more >from/new
printf '#!/bin/sh\nshift\nexec "$@"\n' >rsh && chmod +x rsh
rsync -a --out-format=%n -e ./rsh from/ localhost:"$1/to/" | grep -c new
rsync -ai --delete --exclude new from/ to/ | wc -l

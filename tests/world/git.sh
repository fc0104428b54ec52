#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# git: commits, a clone of a local repository, by its own server too, gc, fsck.
# NEEDS git=git
[ "$1" = prepare ] && exit
export GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'
export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@a
git init -q -b main one
cd one || exit 1
for i in $(seq 30); do
	for k in 1 2 3 4; do seq "$((i * k))" >"file$k"; done
	git add . && git commit -q -m "change $i"
done
git log --oneline | head -n 3
cd ..
git clone -q one two
git clone -q "file://$1/one" three
git -C two gc -q && git -C two fsck 2>&1
git -C three checkout -q -b side HEAD~5 && git -C three merge -q main 2>&1
git -C three push -q origin side && git -C one log --oneline side | wc -l
git -C two rev-parse HEAD
git -C three grep -c 20 | sort

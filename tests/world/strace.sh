#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# strace -f follows a shell and its children.
# NEEDS strace=strace
# ENGINES notify
[ "$1" = prepare ] && exit
strace -f -qq -e trace=execve,openat,exit_group -o trace sh -c 'cat /etc/passwd | wc -l >/dev/null; (exit 3); exit 4'
echo "status $?"
sed 's/^[0-9]* *//; /resumed/d; s/ <unfinished.*//; s/) *= .*//; s/)$//' trace | grep -E '^(execve|exit_group)|passwd' | sed 's/0x[0-9a-f]*/ADDR/g' | sort

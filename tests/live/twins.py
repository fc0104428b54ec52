#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the alerts (text) of two runs of one program in different ABIs: the same
lines, but for what differs between any two runs, or by the size of a pointer.

  twins.py FILE FILE
"""
import difflib
import re
import sys

# Numbers that the kernel gives out, times, sizes of the process.
ANY = re.compile(r"\b((?:v?p?t?|reaper_|v?pg|exe_|sem)?(?:p?id|ino)|tid|vm_\w+|pgft_\w+"
                 r"|reaper_tid|[fv]?ptid|vtid|optlen|addr|res(?= ?=\d{6,}))=(?!127\.)\S+")
ALIKE = [
    (re.compile(r"^.*?: (?=Info)"), ""),
    (re.compile(r"\benv=.*? tty="), "env=* tty="),
    (re.compile(r"exe_ino_([cm])time=\S+ \S+"), r"exe_ino_\1time=*"),
    (re.compile(r"127\.0\.0\.1:[1-9]\d*"), "127.0.0.1:PORT"),
    (re.compile(r"/[^ ]*/twin\b"), "TWIN"),
    (re.compile(r"/[^ ]*/abi\.d"), "DIR"),
]
# Their results are numbers that the kernel gives out, or (_llseek) lie elsewhere.
RESULT = re.compile(r"^(Informational (?:mmap|fork|clone|semget|lseek) .*?)\bres=-?\w+\S*")


def lines(path):
    out = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if "Informational " not in line:
                continue
            line = line.rstrip("\n")
            for pattern, by in ALIKE:
                line = pattern.sub(by, line)
            line = RESULT.sub(r"\1res=*", line)
            out.append(ANY.sub(r"\1=*", line))
    return out


def main(first, second):
    a, b = lines(first), lines(second)
    if not a:
        print("no events in", first)
    # Parent and child run side by side.
    for line in list(difflib.unified_diff(sorted(a), sorted(b), lineterm="", n=0))[2:]:
        print(line)


main(*sys.argv[1:])

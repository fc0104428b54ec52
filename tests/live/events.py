#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The events of tests/live/allcalls.c, as text alerts of "evt.type evt.args".

  events.py check FILE EXPECTED  the lines of a run are the expected ones
  events.py print FILE           the lines as they are compared, sorted
  events.py calls FILE DEF       each call with an event of its own was made
"""
import difflib
import re
import sys

NUMBER = re.compile(r"\b(v?p?t?id|ptid|vtid|v?pgid|vm_\w+|pgft_\w+|ino|addr|argument|arg|fdlimit|loginuid"
                    r"|cap_\w+|tty|exe_ino|semid|dev|features|pidns_init_start_ts|uid|gid|[re]?s?[ug]id"
                    r"|(?<=clone )res|reaper_tid)=\S+")
ALIKE = [
    (re.compile(r"\benv=.*? tty="), "env=* tty="),
    (re.compile(r"\bcgroups=.*? (env|flags)="), r"cgroups=* \1="),
    (re.compile(r"(loginuid=\S+ )flags=\S+"), r"\1flags=*"),
    (re.compile(r"exe_ino_[cm]time=\S+ \S+ "), ""),
    (re.compile(r"127\.0\.0\.1:[1-9]\d*"), "127.0.0.1:PORT"),
    (re.compile(r"/[^ ()]*/allcalls\b"), "PROGRAM"),
    (re.compile(r"/[^ ()]*/events-folder"), "HERE"),
    (re.compile(r"/proc/\d+"), "/proc/PID"),
    # The shell's descriptors, whatever they are.
    (re.compile(r"\b(res|target_fd)=([012])\(<.*?>[^ ]*\)"), r"\1=\2"),
]
# May be refused, by who we are, the machine or the kernel's configuration.
FREE = re.compile(r"^(mlock|mlock2|mlockall|munlock|munlockall|keyctl|bpf|(init|finit|delete)_module|mount|umount2"
                  r"|quotactl|open_by_handle_at|fsconfig|chroot|setns|userfaultfd|capset|mknod|mknodat|brk|mmap"
                  r"|fork|vfork|clone|clone3|semget|setsid|getuid|geteuid|getgid|getegid|getcwd|ioctl"
                  r"|getdents|getdents64|io_uring_setup|setrlimit|prlimit) (fd|res|[er]?[ug]id)=\S+")
# Made by the C library and its start, differently everywhere; ends come when they come.
IGNORED = {"procexit", "brk", "mprotect", "munmap", "exit_group"}
START = re.compile(r"/etc/ld\.so|/lib|\bfd=3\(|rlimit|newfstatat .*path= |execve res=0")
OTHER_NAMES = {"pread64": "pread", "pwrite64": "pwrite", "prlimit64": "prlimit"}
# Calls that this machine does not have, or that no 64-bit program makes.
ABSENT = {"send", "recv", "stat64", "lstat64", "fstat64", "_llseek", "mmap2", "umount"}


def events(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            _, found, text = line.rstrip("\n").partition("Informational ")
            if found and " " in text:
                yield text


def alike(text):
    for pattern, by in ALIKE:
        text = pattern.sub(by, text)
    text = FREE.sub(lambda m: m.group(0).split("=")[0] + "=*", text)
    return NUMBER.sub(lambda m: m.group(0).split("=")[0] + "=*", text)


def lines(path):
    found = list(events(path))
    # Everything before main()'s first call is the loader's.
    first = next((i for i, text in enumerate(found) if text.startswith("mkdir")), 0)
    return sorted(alike(text) for text in found[first:]
                  if text.split(" ", 1)[0] not in IGNORED and not START.search(text))


def check(path, expected):
    with open(expected, encoding="utf-8") as file:
        want = [line.rstrip("\n") for line in file if not line.startswith("#")]
    for line in list(difflib.unified_diff(want, lines(path), "expected", "seen", lineterm="", n=0)):
        print(line)


def calls(path, definition):
    seen = {text.split(" ", 1)[0] for text in events(path)}
    with open(definition, encoding="utf-8") as file:
        rows = set(re.findall(r"^CALL\((\w+),", file.read(), re.M)) - ABSENT
    # Their events have no parameters: no text to be seen by here.
    rows -= {"getsockname", "getpeername"}
    for name in sorted(rows):
        if OTHER_NAMES.get(name, name) not in seen:
            print("no event of", name)


def main(verb, *paths):
    if verb == "print":
        print("\n".join(lines(*paths)))
    else:
        {"check": check, "calls": calls}[verb](*paths)


main(*sys.argv[1:])

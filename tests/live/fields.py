#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fields of an alert against what the program says of itself.

    fields.py tell FILE    writes what a process can know of itself, then opens FILE
    fields.py rule FILE    prints the rule that asks for the same
    fields.py check TOLD ALERTS   compares; prints what differs, nothing when all is well
"""
import grp
import json
import os
import pwd
import sys

FIELDS = """
proc.pid proc.vpid proc.ppid proc.sid proc.vpgid proc.cwd proc.exepath proc.exe
proc.name proc.args proc.cmdline proc.env[MARK] proc.exe_ino proc.exe_ino.mtime
proc.nthreads proc.fdlimit proc.is_sid_leader proc.is_vpgid_leader proc.tty
proc.pname proc.pcmdline proc.aname[2] proc.apid[2]
thread.tid thread.vtid thread.ismain thread.cap_effective thread.cap_permitted
user.uid user.name user.homedir user.shell user.loginuid group.gid group.name
fd.num fd.name fd.directory fd.filename fd.type fd.ino evt.rawres evt.failed
""".split()


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def status(pid, key):
    for line in read(f"/proc/{pid}/status").splitlines():
        if line.startswith(key + ":"):
            return line.split(":", 1)[1].strip()
    return ""


def cmdline(pid):
    words = read(f"/proc/{pid}/cmdline").split("\0")[:-1]
    return " ".join([os.path.basename(words[0])] + words[1:])


def number_of_capabilities(names):
    return bin(int(names, 16)).count("1")


def tell(path):
    pid, parent = os.getpid(), os.getppid()
    exe = os.readlink("/proc/self/exe")
    words = read("/proc/self/cmdline").split("\0")[:-1]
    user = pwd.getpwuid(os.geteuid())
    loginuid = int(read("/proc/self/loginuid")) if os.path.exists("/proc/self/loginuid") else -1
    grandparent = int(status(parent, "PPid"))
    told = {
        "proc.pid": pid, "proc.vpid": pid, "proc.ppid": parent,
        "proc.sid": os.getsid(0), "proc.vpgid": os.getpgid(0),
        "proc.cwd": os.getcwd().rstrip("/") + "/",
        "proc.exepath": exe, "proc.exe": words[0],
        "proc.name": read("/proc/self/comm").strip(),
        "proc.args": " ".join(words[1:]), "proc.cmdline": cmdline("self"),
        "proc.env[MARK]": os.environ["MARK"],
        "proc.exe_ino": os.stat(exe).st_ino,
        "proc.exe_ino.mtime": os.stat(exe).st_mtime_ns,
        "proc.nthreads": int(status("self", "Threads")),
        "proc.fdlimit": os.sysconf("SC_OPEN_MAX"),
        "proc.is_sid_leader": os.getsid(0) == pid,
        "proc.is_vpgid_leader": os.getpgid(0) == pid,
        "proc.tty": int(read("/proc/self/stat").rsplit(")", 1)[1].split()[4]),
        "proc.pname": read(f"/proc/{parent}/comm").strip(),
        "proc.pcmdline": cmdline(parent),
        "proc.aname[2]": read(f"/proc/{grandparent}/comm").strip(),
        "proc.apid[2]": grandparent,
        "thread.tid": pid, "thread.vtid": pid, "thread.ismain": True,
        "thread.cap_effective": number_of_capabilities(status("self", "CapEff")),
        "thread.cap_permitted": number_of_capabilities(status("self", "CapPrm")),
        "user.uid": os.geteuid(), "user.name": user.pw_name,
        "user.homedir": user.pw_dir, "user.shell": user.pw_shell,
        "user.loginuid": -1 if loginuid == 0xFFFFFFFF else loginuid,
        "group.gid": os.getegid(), "group.name": grp.getgrgid(os.getegid()).gr_name,
        "fd.name": path, "fd.directory": os.path.dirname(path),
        "fd.filename": os.path.basename(path), "fd.type": "file",
        "fd.ino": os.stat(path).st_ino, "evt.failed": False,
    }
    fd = os.open(path, os.O_RDONLY)
    told["fd.num"] = told["evt.rawres"] = fd
    print(json.dumps(told))


def rule(path):
    output = " ".join("%" + field for field in FIELDS)
    print("- rule: Fields\n  desc: all that can be compared\n"
          f"  condition: evt.type in (open, openat) and fd.name = {path} and evt.rawres >= 0 "
          "and proc.env[MARK] exists and proc.name startswith python and proc.args contains tell\n"
          f"  output: fields {output}\n  priority: NOTICE")


def check(told_file, alerts):
    told = json.loads(read(told_file))
    found = [json.loads(line)["output_fields"] for line in read(alerts).splitlines()
             if line.startswith("{")]
    if len(found) != 1:
        return [f"{len(found)} alerts: {read(alerts)[:300]}"]
    fields = found[0]
    for name in ("thread.cap_effective", "thread.cap_permitted"):
        fields[name] = len((fields[name] or "").split())
    return [f"{name} is {fields.get(name)!r} and not {value!r}"
            for name, value in told.items() if fields.get(name) != value]


if sys.argv[1] == "tell":
    tell(sys.argv[2])
elif sys.argv[1] == "rule":
    rule(sys.argv[2])
else:
    print("; ".join(check(sys.argv[2], sys.argv[3])))

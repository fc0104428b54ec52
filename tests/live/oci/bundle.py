#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the config.json of an OCI runtime bundle (runc, crun) as container engines do.

  bundle.py PROFILE ROOT [BIND...] -- COMMAND...

PROFILE is docker (what `docker run` gives: root with the default capabilities), docker-old
(the same by releases that keep process_vm_readv(2) for CAP_SYS_PTRACE) or restricted
(Kubernetes' restricted profile: no root, no capability, no_new_privs, a read-only root).
All have the default seccomp profile, docker.seccomp. unit is restricted, with the
SystemCallFilter of samples/deploy/web.service, which systemd-analyze(1) spells out. ROOT is the root file system; BIND
is FROM:TO, to be seen read-only in it. What it may do beyond that is nobody's.
"""
import json
import os
import re
import subprocess
import sys

CAPABILITIES = ["CAP_" + name for name in (
    "CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE "
    "NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP").split()]
PROFILES = {  # capabilities, user, newer
    "docker": (CAPABILITIES, 0, True),
    "docker-old": (CAPABILITIES, 0, False),
    "restricted": ([], 1000, True),
    "unit": ([], 1000, True),
}
NAMESPACES = ["pid", "network", "ipc", "uts", "mount"]
MASKED = ["acpi", "asound", "kcore", "keys", "latency_stats", "timer_list", "timer_stats",
          "sched_debug", "scsi"]
READ_ONLY = ["bus", "fs", "irq", "sys", "sysrq-trigger"]


def statements():
    """The rows of docker.seccomp: a word and the names behind it."""
    rows = []
    with open(os.path.join(os.path.dirname(__file__), "docker.seccomp"), encoding="utf-8") as text:
        for line in text:
            words = line.split()
            if not words or line[0] == "#":
                continue
            if line[0].isspace():
                rows[-1].extend(words)
            else:
                rows.append(words)
    return rows


def rule(word, names, capabilities, newer):
    """One entry of the runtime's list of calls, or None where it does not apply."""
    if word == "only":
        name, index, operator, value = names[:4]
        arg = {"index": int(index), "op": "SCMP_CMP_" + operator, "value": int(value, 0)}
        if len(names) > 4:
            arg["valueTwo"] = int(names[4], 0)
        return {"names": [name], "action": "SCMP_ACT_ALLOW", "args": [arg]}
    if word == "enosys":
        return {"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": 38}
    if word == "allow" or (word == "newer" and newer) or word in capabilities:
        return {"names": names, "action": "SCMP_ACT_ALLOW"}
    return None


def unit_calls():
    """The calls that the unit's SystemCallFilter names, without the groups' names."""
    said = subprocess.run(["systemd-analyze", "syscall-filter"], check=True, capture_output=True, text=True)
    groups, group = {}, None
    for line in said.stdout.splitlines():
        word = line.split("#")[0].strip()
        if line.startswith("@"):
            group = groups.setdefault(word, [])
        elif word and group is not None:
            group.append(word)
    with open("samples/deploy/web.service", encoding="utf-8") as text:
        left = re.search(r"^SystemCallFilter=(.*)$", text.read(), re.M).group(1).split()
    calls = []
    while left:
        word = left.pop()
        if word.startswith("@"):
            left += groups[word]
        else:
            calls.append(word)
    return sorted(set(calls))


def seccomp(profile, capabilities, newer):
    if profile == "unit":
        return {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
                "syscalls": [{"names": unit_calls(), "action": "SCMP_ACT_ALLOW"}]}
    rules = [rule(row[0], row[1:], capabilities, newer) for row in statements()]
    return {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
            "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]
            if os.uname().machine == "x86_64" else ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
            "syscalls": [entry for entry in rules if entry]}


def mount(where, kind, *options):
    return {"destination": where, "type": kind, "source": kind, "options": list(options)}


def mounts(binds):
    rows = [mount("/proc", "proc", "nosuid", "noexec", "nodev"),
            mount("/dev", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
            mount("/dev/pts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"),
            mount("/dev/shm", "tmpfs", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k"),
            mount("/sys", "sysfs", "nosuid", "noexec", "nodev", "ro"),
            mount("/tmp", "tmpfs", "nosuid", "nodev", "mode=1777", "size=65536k")]
    for bind in binds:
        source, _, where = bind.partition(":")
        rows.append({"destination": where, "type": "bind", "source": source,
                     "options": ["rbind", "ro", "nosuid", "nodev"]})
    return rows


def config(profile, root, binds, command):
    capabilities, user, newer = PROFILES[profile]
    restricted = user != 0
    return {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": user, "gid": user}, "args": command, "cwd": "/",
            "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp"],
            "capabilities": {kind: capabilities for kind in ("bounding", "effective", "permitted")},
            "noNewPrivileges": restricted},
        "root": {"path": os.path.abspath(root), "readonly": restricted},
        "hostname": "c0ffee000001",
        "mounts": mounts(binds),
        "linux": {
            "namespaces": [{"type": name} for name in NAMESPACES],
            "maskedPaths": ["/proc/" + name for name in MASKED] + ["/sys/firmware"],
            "readonlyPaths": ["/proc/" + name for name in READ_ONLY],
            "seccomp": seccomp(profile, capabilities, newer)}}


def main():
    if len(sys.argv) < 5 or "--" not in sys.argv or sys.argv[1] not in PROFILES:
        sys.exit(__doc__)
    split = sys.argv.index("--")
    json.dump(config(sys.argv[1], sys.argv[2], sys.argv[3:split], sys.argv[split + 1:]),
              sys.stdout, indent=1)


main()

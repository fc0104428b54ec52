# SPDX-License-Identifier: Apache-2.0
"""What a program sees of itself, its parent and its children, and what its parent sees
of it. Every line is the same natively and under falco-run --in-place.

    in_place.py [falco-run OPTIONS... --]
"""

import ctypes
import os
import resource
import signal
import sys
import time


def say(what, value):
    print(what, value, flush=True)


def outcome(fn, *args):
    """What a call gives, or the name of its error."""
    try:
        return fn(*args)
    except OSError as e:
        return e.strerror


def status_lines():
    keys = "SigBlk", "SigIgn", "SigPnd", "ShdPnd", "Threads", "Umask", "TracerPid"
    with open("/proc/self/status") as f:
        lines = [line.split() for line in f]
    return [line[:2] for line in lines if line[0][:-1] in keys and line[0] != "TracerPid:"]


def orphan(parent):
    """Whose is a process whose parent has ended?"""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        before = os.getpid()
        if os.fork() == 0:
            while os.getppid() == before:
                time.sleep(0.01)
            os.write(writing, b"parent's" if os.getppid() == parent else b"other's")
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    return os.read(reading, 100).decode()


def children():
    """Two of them, and then none any more."""
    for code in 3, 4:
        if os.fork() == 0:
            os._exit(code)
    codes = sorted(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(2))
    return codes, outcome(os.wait), outcome(os.waitpid, -1, os.WNOHANG)


def program(parent):
    say("the pid that was forked", os.getpid() == int(os.environ["FORKED"]))
    say("the parent", os.getppid() == parent)
    say("group and session of the parent", (os.getpgrp(), os.getsid(0)) ==
        (os.getpgid(parent), os.getsid(parent)))
    say("wait", outcome(os.wait))
    say("wait without waiting", outcome(os.waitpid, -1, os.WNOHANG))
    say("children", children())
    say("an orphan is the", orphan(parent))
    say("status", status_lines())
    say("descriptors", sorted(os.listdir("/proc/self/fd")))
    say("limits", [resource.getrlimit(getattr(resource, name)) for name in sorted(dir(resource))
                   if name.startswith("RLIMIT_")])
    say("nice", os.nice(0))
    say("directory", os.getcwd())
    got = []
    signal.signal(signal.SIGUSR1, lambda number, _: got.append(number))
    os.kill(parent, signal.SIGUSR2)
    while not got:
        time.sleep(0.01)
    time.sleep(0.1)
    say("signals of the parent", len(got))
    say("a group of its own", outcome(os.setpgid, 0, 0))
    say("a session of a group's leader", outcome(os.setsid))
    if os.environ["END"] == "exit":
        os._exit(37)
    os.kill(os.getpid(), signal.SIGABRT)


def parent_of(prefix, end):
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})
    me = str(os.getpid())
    pid = os.fork()
    if pid == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR2})
        os.environ.update(FORKED=str(os.getpid()), END=end)
        command = prefix + [sys.executable, __file__, "--program", me]
        os.execv(command[0], command)
    say("the program's signal to its parent is from it",
        signal.sigwaitinfo({signal.SIGUSR2}).si_pid == pid)
    os.kill(pid, signal.SIGUSR1)
    say("status", os.waitpid(pid, 0)[1])


if sys.argv[1:2] == ["--program"]:
    program(int(sys.argv[2]))
else:
    for way in "exit", "signal":
        parent_of(sys.argv[1:], way)

# SPDX-License-Identifier: Apache-2.0
"""Threads that read files and work on what they have read. threads.py N"""
import hashlib
import sys
import threading

FILES = ["/etc/passwd", "/etc/group", "/etc/hosts", "/proc/self/stat"]


def work(turns):
    for i in range(turns):
        with open(FILES[i % len(FILES)], "rb") as f:
            hashlib.sha256(f.read() * 8).hexdigest()


threads = [threading.Thread(target=work, args=(int(sys.argv[1]),)) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()

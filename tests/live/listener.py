#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says which signals it hears, for so many seconds or until SIGINT.

  listener.py SECONDS
"""
import os
import signal
import sys
import time


def on_signal(number, _):
    os.write(1, b"GOT %d\n" % number)
    if number == signal.SIGINT:
        sys.exit(42)


for heard in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGXCPU, signal.SIGRTMIN):
    signal.signal(heard, on_signal)
print("READY", flush=True)
end = time.time() + float(sys.argv[1])
while time.time() < end:
    time.sleep(0.05)
print("OVER", flush=True)

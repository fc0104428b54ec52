#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Python's process pools, by fork and by spawn, with queues, locks and shared memory.
# NEEDS python3=python3
[ "$1" = prepare ] && cat >pool.py <<'EOF' && exit
import multiprocessing as mp, os

def square(n):
    with open("/etc/passwd") as f:
        f.read()
    return n * n

def add(total, lock, n):
    for _ in range(n):
        with lock:
            total.value += 1

if __name__ == "__main__":
    for how in ("fork", "spawn", "forkserver"):
        context = mp.get_context(how)
        with context.Pool(4) as pool:
            print(how, sum(pool.map(square, range(100))))
        total, lock = context.Value("i", 0), context.Lock()
        workers = [context.Process(target=add, args=(total, lock, 50)) for _ in range(4)]
        for w in workers:
            w.start()
        for w in workers:
            w.join()
        print(how, total.value, [w.exitcode for w in workers])
EOF
python3 pool.py

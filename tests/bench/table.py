# SPDX-License-Identifier: Apache-2.0
"""What the bench runs, and what it must show: data, no procedure.

A workload's command is text with {names} of folders and programs in it (bench.py,
Bench.names). Its kind says what is measured:

    micro  ns of one call: percentiles that load/micro.c prints
    time   s from start to end
    rate   per second, told by the client of a server
    many   per second, told by load/micro.c
    start  ms from the exec of the watcher to the program's main()
    memory MB, the watcher's peak
"""
from dataclasses import dataclass, field

WATCHERS = ("native", "strace", "notify", "trace")


@dataclass
class Workload:
    group: str  # the letter under which results stand
    name: str
    kind: str
    command: str
    rounds: int = 3
    needs: tuple = ()  # programs; without one of them it is skipped
    watchers: tuple = WATCHERS
    rules: str = "falco"  # builtin, falco, three or confirm
    asked: bool = True  # do rules ask for its calls?
    program: str = "falco-run"  # below the build folder
    server: dict = field(default_factory=dict)  # kind rate: port, client, stop


def micro(name, n, **more):
    return Workload("a", name, "micro", f"{{micro}} {name} {n} {{scratch}}", rounds=5, **more)


REDIS = dict(
    port=16379,
    client="redis-benchmark -p 16379 -n 60000 -c 20 -t get,set --csv",
    stop="redis-cli -p 16379 shutdown nosave",
)
NGINX = dict(
    port=18080,
    client="wrk -t1 -c16 -d2s http://127.0.0.1:18080/plain",
    stop="nginx -p {nginx} -c {nginx}/nginx.conf -s stop",
)
CACHED = dict(NGINX, client="wrk -t1 -c16 -d2s http://127.0.0.1:18080/cached/plain")
NGINX_COMMAND = "nginx -p {nginx} -c {nginx}/nginx.conf"
# strace wants a peak of its own only as a yardstick for ours.
PEAK = "sh -c '{micro} open 2000 {scratch} >/dev/null; grep VmHWM /proc/$PPID/status'"

WORKLOADS = [
    micro("getppid", 200, asked=False, watchers=("native", "filter", "strace", "notify", "trace")),
    micro("open", 8000),
    micro("open-relative", 4000),
    micro("open-cold", 1500),
    micro("open-confirmed", 1500, rules="confirm"),
    micro("stat", 1000, asked=False),
    micro("connect", 1000),
    micro("spawn", 100),
    Workload("b", "make -j1", "time", "{make} -j1 {objects}", rounds=2),
    Workload("b", "make -j2", "time", "{make} -j2 {objects}", rounds=2),
    Workload("c", "sh: 1000 x /bin/true", "time",
             "sh -c 'i=0; while [ $i -lt 1000 ]; do /bin/true; i=$((i+1)); done'"),
    Workload("d", "tar", "time", "sh -c 'tar cf - {tree} 2>/dev/null | cat >/dev/null'"),
    Workload("d", "find", "time", "find {tree} -type f -size +1M", rounds=5),
    Workload("e", "redis", "rate", "redis-server --port 16379 --save '' --appendonly no",
             needs=("redis-server", "redis-benchmark", "redis-cli"), server=REDIS),
    Workload("e", "nginx", "rate", NGINX_COMMAND, needs=("nginx", "wrk"), server=NGINX),
    Workload("e", "nginx, open_file_cache", "rate", NGINX_COMMAND, needs=("nginx", "wrk"),
             server=CACHED),
    Workload("f", "python start x 10", "time",
             "sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do {python} -c \"import json, ssl\"; done'"),
    Workload("f", "unpack a wheel", "time", "{python} {load}/unpack.py {wheel} {scratch}/wheel"),
    Workload("f", "python, 8 threads", "time", "{python} {load}/threads.py 1000"),
    Workload("f", "java, threads", "time",
             "java -XX:TieredStopAtLevel=1 {load}/OpenFiles.java 5000", needs=("java", "javac")),
    Workload("g", "start, built-in rules", "start", "{micro} since", rounds=9, rules="builtin"),
    Workload("g", "start, three files", "start", "{micro} since", rounds=9, rules="three",
             watchers=("notify", "trace")),
    Workload("g", "start, static", "start", "{micro} since", rounds=9, rules="builtin",
             watchers=("notify", "trace"), program="static/falco-run"),
    Workload("h", "memory, built-in rules", "memory", PEAK, rounds=1, rules="builtin",
             watchers=("strace", "notify", "trace")),
    Workload("h", "memory, three files", "memory", PEAK, rounds=1, rules="three",
             watchers=("notify", "trace")),
    *(Workload("i", f"{n} workers", "many", f"{{micro}} workers {n} 400")
      for n in (1, 2, 4, 8, 64)),
    Workload("i", "8 threads", "many", "{micro} threads 8 400"),
]

# (number, what, most or least, "<=" or ">=", figure): a figure is (function of
# results.py, its arguments).
BARS = [
    ("1", "open, decided at entry: added, in P", 1.3, "<=", ("added_p", "open", "p50")),
    ("1", "  p90", None, "", ("added_p", "open", "p90")),
    ("1", "  p99", None, "", ("added_p", "open", "p99")),
    ("1", "  relative path", None, "", ("added_p", "open-relative", "p50")),
    ("1", "  path never seen before", None, "", ("added_p", "open-cold", "p50")),
    ("1", "open, followed to its end: added, in P", 3.0, "<=", ("added_p", "open-confirmed", "p50")),
    ("1", "getppid: of the same under a filter", 1.05, "<=", ("over", "getppid", "filter")),
    ("2", "strace's added cost in ours, the worst", 3.0, ">=", ("worst_gain",)),
    ("3", "make -j1: of native", 1.08, "<=", ("over", "make -j1", "native")),
    ("3", "make -j2: of native", 1.08, "<=", ("over", "make -j2", "native")),
    ("3", "1000 x /bin/true: of native", 1.35, "<=", ("over", "sh: 1000 x /bin/true", "native")),
    ("3", "tar: of native", 1.35, "<=", ("over", "tar", "native")),
    ("3", "find: of native", 1.35, "<=", ("over", "find", "native")),
    ("3", "redis: of native", 0.97, ">=", ("over", "redis", "native")),
    ("3", "nginx: of native", 0.97, ">=", ("over", "nginx", "native")),
    ("3", "nginx, open_file_cache: of native", 0.97, ">=", ("over", "nginx, open_file_cache", "native")),
    ("4", "start, built-in rules, ms", 10, "<=", ("figure", "start, built-in rules")),
    ("4", "start, static program, ms", 10, "<=", ("figure", "start, static")),
    ("4", "start, three files, ms", 25, "<=", ("figure", "start, three files")),
    ("4", "memory, built-in rules, MB", 12, "<=", ("figure", "memory, built-in rules")),
    ("4", "memory, three files, MB", 12, "<=", ("figure", "memory, three files")),
    ("4", "python, 8 threads: of native", None, "", ("over", "python, 8 threads", "native")),
    ("4", "java, threads: of native", None, "", ("over", "java, threads", "native")),
    ("5", "64 workers: of the rate of 2", 1.0, ">=", ("growth", "64 workers", "2 workers")),
]

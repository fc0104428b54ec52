# SPDX-License-Identifier: Apache-2.0
"""Runs the workloads of table.py alone, under strace and under falco-run, in turns.

    bench.py BUILD

BENCH_ONLY=REGEX     only the workloads whose name or letter matches
BENCH_ROUNDS=N       so many rounds instead of the table's
BENCH_WATCHERS=a,b   only these (native is always run)
FALCO_RUN_DATA=DIR   where rules/*.yaml of Falco lie; without them the built-in rules
                     are used, which ask for other calls
"""
import json
import glob
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile

sys.dont_write_bytecode = True
import chart
import results
import table

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LIMIT = 120  # s, a run
FILES = ("falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml")
BUILTIN = sorted(glob.glob(os.path.join(TOP, "rules", "*.yaml")))
NGINX_CONF = """
worker_processes 1; daemon off; pid {dir}/pid; error_log /dev/null;
events {{ worker_connections 64; }}
http {{
  access_log off; keepalive_requests 1000000;
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3;
  uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  server {{
    listen 127.0.0.1:18080; root {dir}/www;
    location /cached {{ alias {dir}/www; open_file_cache max=100; }}
  }}
}}
"""


def rule_files():
    data = os.path.join(os.environ.get("FALCO_RUN_DATA", os.path.join(TOP, "../shared/data")), "rules")
    three = [os.path.join(data, f) for f in FILES]
    falco = three[:1]
    if not os.path.exists(falco[0]):
        print(f"SKIP upstream rules: none in {data}: built-in rules instead")
        falco = three = BUILTIN
    return {"builtin": [], "falco": falco, "three": three,
            "confirm": falco + [os.path.join(HERE, "load", "confirm.yaml")]}


def prepare_nginx(folder):
    os.makedirs(f"{folder}/www", exist_ok=True)
    with open(f"{folder}/www/plain", "w") as f:
        f.write("x" * 1024)
    with open(f"{folder}/nginx.conf", "w") as f:
        f.write(NGINX_CONF.format(dir=folder) if os.geteuid() else
                "user root;\n" + NGINX_CONF.format(dir=folder))


def prepare_wheel(path):
    """The standard library's plain modules, as a package would bring them."""
    library = os.path.dirname(os.__file__)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for folder in ("", "json", "email", "http", "xml/dom", "asyncio"):
            for name in sorted(os.listdir(os.path.join(library, folder))):
                full = os.path.join(library, folder, name)
                if name.endswith(".py") and os.path.isfile(full):
                    z.write(full, os.path.join("pack", folder, name))


class Bench:
    def __init__(self, build):
        self.out = os.path.abspath(os.path.join(build, "bench"))
        scratch = os.path.join(self.out, "scratch")
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(scratch)
        self.build = os.path.abspath(build)
        self.rules = rule_files()
        self.names = {
            "micro": os.path.join(self.build, "tests/bench/load/micro"),
            "scratch": scratch,
            "load": os.path.join(HERE, "load"),
            "python": "/usr/bin/python3",
            "make": f"make -C {TOP} -s -B BUILD={self.out}/build CC=cc",
            "objects": " ".join(f"{self.out}/build/tracer/{n}.o" for n in
                                ("notify", "live", "processes", "decode", "probe", "fds")),
            "tree": "/usr/include /usr/share/doc /usr/share/perl",
            "nginx": os.path.join(scratch, "nginx"),
            "wheel": os.path.join(scratch, "pack.whl"),
        }
        prepare_nginx(self.names["nginx"])
        prepare_wheel(self.names["wheel"])
        wanted = os.environ.get("BENCH_WATCHERS")
        self.watchers = ["native", "filter"] + (wanted.split(",") if wanted else list(table.WATCHERS))
        self.calls = {}

    def calls_of(self, rules):
        """What strace is restricted to: the calls that we intercept."""
        if rules not in self.calls:
            files = self.rules[rules] or BUILTIN
            program = os.path.join(self.build, "tests/bench/calls")
            self.calls[rules] = subprocess.check_output([program, *files], text=True).strip()
        return self.calls[rules]

    def prefix(self, watcher, w):
        if watcher == "native":
            return []
        if watcher == "filter":
            return [self.names["micro"], "filter"]
        if watcher == "strace":
            return ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e",
                    "trace=" + self.calls_of(w.rules)]
        named = [x for f in self.rules[w.rules] for x in ("-r", f)]
        return [os.path.join(self.build, w.program), "--engine", watcher, *named, "--"]

    def expand(self, text):
        return shlex.split(text.format(**self.names))

    def run(self, argv):
        """Runs to the end; what it prints. A workload that fails is our mistake."""
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=LIMIT, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{shlex.join(argv)}: status {done.returncode}: {done.stderr[-500:]}")
        return done.stdout

    # --- One sample of each kind ---

    def micro(self, w, prefix):
        return json.loads(self.run(prefix + self.expand(w.command)))

    def many(self, w, prefix):
        return {"p50": json.loads(self.run(prefix + self.expand(w.command)))["rate"]}

    def time(self, w, prefix):
        start = time.monotonic()
        self.run(prefix + self.expand(w.command))
        return {"p50": time.monotonic() - start}

    def start(self, w, prefix):
        text = self.run([self.names["micro"], "stamp", *prefix, *self.expand(w.command)])
        return {"p50": json.loads(text)["ns"] / 1e6}

    def memory(self, w, prefix):
        text = self.run(prefix + self.expand(w.command))
        return {"p50": int(re.search(r"VmHWM:\s*(\d+)", text).group(1)) / 1024}

    def rate(self, w, prefix):
        server = subprocess.Popen(prefix + self.expand(w.command), stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  start_new_session=True)
        try:
            wait_for_port(w.server["port"])
            return {"p50": client_rate(self.run(self.expand(w.server["client"])))}
        finally:
            subprocess.run(self.expand(w.server["stop"]), capture_output=True, check=False)
            end_server(server)


def wait_for_port(port):
    for _ in range(200):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on port {port}")


def end_server(server):
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def client_rate(text):
    """wrk's requests a second, or redis-benchmark's over all its tests."""
    wrk = re.search(r"Requests/sec:\s*([\d.]+)", text)
    if wrk:
        return float(wrk.group(1))
    rates = [float(m) for m in re.findall(r'^"(?:SET|GET)","([\d.]+)"', text, re.M)]
    return len(rates) / sum(1 / r for r in rates)


def missing(w):
    return next((p for p in w.needs if not shutil.which(p)), None)


def chosen():
    only = re.compile(os.environ.get("BENCH_ONLY") or ".")
    return [w for w in table.WORKLOADS if only.search(w.name) or only.fullmatch(w.group)]


def measure(bench, r, w):
    watchers = [x for x in w.watchers if x in bench.watchers]
    sample = getattr(bench, w.kind)
    pipe = [bench.names["micro"], "pipe", "4000", bench.names["scratch"]]
    if w.kind in ("time", "rate"):
        sample(w, [])  # warms the caches of files
    for turn in range(int(os.environ.get("BENCH_ROUNDS") or w.rounds)):
        if w.kind == "micro":
            r.pipe.append(json.loads(bench.run(pipe))["p50"])
        turn %= len(watchers)
        for watcher in watchers[turn:] + watchers[:turn]:
            r.add(w, watcher, sample(w, bench.prefix(watcher, w)))


def measure_all(bench, r):
    for w in r.workloads.values():
        absent = missing(w)
        if absent:
            r.skipped[w.name] = f"{absent} is not installed"
            print(f"SKIP bench: {w.name}: {r.skipped[w.name]}")
            continue
        try:
            measure(bench, r, w)
        except (RuntimeError, subprocess.SubprocessError, ValueError) as e:
            r.skipped[w.name] = f"it failed: {e}"
            print(f"FAIL bench: {w.name}: {e}")


def show(r):
    print(f"\nP, a round trip through two pipes on one CPU: {results.number(r.p())} ns. "
          "Ratios to native; spread is (most - least) / median.\n")
    print("\n".join(results.table(r)))
    print()
    for row in results.bars(r, table.BARS):
        no, text, target, notify, trace, verdict = row
        print("%-2s %-42s %8s %9s  trace %9s  %s" % (
            no, text, target, results.number(notify), results.number(trace), verdict))


def main():
    os.environ["PATH"] += ":/usr/sbin"  # where nginx is, and an ordinary user does not look
    bench = Bench(sys.argv[1])
    start = time.monotonic()
    r = results.Results(chosen())
    if not shutil.which("strace"):
        print("SKIP bench: strace: it is not installed")
        bench.watchers = [x for x in bench.watchers if x != "strace"]
    measure_all(bench, r)
    show(r)
    with open(os.path.join(bench.out, "bench.json"), "w") as f:
        json.dump(results.as_json(r, table.BARS), f, indent=1)
    with open(os.path.join(bench.out, "bench.svg"), "w") as f:
        f.write(chart.svg(r))
    print(f"\n{time.monotonic() - start:.0f} s; {os.path.relpath(bench.out)}/bench.json and bench.svg")
    return 1 if any(s.startswith("it failed") for s in r.skipped.values()) else 0


if __name__ == "__main__":
    sys.exit(main())

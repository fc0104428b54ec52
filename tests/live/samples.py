#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the samples and compares their alerts with what is written beside them.

  samples.py check FALCO-RUN PROGRAMS ENGINES USERS   every sample and its neighbour,
        under each engine, as each user: one line a test, as in harness/report.sh
  samples.py table                                    the table of behaviours and rules
  samples.py beside FALCO-RUN PROGRAMS RULES          the built-in rules and those of
        another file that speak of each sample, side by side

PROGRAMS is the folder of the compiled samples and the scripts; ENGINES and USERS are
words in one argument. Called from the top of the tree.

A sample says in its head what it shows: "shows: BEHAVIOUR | text", "beside: text" for
the neighbour it is when called with "benign", and, where it needs them,
  container: yes     it runs in what looks like a container
  options: ...       of falco-run
  fresh: yes         it is about programs that were just written; all others may have
                     been compiled a moment ago
  start: yes         it is about how the container was started; what that is on the
                     machine of the test is kept from the others
  users: root        it can do nothing as an ordinary user
  alone: yes         it needs a network of its own
  order: any         its alerts come in any order
  differs: field     a field that the engines see differently, by nature
  needs: command     a program of the system
"""
import concurrent.futures
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys

import alerts

NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
CANNOT = 77
# What is numbered in the heads of the samples.
NUMBERED = {number: number + " " + name for number, name in {
    "1": "privileged container misused", "2": "namespace changed",
    "3": "system, jobs, services, keys, start files", "4": "links over sensitive files",
    "5": "owners and modes", "6": "odd sockets and listeners",
    "7": "programs from odd places", "8": "shells", "9": "ssh tools",
    "10": "core utilities replaced", "11": "login programs replaced",
    "12": "shell in a container or pod", "13": "how a container was started",
    "14": "a server's unexpected child", "15": "sensitive files read",
    "16": "files in /dev", "17": "system programs connect out",
    "19": "account programs"}.items()}
SECONDS = 120


class Sample:
    def __init__(self, source):
        self.name = os.path.splitext(os.path.basename(source))[0]
        self.script = source.endswith(".sh")
        self.keys = {}
        with open(source, encoding="utf-8") as lines:
            for line in lines:
                found = re.match(r"(?:#| \*) (\w+): (.*)$", line)
                if found:
                    self.keys[found.group(1)] = found.group(2)
                elif self.keys:
                    break
        self.behaviour, _, self.text = self.keys["shows"].partition(" | ")
        self.behaviour = NUMBERED.get(self.behaviour, self.behaviour)

    def expected(self, who):
        for path in ("samples/%s.%s.alerts" % (self.name, who),
                     "samples/%s.alerts" % self.name):
            if os.path.exists(path):
                return alerts.read_expected(path)
        sys.exit("samples/%s.alerts is missing" % self.name)

    def path(self, programs):
        return os.path.join(programs, self.name + (".sh" if self.script else ""))


def samples():
    found = []
    for source in sorted(glob.glob("samples/*.c") + glob.glob("samples/*.sh")):
        with open(source, encoding="utf-8") as text:
            if re.search(r"^(#| \*) shows: ", text.read(2000), re.M):
                found.append(Sample(source))
    return sorted(found, key=lambda s: (order(s.behaviour), s.name))


def order(behaviour):
    number = re.match(r"\d+", behaviour)
    return (0, int(number.group()), "") if number else (1, 0, behaviour)


# --- Running -----------------------------------------------------------------------

# Where a clone may lie, and the rule that then speaks of every program in it.
TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/")
OF_TEMPORARY = "Program run from a temporary directory"


class Runner:
    def __init__(self, falco_run, programs):
        self.falco_run = falco_run
        self.programs = programs
        self.temporary = os.path.realpath(programs).startswith(TEMPORARY)

    def command(self, sample, mode, who, engine, options=None, container=False):
        line = NOBODY[:] if who == "user" and os.geteuid() == 0 else []
        line.append(os.path.join(self.programs, "sandbox"))
        if container or "container" in sample.keys:
            careful = mode == "benign" and "start" in sample.keys
            line.append("-C" if careful else "-c")
        if engine:
            own = shlex.split(sample.keys.get("options", ""))
            line += [self.falco_run, "--engine", engine, "-o", "json_output=true"]
            if "start" not in sample.keys:
                line += ["-o", "rules[].disable.tag=container_start"]
            if "fresh" not in sample.keys:
                line += ["-o", "rules[].disable.rule=Dropped program run"]
            if self.temporary and not any(OF_TEMPORARY in want for want in sample.expected(who)):
                line += ["-o", "rules[].disable.rule=" + OF_TEMPORARY]
            line += (own if options is None else options) + ["--"]
        line.append(sample.path(self.programs))
        return line + (["benign"] if mode == "benign" else [])

    def run(self, *what, **more):
        home = os.path.join(os.path.dirname(self.programs), "tmp")
        env = dict(os.environ, HOME=home)
        try:
            done = subprocess.run(self.command(*what, **more), env=env, timeout=SECONDS,
                                  stdin=subprocess.DEVNULL, capture_output=True,
                                  check=False)
        except subprocess.TimeoutExpired:
            return 124, "", "it did not end"
        return (done.returncode, done.stdout.decode(errors="replace"),
                done.stderr.decode(errors="replace"))


def compare(sample, found, wanted):
    if sample.keys.get("order") == "any":
        found = sorted(found, key=alerts.title)
        wanted = sorted(wanted, key=lambda want: " | ".join(want[:2]))
    return list(alerts.compare(found, wanted))


def check(runner, sample, mode, who, engines):
    """The complaints of one sample in one mode as one user; None: cannot run."""
    status, out, err = runner.run(sample, mode, who, None)
    if status == CANNOT:
        return None, err.strip()
    wanted = sample.expected(who) if mode == "harm" else []
    complaints, seen = [], []
    for engine in engines:
        got, text, log = runner.run(sample, mode, who, engine)
        seen.append(alerts.read_text(log))
        if got != status:
            complaints.append("%s: status %d, not %d: %s" % (engine, got, status, log[-300:]))
        if text != out:
            complaints.append("%s: its own output is '%s'" % (engine, text))
        complaints += [engine + ": " + c for c in compare(sample, seen[-1], wanted)]
    differs = ["field " + f for f in sample.keys.get("differs", "").split()]
    for other in seen[1:] if sample.keys.get("order") != "any" else []:
        complaints += alerts.agree(seen[0], other, differs + ["output"] * bool(differs))
    return complaints, ""


def report(sample, mode, who, complaints, why):
    name = "%s%s as %s" % (sample.name, " (its neighbour)" if mode == "benign" else "", who)
    if complaints is None:
        print("SKIP live: %s: %s" % (name, " ".join(why.split())[:200]))
    elif complaints:
        print("FAIL live: %s: %s" % (name, " ".join("; ".join(complaints).split())[:900]))
    else:
        print("ok   live: %s" % name)
    sys.stdout.flush()


def check_all(falco_run, programs, engines, users):
    runner = Runner(falco_run, programs)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        jobs = []
        for sample in samples():
            missing = [n for n in sample.keys.get("needs", "").split()
                       if not shutil.which(n)]
            for who in users.split():
                if sample.keys.get("users", who) != who:
                    continue
                for mode in ("harm", "benign"):
                    if missing:
                        report(sample, mode, who, None, "there is no " + " ".join(missing))
                    else:
                        jobs.append((sample, mode, who, pool.submit(
                            check, runner, sample, mode, who, engines.split())))
        for sample, mode, who, job in jobs:
            report(sample, mode, who, *job.result())


# --- Tables ------------------------------------------------------------------------

def rules_of(sample, users=("root", "user")):
    """The rules that a sample makes speak, with their priorities, each once."""
    found = []
    for who in users:
        for want in sample.expected(who):
            text = "%s (%s)" % (want[1], want[0])
            if text not in found:
                found.append(text)
    return found


def table():
    """One row a behaviour: its rules, and the samples that make them speak."""
    rows = {}
    for sample in samples():
        if rules_of(sample):
            rules, names = rows.setdefault(sample.behaviour, ([], []))
            rules += [r for r in rules_of(sample) if r not in rules]
            names.append("`%s`" % sample.name)
    print("| behaviour | rules (priority) | samples |")
    print("|---|---|---|")
    for behaviour, (rules, names) in rows.items():
        print("| %s | %s | %s |" % (behaviour, ", ".join(rules), " ".join(names)))


def beside(falco_run, programs, rules):
    runner = Runner(falco_run, programs)

    def other(sample):
        _, _, log = runner.run(sample, "harm", "root", "notify",
                               options=["-r", rules], container=True)
        names = []
        for alert in alerts.read_text(log):
            if alert["rule"] not in names:
                names.append(alert["rule"])
        return names

    print("| behaviour | sample | built-in rules | %s |" % os.path.basename(rules))
    print("|---|---|---|---|")
    shown = [s for s in samples() if s.expected("root") and s.keys.get("users") != "user"]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for sample, names in zip(shown, pool.map(other, shown)):
            ours = [rule.rsplit(" (", 1)[0] for rule in rules_of(sample, ("root",))]
            print("| %s | `%s` | %s | %s |" % (sample.behaviour, sample.name,
                                               ", ".join(ours), ", ".join(names) or "-"))


def leave_ancestors():
    """Goes on in a process of which init is the parent, and the first one waits for
    it: rules ask for ancestors, and we may run under make or a shell in a container."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        os.wait()
        os.read(reader, 1)
        sys.exit(0)
    if os.fork():
        os._exit(0)
    os.close(reader)


def main(arguments):
    verbs = {"check": (check_all, 4), "table": (table, 0), "beside": (beside, 3)}
    if not arguments or arguments[0] not in verbs:
        sys.exit(__doc__)
    verb, wants = verbs[arguments[0]]
    if len(arguments) != wants + 1:
        sys.exit(__doc__)
    sys.stdout.flush()
    leave_ancestors()
    verb(*arguments[1:])


main(sys.argv[1:])

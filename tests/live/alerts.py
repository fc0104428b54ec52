#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the JSON alerts of a run out of what it wrote to standard error, among
other lines, and compares them.

  alerts.py expect FILE EXPECTED  every line of EXPECTED, in order, and no more
  alerts.py same FILE FILE        field for field, except times, pids and ports
  alerts.py list FILE             one line an alert: Priority | Rule

Prints what is wrong, one line each; prints nothing and ends with 0 when all is well.
"""
import fnmatch
import json
import re
import sys

# What differs from run to run without meaning anything.
VOLATILE = re.compile(r"^(evt\.(time|rawtime|reltime|datetime|num|latency|deltatime)"
                      r"|(proc|thread)\.(p|a|v)?(pid|vpid|tid)|.*duration"
                      r"|proc\.exe_ino\.ctime_duration_proc_start|evt\.arg\.pid$)")
ALIKE = [
    (re.compile(r"(\d+\.\d+\.\d+\.\d+):\d+"), r"\1:PORT"),
    (re.compile(r"(falco-run-\w+-)\w{6}"), r"\1XXXXXX"),
    (re.compile(r"/proc/\d+"), "/proc/PID"),
    (re.compile(r"\btarget=\d+"), "target=PID"),
    (re.compile(r"\bage=\d+"), "age=NS"),
    (re.compile(r"^\d\d:\d\d:\d\d\.\d+: "), ""),
]


def alike(value):
    if isinstance(value, str):
        for pattern, by in ALIKE:
            value = pattern.sub(by, value)
    return value


def read(path):
    with open(path, encoding="utf-8", errors="replace") as lines:
        return read_text(lines.read())


def read_text(text):
    found = []
    for line in text.splitlines():
        # The program writes to the same stream, in the middle of its lines too.
        begin = line.find('{"')
        if begin < 0:
            continue
        try:
            alert, _ = json.JSONDecoder().raw_decode(line, begin)
        except ValueError:
            continue
        if "rule" in alert:
            found.append(alert)
    return found


def title(alert):
    return "%s | %s" % (alert.get("priority"), alert["rule"])


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "<NA>" if value is None else str(value)


def read_expected(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split(" | ") for line in lines
                if line.strip() and not line.startswith("#")]


def expect(path, expected):
    yield from compare(read(path), read_expected(expected))


def compare(alerts, wanted):
    for alert, want in zip(alerts, wanted):
        if title(alert) != " | ".join(want[:2]):
            yield "'%s' where '%s' was expected" % (title(alert), " | ".join(want[:2]))
            continue
        fields = alert.get("output_fields") or {}
        for part in want[2:]:
            name, _, pattern = part.partition("=")
            got = text(fields.get(name))
            if not fnmatch.fnmatchcase(got, pattern):
                yield "%s: %s is '%s', not '%s'" % (alert["rule"], name, got, pattern)
    for want in wanted[len(alerts):]:
        yield "missing: %s" % " | ".join(want[:2])
    for alert in alerts[len(wanted):]:
        yield "too much: %s: %s" % (title(alert), alert.get("output"))


def comparable(alert):
    out = {}
    for key, value in alert.items():
        if key in ("time", "output_fields"):
            continue
        out[key] = alike(value)
    for key, value in (alert.get("output_fields") or {}).items():
        out["field " + key] = "*" if VOLATILE.match(key) else alike(value)
    return out


def same(first, second):
    yield from agree(read(first), read(second))


def agree(a, b, differs=()):
    if len(a) != len(b):
        yield "%d alerts against %d: %s; %s" % (
            len(a), len(b), [x["rule"] for x in a], [x["rule"] for x in b])
    for x, y in zip(a, b):
        x, y = comparable(x), comparable(y)
        for key in sorted(set(x) | set(y)):
            if key not in differs and x.get(key) != y.get(key):
                yield "%s: %s: '%s' against '%s'" % (
                    x.get("rule"), key, x.get(key), y.get(key))


def listing(path):
    for alert in read(path):
        yield title(alert)


def main(arguments):
    verbs = {"expect": (expect, 2), "same": (same, 2), "list": (listing, 1)}
    if not arguments or arguments[0] not in verbs:
        sys.exit(__doc__)
    verb, wants = verbs[arguments[0]]
    if len(arguments) != wants + 1:
        sys.exit(__doc__)
    lines = list(verb(*arguments[1:]))
    for line in lines:
        print(line)
    if verb is not listing and lines:
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])

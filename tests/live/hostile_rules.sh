#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Rules files that were made to hurt: huge, deep, cyclic, broken. Each is answered in
# bounded time and memory, with a clear message where it is refused, and never by a
# crash. Valid ones of great size are taken.
set -u

suite=live
. tests/harness/live.sh "$1"
printf 'engine:\n  kind: modern_ebpf\n' >"$work/falco.yaml"

# Bounds for one file: seconds, and KiB of resident memory.
seconds=30
memory=$((768 * 1024 * slow))

# What the Python texts below begin with.
write='import sys
def save(text):
    data = text if isinstance(text, bytes) else text.encode()
    with open(sys.argv[1], "wb") as out:
        out.write(data)
def rule(condition, name="r"):
    return ("- rule: %s\n  desc: d\n  condition: %s\n  output: o\n"
            "  priority: INFO\n" % (name, condition))
def tenfold(first, line, last=""):
    return first + "".join(line(i) for i in range(1, 12)) + last
'

# Runs -V on what the Python text saves. Expected: 0 with the verdict Ok, or 1 with a
# message.
check() { # name, status, pattern, python
	local file=$work/hostile.yaml got peak why=
	rm -f "$file"
	if ! python3 -c "$write$4" "$file" 2>"$work/err"; then
		fail "$1" "not written: $(cat "$work/err")"
		return
	fi
	bounded $seconds python3 -c '
import os, resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
open(sys.argv[1], "w").write("%d\n" % peak)
sys.exit(status if status >= 0 else 128 - status)
' "$work/peak" "$falco_run" -c "$work/falco.yaml" -V "$file" >"$work/out" 2>&1 </dev/null
	got=$?
	peak=$(cat "$work/peak" 2>/dev/null || echo 0)
	rm -f "$work/peak" "$file"
	if [ $got -ne "$2" ]; then
		why="the status is $got: $(tail -c 300 "$work/out")"
	elif ! grep -qiE -- "$3" "$work/out"; then
		why="the message does not say '$3': $(tail -c 300 "$work/out")"
	elif [ "$(wc -c <"$work/out")" -gt 16384 ]; then
		why="the message has $(wc -c <"$work/out") bytes"
	elif [ "$peak" -gt $memory ]; then
		why="it took $peak KiB"
	fi
	verdict "$1" "$why"
}

# Size.
check "a rules file of 100 MB is refused" 1 'too large' \
	'one = rule("evt.type = open"); save(one * ((100 << 20) // len(one) + 1))'
check "a comment of 100 MB is refused" 1 'too large' \
	'save("# " + "x" * (100 << 20) + "\n" + rule("evt.type = open"))'
check "a list of 15 million items is refused" 1 'too many nodes' \
	'save("- list: l\n  items: [" + "a," * (15 << 20) + "a]\n")'
check "100 000 rules are taken" 0 ': Ok' \
	'save("".join(rule("evt.type = open", "r%d" % i) for i in range(100000)))'
check "more rules are refused" 1 'Too many rules: no more than 100000 are taken' \
	'save("".join(rule("evt.type = open", "r%d" % i) for i in range(378000)))'
check "more macros are refused" 1 'Too many macros: no more than 100000 are taken' \
	'save("".join("- macro: m%d\n  condition: fd.num = 1\n" % i for i in range(100001)))'
check "more lists are refused" 1 'Too many lists: no more than 100000 are taken' \
	'save("".join("- list: m%d\n  items: [a]\n" % i for i in range(100001)))'
check "a condition of 30 MB is refused" 1 'longer than' \
	'save(rule("proc.name = " + "x" * (30 << 20)))'
check "a condition of 1 MB is taken" 0 ': Ok' \
	'save(rule("evt.type = open and (" + " or ".join(
    "proc.name = x%06d" % i for i in range(45000)) + ")"))'
check "a list of 100 000 items is taken" 0 ': Ok' \
	'save("- list: l\n  items: [" + ", ".join("i%06d" % i for i in range(100000))
     + "]\n" + rule("evt.type = open and proc.name in (l)"))'

# Depth.
check "10 000 parentheses are refused" 1 'max depth' \
	'save(rule("evt.type = open and " + "(" * 10000 + "proc.name = x" + ")" * 10000))'
check "10 000 parentheses that stay open are refused" 1 'max depth' \
	'save(rule("evt.type = open and " + "(" * 10000 + "proc.name = x"))'
check "10 000 negations are taken" 0 ': Ok' \
	'save(rule("evt.type = open and " + "not " * 10000 + "proc.name = x"))'
check "100 000 lists of YAML in each other are refused" 1 'nested too deeply' \
	'save("- " + "[" * 100000 + "]" * 100000 + "\n")'

# Growth: each line is ten times the one before.
check "aliases of aliases are refused" 1 'too many nodes' \
	'save(tenfold("- &a0 [x, x]\n", lambda i:
    "- &a%d [%s]\n" % (i, ", ".join(["*a%d" % (i - 1)] * 10))))'
check "aliases of aliases as items are refused" 1 'too many nodes' \
	'save(tenfold("- list: l\n  items: &a0 [x, x]\n", lambda i:
    "- list: l%d\n  items: &a%d [%s]\n" % (i, i, ", ".join(["*a%d" % (i - 1)] * 10))))'
check "an alias of what it is in is refused" 1 'anchor' 'save("- &a [*a]\n")'
check "macros of macros are refused" 1 'longer than' \
	'save(tenfold("- macro: m0\n  condition: proc.name = x\n", lambda i:
    "- macro: m%d\n  condition: (%s)\n" % (i, " or ".join(["m%d" % (i - 1)] * 10)),
    rule("evt.type = open and m11")))'
check "lists of lists are bounded" 0 ': Ok' \
	'save(tenfold("- list: l0\n  items: [x, y]\n", lambda i:
    "- list: l%d\n  items: [%s]\n" % (i, ", ".join(["l%d" % (i - 1)] * 10)),
    rule("evt.type = open and proc.name in (l11)")))'

# Bytes.
check "what is not UTF-8 is refused" 1 'UTF-8' \
	'save(rule("evt.type = open and proc.name = X").encode().replace(b"X", b"\xff\xfe\xc0"))'
check "a NUL in the file is refused" 1 'control characters' \
	'save(rule("evt.type = open and proc.name = X").replace("X", "\0"))'
check "a NUL in a value is refused" 1 'NUL byte' \
	'save(rule("\"evt.type = open and proc.name = a\\0b\""))'
exit 0

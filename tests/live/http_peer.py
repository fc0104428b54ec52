#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server on loopback that takes alerts as falcosidekick would, or misbehaves.

  http_peer.py MODE DIR   MODE: good, text, sidekick, hang, reset, 500, tls, mtls
  http_peer.py self-test  nothing is served: the rules below, on examples

Writes its port to DIR/port, each body as a line to DIR/bodies and its heads to
DIR/heads. With tls and mtls, DIR holds server.crt, server.key and ca.crt.

What falcosidekick would refuse, and what is not Falco's shape, gets a 400 and a line in
DIR/refused that says why; `sidekick` checks its rules alone, `text` takes text as well,
which falcosidekick does not.
"""
import datetime
import http.server
import json
import os
import re
import ssl
import struct
import socket
import sys
import time

PRIORITIES = ("Emergency", "Alert", "Critical", "Error", "Warning", "Notice",
              "Informational", "Debug")
ALWAYS = {"hostname", "output_fields", "priority", "rule", "source", "time"}
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z")
TEXT = re.compile(r"(\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d\.\d{9}(\+0000)?: (%s) " % "|".join(PRIORITIES))


class Refused(Exception):
    pass


def must(condition, what):
    if not condition:
        raise Refused(what)


# --- falcosidekick ---
#
# Its rules of acceptance, from its sources (github.com/falcosecurity/falcosidekick, as of
# August 2026): mainHandler and newFalcoPayload in handlers.go, FalcoPayload and its
# Check in types/types.go, PriorityType in types/priority.go. It answers 400 unless
# - the method is POST, the body begins with a JSON object that fits FalcoPayload: texts
#   output, rule, source, hostname; time as RFC 3339; tags a list of texts; output_fields
#   an object. Go leaves out null and what it does not know, and takes keys in any case;
# - priority is one of eight words, in any case (an unknown one becomes "", which Check
#   refuses); rule is not empty; time is not Go's zero; output_fields has a field.
# It panics, and the alert is lost, when k8s.ns.name or k8s.pod.name is neither a text nor
# null (its pull requests 429 and 1422).
SIDEKICK_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
SIDEKICK_PRIORITIES = {name.lower() for name in PRIORITIES}


def fits(payload, name, kind):
    value = payload.get(name)
    must(value is None or isinstance(value, kind), "falcosidekick: %s is no %s" % (name, kind.__name__))
    return kind() if value is None else value


def check_sidekick(body):
    try:
        payload, _ = json.JSONDecoder().raw_decode(body.lstrip())
    except ValueError as error:
        raise Refused("falcosidekick: no JSON: %s" % error)
    must(isinstance(payload, dict), "falcosidekick: no object")
    payload = {name.lower(): value for name, value in payload.items()}
    for name in ("output", "source", "hostname"):
        fits(payload, name, str)
    must(all(tag is None or isinstance(tag, str) for tag in fits(payload, "tags", list)), "falcosidekick: a tag is no text")
    must(fits(payload, "priority", str).lower() in SIDEKICK_PRIORITIES, "falcosidekick: unknown priority")
    must(fits(payload, "rule", str), "falcosidekick: no rule")
    when = fits(payload, "time", str)
    must(SIDEKICK_TIME.fullmatch(when) and not when.startswith("0001-01-01T00:00:00"), "falcosidekick: time %r" % when)
    fields = fits(payload, "output_fields", dict)
    must(fields, "falcosidekick: output_fields is empty")
    for name in ("k8s.ns.name", "k8s.pod.name"):
        must(isinstance(fields.get(name), (str, type(None))), "falcosidekick: panics, %s is no text" % name)


# An alert that it takes; then what may be changed, and what may not.
GOOD = {"output": "o", "priority": "Error", "rule": "r", "time": "2026-01-02T03:04:05.123456789Z", "output_fields": {"evt.time": 1}}
TAKEN = [{}, {"priority": "informational"}, {"output": None}, {"tags": ["a"]}, {"tags": None}, {"more": 1}, {"hostname": "h"},
         {"output_fields": {"k8s.ns.name": None}}, {"output_fields": {"k8s.pod.name": "p"}}, {"time": "2026-01-02T03:04:05+01:00"}]
REFUSED = [{"priority": "Info"}, {"priority": None}, {"priority": 3}, {"rule": ""}, {"rule": None}, {"time": "03:04:05"}, {"time": None},
           {"time": "0001-01-01T00:00:00Z"}, {"output_fields": {}}, {"output_fields": None}, {"output_fields": []}, {"output": 1},
           {"tags": "a"}, {"tags": [1]}, {"hostname": 1}, {"output_fields": {"k8s.ns.name": 1}}, {"output_fields": {"k8s.pod.name": []}}]


def self_test():
    for changes, wanted in [(change, True) for change in TAKEN] + [(change, False) for change in REFUSED]:
        try:
            check_sidekick(json.dumps(dict(GOOD, **changes)))
            taken = True
        except Refused:
            taken = False
        assert taken == wanted, changes


# --- Falco's shape ---


def object_of(pairs):
    names = [name for name, _ in pairs]
    must(names == sorted(names, key=str.encode), "keys are sorted: %s" % names)
    must(len(names) == len(set(names)), "keys are there once: %s" % names)
    return dict(pairs)


def number_is_finite(word):
    raise Refused("%s is no JSON" % word)


def nanoseconds(text):
    match = TIME.fullmatch(text)
    must(match, "time is RFC 3339 with nine digits and Z: %s" % text)
    moment = datetime.datetime.strptime(match.group(1) + "+0000", "%Y-%m-%dT%H:%M:%S%z")
    return int(moment.timestamp()) * 10**9 + int(match.group(2))


def check_fields(fields):
    must(isinstance(fields, dict) and fields, "output_fields is an object with a field")
    for name, value in fields.items():
        # More than falcosidekick wants, and what its outputs make of them.
        if name.startswith("k8s."):
            must(value is None or isinstance(value, str), "%s is a text: %r" % (name, value))
        must(not isinstance(value, dict), "%s is no object" % name)


def check_tags(alert):
    if alert["source"] == "internal":
        must("tags" not in alert, "what no rule says has no tags")
        return
    tags = alert.get("tags", [])
    must(isinstance(tags, list) and all(isinstance(tag, str) for tag in tags), "tags are texts")
    must(tags == sorted(set(tags)), "tags are sorted, each once: %s" % tags)


def check_times(alert):
    when = nanoseconds(alert["time"])
    fields = alert["output_fields"]
    for name in ("evt.time", "evt.time.iso8601"):
        if name in fields and alert["source"] != "internal":
            must(fields[name] == when, "%s is the time: %s" % (name, fields[name]))
    must(abs(when - time.time_ns()) < 3600 * 10**9, "the time is now: %s" % alert["time"])


def check_json(body):
    alert = json.loads(body, object_pairs_hook=object_of, parse_constant=number_is_finite)
    must(json.dumps(alert, separators=(",", ":"), ensure_ascii=False) == body, "there are no blanks")
    must(ALWAYS <= set(alert), "keys are missing: %s" % sorted(ALWAYS - set(alert)))
    must(set(alert) <= ALWAYS | {"output", "message", "tags"}, "keys are unknown: %s" % sorted(alert))
    for name in ("hostname", "priority", "rule", "source", "time"):
        must(isinstance(alert[name], str) and alert[name], "%s is a text that is not empty" % name)
    must(alert["priority"] in PRIORITIES, "priority is spelt as Falco does: %s" % alert["priority"])
    check_fields(alert["output_fields"])
    check_tags(alert)
    check_times(alert)
    if "output" in alert and alert["source"] != "internal":
        must(TEXT.match(alert["output"]), "output begins with time and priority: %s" % alert["output"])


def check(headers, body):
    kind = headers["Content-Type"]
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Refused("the body is UTF-8: %s" % error)
    must(text and "\n" not in text, "the body is one line")
    must(kind in ("application/json", "text/plain"), "Content-Type %s" % kind)
    must(kind != "application/json" or text[0] == "{", "JSON is an object")
    if mode != "text":
        check_sidekick(text)
    if mode == "sidekick":
        return
    if kind == "application/json":
        check_json(text)
    else:
        must(TEXT.match(text), "a text begins with time and priority: %s" % text)


if sys.argv[1:] == ["self-test"]:
    self_test()
    sys.exit()
mode, folder = sys.argv[1:]


def note(name, line):
    with open(os.path.join(folder, name), "ab") as file:
        file.write(line)


class Peer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def verdict(self, body):
        try:
            check(self.headers, body)
        except (Refused, ValueError) as why:
            note("refused", ("%s: %r\n" % (why, body)).encode())
            return 400
        return 500 if mode == "500" else 200

    def do_POST(self):
        if mode == "hang":
            time.sleep(600)
        if mode == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        note("bodies", body + b"\n")
        note("heads", str(self.headers).encode())
        self.send_response(self.verdict(body))
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"took")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer)
server.daemon_threads = True
if mode in ("tls", "mtls"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/server.crt", folder + "/server.key")
    if mode == "mtls":
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(folder + "/ca.crt")
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(os.path.join(folder, "port"), "w") as port:
    port.write(str(server.server_address[1]))
try:
    server.serve_forever()
except (BrokenPipeError, ConnectionError):
    pass

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server on loopback that takes alerts as falcosidekick would, or misbehaves.

  http_peer.py MODE DIR   MODE: good, hang, reset, 500, tls, mtls

Writes its port to DIR/port, each body as a line to DIR/bodies and its heads to
DIR/heads. With tls and mtls, DIR holds server.crt, server.key and ca.crt.
"""
import http.server
import os
import ssl
import struct
import socket
import sys
import time

mode, folder = sys.argv[1:]


class Peer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        if mode == "hang":
            time.sleep(600)
        if mode == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(os.path.join(folder, "bodies"), "ab") as bodies:
            bodies.write(body + b"\n")
        with open(os.path.join(folder, "heads"), "a") as heads:
            heads.write(str(self.headers))
        self.send_response(500 if mode == "500" else 200)
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

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Amazon ECS's task metadata endpoint, as far as falco-run asks it: prints its port,
then answers (`answer`) or never does (`hang`)."""
import http.server
import json
import sys
import time

ANSWER = {
    "DockerId": "cd189a933e5849daa93386466019ab50-2495160603",
    "Name": "web",
    "Image": "reg/web:7",
    "Labels": {"cluster": "blue"},
    "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": ["192.0.2.3"]}],
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if sys.argv[1] == "hang":
            time.sleep(30)
            return
        body = json.dumps(ANSWER).encode()
        self.send_response(200 if self.path == "/v4/me" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()

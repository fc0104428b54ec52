#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# curl against a server of Python's on loopback: downloads at once, ranges, an error.
# NEEDS curl=curl python3=python3
[ "$1" = prepare ] && { mkdir www && head -c 300000 /dev/zero | tr '\0' x >www/big; exit; }
python3 -u -m http.server --bind 127.0.0.1 18082 -d www >server.log 2>&1 &
for _ in $(seq 200); do
	curl -sf -o /dev/null http://127.0.0.1:18082/ && break
	sleep 0.1
done
curl -s --parallel --parallel-max 5 http://127.0.0.1:18082/big -o a http://127.0.0.1:18082/big -o b
sha256sum a b
curl -s -o /dev/null -w '%{http_code} %{size_download}\n' http://127.0.0.1:18082/none
curl -s http://127.0.0.1:1/
echo "status $?"
kill %1
wait

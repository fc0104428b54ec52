#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# nginx with two workers (which give up root, if we are), 2000 requests of 20 clients.
# NEEDS nginx=nginx-light ab=apache2-utils curl=curl
if [ "$1" = prepare ]; then
	mkdir html logs && chmod 777 . html logs
	echo "hello from nginx" >html/index.html
	cat >nginx.conf <<'EOF'
daemon off;
worker_processes 2;
pid nginx.pid;
error_log logs/error.log;
events { worker_connections 256; }
http {
	access_log logs/access.log;
	client_body_temp_path tmp-body;
	proxy_temp_path tmp-proxy;
	fastcgi_temp_path tmp-fastcgi;
	uwsgi_temp_path tmp-uwsgi;
	scgi_temp_path tmp-scgi;
	server { listen 127.0.0.1:18080; root html; }
}
EOF
	exit
fi
nginx -p "$1" -c nginx.conf -e logs/early.log &
for _ in $(seq 200); do
	curl -sf http://127.0.0.1:18080/ >/dev/null && break
	sleep 0.1
done
curl -s http://127.0.0.1:18080/
curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:18080/none
ab -q -n 2000 -c 20 http://127.0.0.1:18080/ | grep -E '^(Complete|Failed|Non-2xx)'
kill -HUP "$(cat nginx.pid)"
sleep 0.5
curl -s http://127.0.0.1:18080/
kill -QUIT "$(cat nginx.pid)"
wait
echo "ended with $?, $(wc -l <logs/access.log) requests logged"

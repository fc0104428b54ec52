#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# busybox: its shell, pipes, applets, httpd and wget over loopback.
# NEEDS busybox=busybox-static
[ "$1" = prepare ] && exit
cat >script <<'EOF'
mkdir www && echo "from busybox" >www/index.html
busybox httpd -f -p 127.0.0.1:18081 -h www &
server=$!
i=0
while [ $i -lt 100 ] && ! busybox wget -q -O got http://127.0.0.1:18081/; do sleep 0.1; i=$((i + 1)); done
cat got
kill $server; wait $server; echo "httpd $?"
busybox seq 1000 | busybox sort -r | busybox head -n 3
busybox find /etc/apt | busybox sort | busybox md5sum
busybox tar -cf - www | busybox tar -tf -
trap "echo trapped; exit 4" TERM; kill $$; exit 5
EOF
busybox sh script

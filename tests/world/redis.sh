#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# redis-server with a background save (a fork), under redis-benchmark.
# NEEDS redis-server=redis-server redis-benchmark=redis-tools
[ "$1" = prepare ] && exit
redis-server --port 16379 --bind 127.0.0.1 --dir "$1" --save '' --logfile server.log &
cli() { redis-cli -p 16379 "$@"; }
for _ in $(seq 200); do
	[ "$(cli ping 2>/dev/null)" = PONG ] && break
	sleep 0.1
done
redis-benchmark -p 16379 -q -n 3000 -c 20 -t set,get,lpush --csv | cut -d, -f1
cli set answer 42
cli get answer
cli llen mylist
cli bgsave
for _ in $(seq 100); do
	cli info persistence | grep -q 'rdb_bgsave_in_progress:0' && break
	sleep 0.1
done
cli info persistence | grep rdb_last_bgsave_status
cli shutdown nosave
wait
echo "ended with $?"

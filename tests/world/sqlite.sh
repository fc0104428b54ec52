#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# sqlite3: three processes write to one database, with and without a log.
# NEEDS sqlite3=sqlite3
[ "$1" = prepare ] && exit
sqlite3 a.db 'pragma journal_mode=wal; create table t(n integer, who integer)'
for who in 1 2 3; do
	(for n in $(seq 20); do echo "pragma busy_timeout=60000; insert into t values($n, $who);"; done |
		sqlite3 a.db >/dev/null) &
done
wait
sqlite3 a.db 'select count(*), sum(n), count(distinct who) from t; pragma integrity_check'
sqlite3 a.db .dump | sqlite3 b.db && sqlite3 b.db 'select count(*) from t'
sqlite3 b.db 'insert into nowhere values(1)' 2>/dev/null
echo "status $?"

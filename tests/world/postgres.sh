#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# PostgreSQL: initdb, a server, pgbench with four clients, a fast shutdown.
# NEEDS psql=postgresql-client setpriv=util-linux pg_config=postgresql
[ "$1" = prepare ] && { ls /usr/lib/postgresql/*/bin/initdb && ls /usr/lib/postgresql/*/bin/postgres; exit; }
if [ "$(id -u)" -eq 0 ]; then
	chmod 777 "$1"
	exec setpriv --reuid 65534 --regid 65534 --clear-groups bash "$0" "$1"
fi
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
export PGDATA=$1/data PGHOST=$1 PGUSER=me PGDATABASE=postgres
initdb -U me -N >initdb.log 2>&1
echo "initdb: $?"
pg_ctl -w -t 120 -o "-c listen_addresses= -c unix_socket_directories=$1 -c fsync=off" -l log start >/dev/null
echo "start: $?"
pgbench -i -q -s 1 2>/dev/null
echo "fill: $?"
pgbench -c 4 -j 2 -t 50 2>/dev/null | grep -E 'actually processed|failed'
psql -Atc 'select count(*) from pgbench_accounts; select count(*) from pgbench_history'
pg_ctl -w -m fast stop >/dev/null
echo "stop: $?"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# gdb runs a program with threads: breakpoints, a backtrace, its exit code.
# NEEDS gdb=gdb cc=build-essential
# ENGINES notify
[ "$1" = prepare ] && cat >app.c <<'EOF' && { cc -g -O0 -pthread -o app app.c; exit; }
#include <pthread.h>
#include <stdio.h>
static int total;
static void *add(void *n) { total += (int)(long)n; fclose(fopen("/etc/passwd", "r")); return n; }
int main(void)
{
	for (long i = 1; i <= 5; i++) {
		pthread_t id;
		pthread_create(&id, NULL, add, (void *)i);
		pthread_join(id, NULL);
	}
	/* Not to gdb's own output: the two would mix within lines. */
	fprintf(fopen("sum", "w"), "total %d\n", total);
	return total;
}
EOF
gdb -q -batch -nx -ex 'break add if (long)n == 3' -ex run -ex 'print total' -ex 'bt 1' -ex continue \
	./app 2>/dev/null | grep -E '^(\$1|#0|\[Inferior)' | sed 's/process [0-9]*/process N/; s/0x[0-9a-f]*/ADDR/g'
cat sum

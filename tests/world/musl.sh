#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A static program of musl's, with threads, vfork and a search through PATH.
# NEEDS musl-gcc=musl-tools
[ "$1" = prepare ] && cat >app.c <<'EOF' && { musl-gcc -static -O1 -pthread -o app app.c; exit; }
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
static void *run(void *arg)
{
	FILE *f = fopen("/etc/passwd", "r");
	int c = f ? fgetc(f) : 0;
	if (f)
		fclose(f);
	return c ? arg : NULL;
}
int main(void)
{
	extern char **environ;
	char *argv[] = { "sh", "-c", "exit 6", NULL };
	pthread_t ids[16];
	void *ret;
	pid_t pid;
	int status, n = 0;
	for (long i = 0; i < 16; i++)
		pthread_create(&ids[i], NULL, run, (void *)(i + 1));
	for (int i = 0; i < 16; i++) {
		pthread_join(ids[i], &ret);
		n += ret != NULL;
	}
	posix_spawnp(&pid, "sh", NULL, NULL, argv, environ);
	waitpid(pid, &status, 0);
	printf("%d threads, child %d\n", n, WEXITSTATUS(status));
	return 2;
}
EOF
./app

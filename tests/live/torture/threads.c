/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 64 threads open files at once, then 8, then one: no call is lost, none told twice.
 * EVENTS 3650: evt.type=openat and fd.name=/dev/null and evt.res=SUCCESS
 * EVENTS 73: evt.type in (clone, clone3) and evt.rawres > 0
 * EVENTS 73: evt.type in (clone, clone3) and evt.rawres = 0
 */
#include "torture.h"

#include <pthread.h>

static void *run(void *arg)
{
	open_times("/dev/null", 50);
	return arg;
}

static void crowd(int n)
{
	pthread_t ids[64];
	void *ret;

	for (long i = 0; i < n; i++)
		MUST(!pthread_create(&ids[i], NULL, run, (void *)i));
	for (long i = 0; i < n; i++) {
		MUST(!pthread_join(ids[i], &ret));
		MUST(ret == (void *)i);
	}
	printf("%d threads\n", n);
}

int main(void)
{
	crowd(64);
	crowd(8);
	crowd(1);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thousand processes, 250 of them alive at a time and opening files all at once.
 * EVENTS 2000: evt.type=openat and fd.name=/dev/null and evt.res=SUCCESS
 * EVENTS 1001: evt.type=procexit and proc.name=many
 */
#include "torture.h"

#define HERD 250

static void herd(void)
{
	int gate[2];
	pid_t pids[HERD];
	char c;

	MUST(!pipe(gate));
	for (int i = 0; i < HERD; i++) {
		pids[i] = fork();
		MUST(pids[i] >= 0);
		if (!pids[i]) {
			close(gate[1]);
			MUST(!read(gate[0], &c, 1));
			open_times("/dev/null", 2);
			_exit(i % 100);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < HERD; i++)
		reap_exit(pids[i], i % 100);
}

int main(void)
{
	for (int i = 0; i < 4; i++)
		herd();
	printf("1000 processes\n");
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does what falco-run cannot see through, by name: each must be named at the end of
 * the run (tests/live/events.sh).
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sock_filter allow[] = {
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
static struct sock_fprog program = { 1, allow };

int main(int argc, char **argv)
{
	char params[128] = "";
	const char *what = argc > 1 ? argv[1] : "";

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!strcmp(what, "ring"))
		syscall(SYS_io_uring_setup, 2, params);
	else if (!strcmp(what, "seccomp"))
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
	else if (!strcmp(what, "prctl"))
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	else if (!strcmp(what, "rest") && !fork())
		sleep(2);
	return 0;
}

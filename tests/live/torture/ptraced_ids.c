/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that are traced inside, and open files as somebody else than they are by their
 * real ids: whether they may is supposed from what the kernel asks. The last may not.
 * EVENTS 3: fd.name startswith /tmp/ptraced_ids. and evt.is_unverified=true and fd.num>=0
 * EVENTS 1: evt.arg.name startswith /tmp/ptraced_ids. and evt.res=EACCES
 * ENGINES notify
 * USER root
 */
#include "torture.h"

#include <grp.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>

#define SOMEBODY 1000
#define GROUP 4242

static void as_root_by_effective_id(void)
{
	MUST(!setgroups(0, NULL) && !setresuid(SOMEBODY, 0, 0));
}

static void by_group(void)
{
	const gid_t group = GROUP;

	MUST(!setgroups(1, &group) && !setresgid(SOMEBODY, SOMEBODY, SOMEBODY));
	MUST(!setresuid(SOMEBODY, SOMEBODY, SOMEBODY));
}

static void as_nobody_else(void)
{
	MUST(!setgroups(0, NULL) && !setresgid(SOMEBODY, SOMEBODY, SOMEBODY));
	MUST(!setresuid(SOMEBODY, SOMEBODY, SOMEBODY));
}

static void as_owner_by_effective_id(void)
{
	MUST(!setgroups(0, NULL) && !setresuid(0, SOMEBODY, 0));
}

static void opens(const char *path, void (*become)(void), int error)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		become();
		MUST(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		_exit(open(path, O_RDONLY) >= 0 ? 0 : errno);
	}
	MUST(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	MUST(!ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD));
	do {
		MUST(!ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
		MUST(waitpid(pid, &status, 0) == pid);
	} while (WIFSTOPPED(status));
	MUST(WIFEXITED(status) && WEXITSTATUS(status) == error);
}

static void with_file(uid_t uid, gid_t gid, mode_t mode, void (*become)(void),
		      int error)
{
	char path[] = "/tmp/ptraced_ids.XXXXXX";
	int fd = mkstemp(path);

	MUST(fd >= 0 && !fchown(fd, uid, gid) && !fchmod(fd, mode));
	close(fd);
	opens(path, become, error);
	unlink(path);
}

int main(void)
{
	with_file(0, 0, 0600, as_root_by_effective_id, 0);
	with_file(0, GROUP, 0640, by_group, 0);
	with_file(SOMEBODY, 0, 0600, as_owner_by_effective_id, 0);
	with_file(0, 0, 0600, as_nobody_else, EACCES);
	printf("four opens\n");
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids of this thread alone, by the bare system calls: the C library's would change all
 * threads. A change of ids takes the thread's death signal away; it is put back.
 */
#include "wear.h"

#include <errno.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "procfs.h"

#define KEEP ((uid_t)-1)

static bool find_ids(int proc_fd, pid_t pid, struct procfs_status *ret)
{
	if (geteuid() != 0 || procfs_status(proc_fd, pid, ret) < 0)
		return false;
	return ret->uid[0] != 0 || ret->gid[0] != getgid();
}

static void keep_death_signal(void (*change)(const struct procfs_status *ids),
			      const struct procfs_status *ids)
{
	int number = 0;

	prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0);
	change(ids);
	if (number)
		prctl(PR_SET_PDEATHSIG, number, 0, 0, 0);
}

static void take_files(const struct procfs_status *ids)
{
	syscall(SYS_setfsgid, ids->gid[0]);
	syscall(SYS_setfsuid, ids->uid[0]);
}

/* First the group, which only root may, and last the user. */
static void take_real(const struct procfs_status *ids)
{
	syscall(SYS_setresgid, ids->gid[0], KEEP, KEEP);
	syscall(SYS_setresuid, ids->uid[0], KEEP, KEEP);
}

bool wear_files(int proc_fd, pid_t pid, struct worn *ret)
{
	struct procfs_status ids;

	if (!find_ids(proc_fd, pid, &ids))
		return false;
	*ret = (struct worn){ .files = true };
	keep_death_signal(take_files, &ids);
	return true;
}

bool wear_real(int proc_fd, pid_t pid, struct worn *ret)
{
	struct procfs_status ids;

	if (!find_ids(proc_fd, pid, &ids))
		return false;
	*ret = (struct worn){ .real = true };
	keep_death_signal(take_real, &ids);
	return true;
}

void wear_off(const struct worn *worn)
{
	const struct procfs_status root = { .uid = { 0 }, .gid = { getegid() } };
	int kept = errno;

	if (worn->real)
		keep_death_signal(take_real, &root);
	if (worn->files)
		keep_death_signal(take_files, &root);
	errno = kept;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids of this thread alone, by the bare system calls: the C library's would change all
 * threads. A change of ids takes the thread's death signal away; it is put back.
 */
#include "wear.h"

#include <errno.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "procfs.h"

#define KEEP ((uid_t)-1)

/* CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH of capabilities(7). */
#define PASSES_BY (UINT64_C(1) << 1 | UINT64_C(1) << 2)

static bool find_ids(int proc_fd, pid_t pid, struct procfs_status *ret)
{
	if (geteuid() != 0 || procfs_status(proc_fd, pid, ret) < 0)
		return false;
	return ret->uid[0] != 0 || ret->gid[0] != getgid();
}

struct change {
	uid_t uid;
	gid_t gid;
	const struct worn *groups; /* NULL: they stay */
};

static void keep_death_signal(void (*make)(const struct change *to),
			      const struct change *to)
{
	int number = 0;

	prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0);
	make(to);
	if (number)
		prctl(PR_SET_PDEATHSIG, number, 0, 0, 0);
}

static void take_files(const struct change *to)
{
	if (to->groups)
		syscall(SYS_setgroups, to->groups->n, to->groups->groups);
	syscall(SYS_setfsgid, to->gid);
	syscall(SYS_setfsuid, to->uid);
}

/* First the group, which only root may, and last the user. */
static void take_real(const struct change *to)
{
	syscall(SYS_setresgid, to->gid, KEEP, KEEP);
	syscall(SYS_setresuid, to->uid, KEEP, KEEP);
}

static uid_t files_uid(void)
{
	return (uid_t)syscall(SYS_setfsuid, KEEP);
}

static gid_t files_gid(void)
{
	return (gid_t)syscall(SYS_setfsgid, KEEP);
}

bool wear_files(int proc_fd, pid_t pid, struct worn *ret)
{
	struct procfs_status ids;

	if (!find_ids(proc_fd, pid, &ids))
		return false;
	*ret = (struct worn){ .files = true, .uid = files_uid(),
			      .gid = files_gid() };
	keep_death_signal(take_files,
			  &(struct change){ ids.uid[0], ids.gid[0], NULL });
	return true;
}

static bool same_groups(const struct worn *a, const struct worn *b)
{
	return a->n == b->n &&
	       !memcmp(a->groups, b->groups, a->n * sizeof(a->groups[0]));
}

/* False: there are more than we can hold. */
static bool our_groups(struct worn *ret)
{
	int n = getgroups(WEAR_GROUPS, ret->groups);

	ret->n = n < 0 ? 0 : (size_t)n;
	return n >= 0;
}

static bool their_groups(int proc_fd, pid_t tid, struct worn *ret)
{
	int n = procfs_groups(proc_fd, tid, ret->groups, WEAR_GROUPS);

	ret->n = n < 0 ? 0 : (size_t)n;
	return n >= 0 && n < WEAR_GROUPS;
}

static bool wears(const struct procfs_status *ids, const struct worn *groups)
{
	struct worn now;

	return files_uid() == ids->uid[3] && files_gid() == ids->gid[3] &&
	       our_groups(&now) && same_groups(&now, groups);
}

bool wear_access(int proc_fd, pid_t tid, struct worn *ret)
{
	struct procfs_status ids;
	struct worn theirs;

	*ret = (struct worn){ .uid = files_uid(), .gid = files_gid() };
	if (procfs_status(proc_fd, tid, &ids) < 0 || !our_groups(ret) ||
	    !their_groups(proc_fd, tid, &theirs))
		return false;
	if (wears(&ids, &theirs))
		return !(ids.cap_effective & PASSES_BY);
	if (geteuid() != 0)
		return false;
	ret->files = true;
	ret->has_groups = !same_groups(ret, &theirs);
	keep_death_signal(take_files, &(struct change){
		ids.uid[3], ids.gid[3], ret->has_groups ? &theirs : NULL });
	return wears(&ids, &theirs) && !(ids.cap_effective & PASSES_BY);
}

bool wear_real(int proc_fd, pid_t pid, struct worn *ret)
{
	struct procfs_status ids;

	if (!find_ids(proc_fd, pid, &ids))
		return false;
	*ret = (struct worn){ .real = true, .gid = getegid() };
	keep_death_signal(take_real,
			  &(struct change){ ids.uid[0], ids.gid[0], NULL });
	return true;
}

void wear_off(const struct worn *worn)
{
	const struct change before = { worn->uid, worn->gid,
				       worn->has_groups ? worn : NULL };
	int kept = errno;

	if (worn->real)
		keep_death_signal(take_real, &before);
	if (worn->files)
		keep_death_signal(take_files, &before);
	errno = kept;
}

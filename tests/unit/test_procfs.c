/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs.h: the parsers on hostile text, and the readers on real processes.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/child.h"
#include "harness/test.h"

#include "cleanup.h"
#include "strbuf.h"

#include "tracer/procfs.h"

static void do_nothing(void *arg)
{
	(void)arg;
}

static int parse_stat(const char *text, struct procfs_stat *st)
{
	return procfs_stat_parse(text, strlen(text), st);
}

#define STAT_REST \
	" S 11 12 13 34816 14 4194304 99 1 22 3 4 5 6 7 20 0 1 0 209163 " \
	"3133440 360 18446744073709551615"

static void stat_is_parsed(void **state)
{
	struct procfs_stat st;

	(void)state;
	assert_int_equal(parse_stat("10 (cat)" STAT_REST, &st), 0);
	assert_string_equal(st.comm, "cat");
	assert_int_equal(st.ppid, 11);
	assert_int_equal(st.pgrp, 12);
	assert_int_equal(st.session, 13);
	assert_int_equal(st.tty, 34816);
	assert_int_equal(st.minor_faults, 99);
	assert_int_equal(st.major_faults, 22);
	assert_int_equal(st.start_ticks, 209163);
}

static void a_name_cannot_fake_the_rest(void **state)
{
	struct procfs_stat st;

	(void)state;
	assert_int_equal(parse_stat("10 (a) R 1 1 1 (b)" STAT_REST, &st), 0);
	assert_string_equal(st.comm, "a) R 1 1 1 (b");
	assert_int_equal(st.ppid, 11);
	assert_int_equal(parse_stat("10 ()" STAT_REST, &st), 0);
	assert_string_equal(st.comm, "");
	assert_int_equal(parse_stat("1 (0123456789abcdef0123)" STAT_REST, &st),
			 0);
	assert_string_equal(st.comm, "0123456789abcde");
}

static void half_a_stat_is_refused(void **state)
{
	struct procfs_stat st;

	(void)state;
	assert_int_equal(parse_stat("", &st), -EINVAL);
	assert_int_equal(parse_stat("10 (cat", &st), -EINVAL);
	assert_int_equal(parse_stat("10 cat)", &st), -EINVAL);
	assert_int_equal(parse_stat("10 )cat(", &st), -EINVAL);
	assert_int_equal(parse_stat("10 (cat)", &st), -EINVAL);
	assert_int_equal(parse_stat("10 (cat) S", &st), -EINVAL);
}

static const char status_text[] =
	"Name:\tx\nTgid:\t7\nPid:\t9\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n"
	"NStgid:\t7\t3\nNSpid:\t9\t4\nNSpgid:\t7\t2\nNSsid:\t1\t0\n"
	"VmSize:\t    2860 kB\nVmRSS:\t     360 kB\nVmSwap:\t 12 kB\n"
	"Threads:\t3\nCapInh:\t0000000000000001\nCapPrm:\t000001ffffffffff\n"
	"CapEff:\t000001fffffffffe\n";

static void status_is_parsed(void **state)
{
	struct procfs_status st;

	(void)state;
	assert_int_equal(procfs_status_parse(status_text, &st), 0);
	assert_string_equal(st.comm, "x");
	assert_int_equal(st.tgid, 7);
	assert_int_equal(st.vtid, 4);
	assert_int_equal(st.vpid, 3);
	assert_int_equal(st.vpgid, 2);
	assert_int_equal(st.vsid, 0);
	assert_int_equal(st.depth, 1);
	assert_int_equal(st.uid[1], 2);
	assert_int_equal(st.gid[3], 8);
	assert_int_equal(st.vm_size, 2860);
	assert_int_equal(st.vm_rss, 360);
	assert_int_equal(st.vm_swap, 12);
	assert_int_equal(st.threads, 3);
	assert_int_equal(st.cap_inheritable, 1);
	assert_true(st.cap_permitted == 0x1ffffffffff);
	assert_true(st.cap_effective == 0x1fffffffffe);
}

static void a_status_has_the_name_as_it_was(void **state)
{
	struct procfs_status st;

	(void)state;
	assert_int_equal(procfs_status_parse("Name:\ta\\nb\\\\n\tc\nTgid:\t5\n",
					     &st),
			 0);
	assert_string_equal(st.comm, "a\nb\\n\tc");
	assert_int_equal(procfs_status_parse("Name:\t\nTgid:\t5\n", &st), 0);
	assert_string_equal(st.comm, "");
	assert_int_equal(procfs_status_parse("Name:\t\\\nTgid:\t5\n", &st), 0);
	assert_string_equal(st.comm, "\\");
	assert_int_equal(procfs_status_parse("Name:\t0123456789abcdef\nTgid:\t5\n",
					     &st),
			 0);
	assert_string_equal(st.comm, "0123456789abcde");
}

static void a_status_without_tgid_is_refused(void **state)
{
	struct procfs_status st;

	(void)state;
	assert_int_equal(procfs_status_parse("", &st), -EINVAL);
	assert_int_equal(procfs_status_parse("Name:\tTgid:\t7\n", &st),
			 -EINVAL);
	assert_int_equal(procfs_status_parse("Tgid:\n", &st), -EINVAL);
	assert_int_equal(procfs_status_parse("Tgid:\t-3\n", &st), -EINVAL);
}

static void a_status_may_lack_lines(void **state)
{
	struct procfs_status st;

	(void)state;
	assert_int_equal(procfs_status_parse("Tgid:\t5\nNSpid:\n", &st), 0);
	assert_int_equal(st.vtid, -1);
	assert_int_equal(st.vpid, -1);
	assert_int_equal(st.vm_size, 0);
}

static void rename_itself(void *arg)
{
	(void)arg;
	prctl(PR_SET_NAME, "odd) R 1 (\nx");
}

static void a_real_process_is_read(void **state)
{
	struct child c = child_start(rename_itself, NULL);
	struct procfs_status status;
	struct procfs_stat stat;
	int fd = proc_fd();

	(void)state;
	assert_int_equal(procfs_stat(fd, c.pid, &stat), 0);
	assert_int_equal(stat.ppid, getpid());
	assert_int_equal(stat.session, getsid(0));
	assert_int_equal(stat.pgrp, getpgrp());
	assert_true(stat.start_ticks > 0);
	assert_int_equal(procfs_status(fd, c.pid, &status), 0);
	assert_int_equal(status.tgid, c.pid);
	assert_int_equal(status.vtid, c.pid);
	assert_int_equal(status.uid[1], geteuid());
	assert_int_equal(status.gid[1], getegid());
	assert_int_equal(status.threads, 1);
	close(fd);
	child_end(&c);
}

static void a_vanished_process_is_esrch(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	struct child c = child_start(do_nothing, NULL);
	pid_t pid = c.pid;
	struct procfs_status status;
	struct procfs_stat stat;
	char link[16];
	uint32_t id;
	int64_t limit;
	int fd = proc_fd();

	(void)state;
	child_end(&c);
	assert_int_equal(procfs_stat(fd, pid, &stat), -ESRCH);
	assert_int_equal(procfs_status(fd, pid, &status), -ESRCH);
	assert_int_equal(procfs_read(fd, pid, "cmdline", 10, &b), -ESRCH);
	assert_int_equal(procfs_link(fd, pid, "exe", link, sizeof(link)),
			 -ESRCH);
	assert_int_equal(procfs_loginuid(fd, pid, &id), -ESRCH);
	assert_int_equal(procfs_fdlimit(fd, pid, &limit), -ESRCH);
	assert_int_equal(procfs_groups(fd, pid, &id, 1), -ESRCH);
	assert_int_equal(procfs_open(fd, pid, "mem", O_RDONLY), -ESRCH);
	close(fd);
}

static void a_file_is_read_up_to_the_cap(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	int fd = proc_fd();

	(void)state;
	assert_int_equal(procfs_read(fd, getpid(), "status", 10, &b), 10);
	assert_int_equal(b.n, 10);
	assert_string_equal(b.data, "Name:\ttest");
	assert_true(procfs_read(fd, getpid(), "status", 1 << 16, &b) > 200);
	assert_true(b.n > 210);
	close(fd);
}

/* The kernel hands out a page of it at a time, and the last mapping is the last line but
 * for the kernel's own. */
static void a_table_of_many_pages_is_read_whole(void **state)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	CLEANUP(closep) int fd = open("/proc", O_PATH | O_CLOEXEC);
	const size_t page = 4096, n = 400;
	char *at = mmap(NULL, n * page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_ptr_not_equal(at, MAP_FAILED);
	for (size_t i = 0; i < n; i += 2)
		assert_int_equal(mprotect(at + i * page, page, PROT_READ), 0);
	assert_true(procfs_read_table(fd, getpid(), "maps", 1 << 20, &b) >
		    16384);
	assert_contains(b.data, "[stack]");
	munmap(at, n * page);
}

static void a_long_link_is_cut(void **state)
{
	char link[4];
	int fd = proc_fd();

	(void)state;
	assert_int_equal(procfs_link(fd, getpid(), "exe", link, sizeof(link)),
			 3);
	assert_int_equal(link[0], '/');
	assert_int_equal(link[3], '\0');
	close(fd);
}

static void lower_the_limit(void *arg)
{
	struct rlimit limit = { 700, 700 };

	(void)arg;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static bool limit_is_700(void *arg)
{
	int64_t limit = 0;

	return procfs_fdlimit(proc_fd(), *(pid_t *)arg, &limit) == 0 &&
	       limit == 700;
}

static void the_limit_of_descriptors_is_read_either_way(void **state)
{
	struct child c = child_start(lower_the_limit, NULL);

	(void)state;
	assert_true(limit_is_700(&c.pid));
	assert_true(without_call(302 /* prlimit64 */, EPERM, limit_is_700,
				 &c.pid));
	child_end(&c);
}

static void count(void *ctx, int fd)
{
	int *seen = ctx;

	*seen += fd == 601 || fd == 602;
}

static void open_two(void *arg)
{
	(void)arg;
	dup2(0, 601);
	dup2(0, 602);
}

static void descriptors_are_listed(void **state)
{
	struct child c = child_start(open_two, NULL);
	int fd = proc_fd(), seen = 0;

	(void)state;
	assert_int_equal(procfs_fds(fd, c.pid, count, &seen), 0);
	assert_int_equal(seen, 2);
	close(fd);
	child_end(&c);
}

static void groups_are_read(void **state)
{
	uint32_t ours[64], read[64];
	int n = getgroups(64, ours), fd = proc_fd();

	(void)state;
	assert_int_equal(procfs_groups(fd, getpid(), read, 64), n);
	for (int i = 0; i < n; i++)
		assert_int_equal(read[i], ours[i]);
	close(fd);
}

static void a_login_is_read_or_unset(void **state)
{
	uint32_t uid = 1;
	int fd = proc_fd();

	(void)state;
	assert_int_equal(procfs_loginuid(fd, getpid(), &uid), 0);
	assert_int_not_equal(uid, 1);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stat_is_parsed),
		cmocka_unit_test(a_name_cannot_fake_the_rest),
		cmocka_unit_test(half_a_stat_is_refused),
		cmocka_unit_test(status_is_parsed),
		cmocka_unit_test(a_status_has_the_name_as_it_was),
		cmocka_unit_test(a_status_without_tgid_is_refused),
		cmocka_unit_test(a_status_may_lack_lines),
		cmocka_unit_test(a_real_process_is_read),
		cmocka_unit_test(a_vanished_process_is_esrch),
		cmocka_unit_test(a_file_is_read_up_to_the_cap),
		cmocka_unit_test(a_table_of_many_pages_is_read_whole),
		cmocka_unit_test(a_long_link_is_cut),
		cmocka_unit_test(the_limit_of_descriptors_is_read_either_way),
		cmocka_unit_test(descriptors_are_listed),
		cmocka_unit_test(groups_are_read),
		cmocka_unit_test(a_login_is_read_or_unset),
	};

	return RUN_TESTS(tests);
}

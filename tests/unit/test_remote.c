/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remote.h: memory that is there, half there, not there, and forbidden.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/child.h"
#include "harness/test.h"

#include "tracer/remote.h"

static char text[] = "a string in the other process";
static char big[3 * 4096];
/* One mapped page with nothing behind it. */
static char *last_page;

static void do_nothing(void *arg)
{
	(void)arg;
}

static void fill(void *arg)
{
	(void)arg;
	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	memset(last_page, 'y', 4096);
}

static int group_setup(void **state)
{
	char *two = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	if (two == MAP_FAILED)
		return -1;
	munmap(two + 4096, 4096);
	last_page = two;
	return 0;
}

static struct remote remote_of(const struct child *c)
{
	return (struct remote){ .proc_fd = proc_fd(), .tid = c->pid };
}

static void bytes_of_another_process_are_read(void **state)
{
	struct child c = child_start(do_nothing, NULL);
	struct remote r = remote_of(&c);
	char buf[sizeof(text)];

	(void)state;
	assert_int_equal(remote_read(&r, (uintptr_t)text, buf, sizeof(buf)),
			 sizeof(buf));
	assert_string_equal(buf, text);
	assert_int_equal(remote_read(&r, (uintptr_t)text, buf, 0), 0);
	child_end(&c);
}

static void a_read_over_many_pages_is_whole(void **state)
{
	struct child c = child_start(fill, NULL);
	struct remote r = remote_of(&c);
	static char buf[sizeof(big)];

	(void)state;
	assert_int_equal(remote_read(&r, (uintptr_t)big, buf, sizeof(big)),
			 sizeof(big));
	assert_int_equal(buf[0], 'x');
	assert_int_equal(buf[sizeof(big) - 2], 'x');
	child_end(&c);
}

static void a_read_into_nothing_is_short(void **state)
{
	struct child c = child_start(fill, NULL);
	struct remote r = remote_of(&c);
	char buf[8192];

	(void)state;
	assert_int_equal(remote_read(&r, (uintptr_t)last_page + 4000, buf,
				     sizeof(buf)),
			 96);
	assert_int_equal(remote_read(&r, (uintptr_t)last_page + 4096, buf,
				     sizeof(buf)),
			 -EFAULT);
	child_end(&c);
}

static void addresses_that_lead_nowhere_are_efault(void **state)
{
	static const uint64_t nowhere[] = { 0, 1, UINT64_MAX, UINT64_MAX - 100,
					    (uint64_t)INT64_MAX + 1,
					    INT64_MAX, INT64_MAX - 8 };
	struct child c = child_start(do_nothing, NULL);
	struct remote r = remote_of(&c);
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		assert_int_equal(remote_read(&r, nowhere[i], buf, sizeof(buf)),
				 -EFAULT);
		assert_int_equal(remote_string(&r, nowhere[i], buf,
					       sizeof(buf)),
				 -EFAULT);
	}
	child_end(&c);
}

static void a_string_ends_at_its_nul(void **state)
{
	struct child c = child_start(fill, NULL);
	struct remote r = remote_of(&c);
	static char buf[sizeof(big)];

	(void)state;
	assert_int_equal(remote_string(&r, (uintptr_t)text, buf, sizeof(buf)),
			 sizeof(text) - 1);
	assert_string_equal(buf, text);
	assert_int_equal(remote_string(&r, (uintptr_t)big, buf, sizeof(buf)),
			 sizeof(big) - 1);
	child_end(&c);
}

static void a_long_string_is_cut(void **state)
{
	struct child c = child_start(fill, NULL);
	struct remote r = remote_of(&c);
	char buf[100];

	(void)state;
	assert_int_equal(remote_string(&r, (uintptr_t)big, buf, sizeof(buf)),
			 99);
	assert_int_equal(buf[98], 'x');
	assert_int_equal(buf[99], '\0');
	assert_int_equal(remote_string(&r, (uintptr_t)text, buf, 1), 0);
	assert_int_equal(remote_string(&r, (uintptr_t)text, buf, 0), -EINVAL);
	child_end(&c);
}

static void a_string_without_end_is_efault(void **state)
{
	struct child c = child_start(fill, NULL);
	struct remote r = remote_of(&c);
	char buf[8192];

	(void)state;
	assert_int_equal(remote_string(&r, (uintptr_t)last_page + 4090, buf,
				       sizeof(buf)),
			 -EFAULT);
	/* Cut before it runs out of memory it is a string like any other. */
	assert_int_equal(remote_string(&r, (uintptr_t)last_page, buf, 4096),
			 4095);
	child_end(&c);
}

static void a_gone_tracee_is_esrch(void **state)
{
	struct child c = child_start(do_nothing, NULL);
	struct remote r = remote_of(&c);
	char buf[4];

	(void)state;
	child_end(&c);
	assert_int_equal(remote_read(&r, (uintptr_t)text, buf, sizeof(buf)),
			 -ESRCH);
}

static bool reads_text(void *arg)
{
	struct remote *r = arg;
	char buf[sizeof(text)];

	return remote_string(r, (uintptr_t)text, buf, sizeof(buf)) ==
		       sizeof(text) - 1 &&
	       strcmp(buf, text) == 0;
}

static void proc_mem_is_read_where_the_call_is_refused(void **state)
{
	struct child c = child_start(do_nothing, NULL);
	struct remote r = remote_of(&c);
	int mem_fd = -1;

	(void)state;
	assert_true(without_call(SYS_process_vm_readv, EPERM, reads_text, &r));
	assert_true(without_call(SYS_process_vm_readv, ENOSYS, reads_text, &r));
	r.mem_fd = &mem_fd;
	remote_prepare(&r);
	assert_true(mem_fd >= 0);
	assert_true(without_call(SYS_process_vm_readv, EPERM, reads_text, &r));
	close(mem_fd);
	child_end(&c);
}

static bool reads_nothing(void *arg)
{
	struct remote *r = arg;
	char buf[4];

	return remote_read(r, 8, buf, sizeof(buf)) == -EFAULT;
}

static void proc_mem_knows_nowhere_too(void **state)
{
	struct child c = child_start(do_nothing, NULL);
	struct remote r = remote_of(&c);

	(void)state;
	assert_true(without_call(SYS_process_vm_readv, EPERM, reads_nothing,
				 &r));
	child_end(&c);
}

static bool is_refused(void *arg)
{
	struct remote *r = arg;
	char buf[4];

	r->proc_fd = -1;
	return remote_read(r, (uintptr_t)text, buf, sizeof(buf)) == -EPERM;
}

static void what_nothing_can_read_is_eperm(void **state)
{
	struct child c = child_start(do_nothing, NULL);
	struct remote r = remote_of(&c);

	(void)state;
	assert_true(without_call(SYS_process_vm_readv, EPERM, is_refused, &r));
	child_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_another_process_are_read),
		cmocka_unit_test(a_read_over_many_pages_is_whole),
		cmocka_unit_test(a_read_into_nothing_is_short),
		cmocka_unit_test(addresses_that_lead_nowhere_are_efault),
		cmocka_unit_test(a_string_ends_at_its_nul),
		cmocka_unit_test(a_long_string_is_cut),
		cmocka_unit_test(a_string_without_end_is_efault),
		cmocka_unit_test(a_gone_tracee_is_esrch),
		cmocka_unit_test(proc_mem_is_read_where_the_call_is_refused),
		cmocka_unit_test(proc_mem_knows_nowhere_too),
		cmocka_unit_test(what_nothing_can_read_is_eperm),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}

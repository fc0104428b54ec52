/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a live case.
 */
#include "harness/live_case.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/test.h"

struct live_case live_case;

int live_case_setup(void **state)
{
	char *two = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	if (two == MAP_FAILED)
		return -1;
	munmap(two + 4096, 4096);
	memset(two, 'y', 4096);
	live_case.last_page = two;
	live_case.live = live_new(proc_fd(), &live_case.stats);
	return 0;
}

int live_case_teardown(void **state)
{
	(void)state;
	live_free(live_case.live);
	munmap(live_case.last_page, 4096);
	return 0;
}

void in_usr_lib(void *arg)
{
	(void)arg;
	if (chdir("/usr/lib"))
		_exit(1);
	child_tell(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
	child_tell(open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

uint64_t at(const void *p)
{
	return (uintptr_t)p;
}

struct event *entry(const struct call *call)
{
	struct event *ev = live_begin(live_case.live, call, PHASE_ENTRY);

	assert_non_null(ev);
	assert_int_equal(ev->phase, PHASE_ENTRY);
	assert_int_equal(ev->tid, call->tid);
	return ev;
}

enum outcome name_of(struct event *ev, const struct fd_info **ret)
{
	return ev->resolver->event_fd(ev, FD_PART_NAME, ret);
}

struct event *ended(struct call *call, int64_t result)
{
	call->ended = true;
	call->result = result;
	return live_begin(live_case.live, call, PHASE_EXIT);
}

void is_outcome(struct event *ev, unsigned i, enum outcome want)
{
	assert_int_equal(event_param(ev, i)->outcome, want);
}

void is_number(struct event *ev, unsigned i, int64_t want)
{
	is_outcome(ev, i, OUTCOME_VALUE);
	assert_int_equal(event_param(ev, i)->i, want);
}

void is_text(struct event *ev, unsigned i, const char *want)
{
	is_outcome(ev, i, OUTCOME_VALUE);
	assert_span_text(event_param(ev, i)->text, want);
}

struct call openat_call(const struct child *c, const char *path, int flags)
{
	return child_call(c, SYS_openat, (uint64_t)AT_FDCWD, at(path),
			  (uint64_t)flags);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuse.h, over a listener that is a pipe with something to receive: what it answers
 * shows in the fake ioctl(2).
 *
 * LINK: -Wl,--wrap=ioctl
 */
#include "harness/test.h"

#include <linux/seccomp.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tracer/fuse.h"
#include "tracer/page.h"

static struct {
	_Atomic unsigned received, answered;
	_Atomic uint64_t last;
} seen;

int __wrap_ioctl(int fd, unsigned long request, void *arg);

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	(void)fd;
	if (request == SECCOMP_IOCTL_NOTIF_RECV) {
		usleep(1000);
		((struct seccomp_notif *)arg)->id = 1000 + seen.received++;
	}
	if (request == SECCOMP_IOCTL_NOTIF_SEND) {
		seen.last = ((struct seccomp_notif_resp *)arg)->id;
		seen.answered++;
	}
	return 0;
}

static int listener_new(void)
{
	int p[2];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], "x", 1), 1);
	close(p[1]);
	return p[0];
}

static void rest(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static void in_time_nobody_is_let_go(void **state)
{
	struct page *page = page_new();
	int fd = listener_new();
	struct fuse *f = fuse_new(page, 2000);

	(void)state;
	atomic_store(&page->listener, fd);
	fuse_begin(f);
	rest(20);
	fuse_end(f);
	assert_false(fuse_has_blown(f));
	assert_int_equal(fuse_count(f), 0);
	fuse_free(f);
	page_free(page);
	close(fd);
}

static void who_waits_too_long_is_let_go_and_all_that_come(void **state)
{
	struct page *page = page_new();
	int fd = listener_new();
	struct fuse *f = fuse_new(page, 40);

	(void)state;
	atomic_store(&page->listener, fd);
	page->slots[3].id = 42;
	fuse_begin(f);
	for (int i = 0; i < 500 && seen.answered < 3; i++)
		rest(10);
	assert_true(fuse_has_blown(f));
	assert_true(seen.received >= 2);
	fuse_end(f);
	rest(100);
	assert_int_equal(page->late.id, 0);
	assert_int_equal(fuse_count(f), seen.answered);
	assert_int_equal(seen.answered, seen.received + 1);
	fuse_begin(f);
	assert_false(fuse_has_blown(f));
	fuse_free(f);
	page_free(page);
	close(fd);
}

static void without_a_limit_there_is_none(void **state)
{
	(void)state;
	assert_null(fuse_new(NULL, 0));
	fuse_begin(NULL);
	fuse_end(NULL);
	assert_false(fuse_has_blown(NULL));
	assert_int_equal(fuse_count(NULL), 0);
	fuse_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_time_nobody_is_let_go),
		cmocka_unit_test(
			who_waits_too_long_is_let_go_and_all_that_come),
		cmocka_unit_test(without_a_limit_there_is_none),
	};

	return RUN_TESTS(tests);
}

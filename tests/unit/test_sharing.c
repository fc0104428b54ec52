/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sharing.h, truth.h: what is not believed at entry because others can write it, and
 * what becomes of it when the call has ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/live_case.h"
#include "harness/test.h"

#include "tracer/mappings.h"
#include "tracer/tracer.h"

/* Memory of the child: what a call's arguments lead to. */
static char passwd[] = "/etc/passwd";
static char group[] = "/etc/group";
static struct sockaddr_in somewhere = { .sin_family = AF_INET, .sin_port = 7 };

static void *sleep_on(void *unused)
{
	pause();
	return unused;
}

static void with_a_thread(void *arg)
{
	pthread_t id;

	in_usr_lib(arg);
	pthread_create(&id, NULL, sleep_on, NULL);
}

static char *shared_text;

static struct child with_shared_text(void)
{
	shared_text = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memcpy(shared_text, passwd, sizeof(passwd));
	return child_start(in_usr_lib, NULL);
}

static struct event *followed(struct call *call, int64_t result)
{
	struct event *ev = entry(call);

	is_outcome(ev, 2, OUTCOME_UNKNOWN);
	live_confirm(live_case.live, call);
	return ended(call, result);
}

static void one_that_is_alone_is_believed(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	struct event *ev = entry(&call);

	(void)state;
	is_text(ev, 2, passwd);
	ev = ended(&call, c.told[1]);
	is_text(ev, 2, passwd);
	assert_int_equal(ev->claim, CLAIM_SURE);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void what_a_thread_can_write_is_known_when_the_file_is_there(void **state)
{
	struct child c = child_start(with_a_thread, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	struct event *ev = followed(&call, c.told[0]);

	(void)state;
	is_text(ev, 2, passwd);
	assert_int_equal(ev->claim, CLAIM_SURE);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void another_file_than_was_read_is_the_one_that_counts(void **state)
{
	struct child c = child_start(with_a_thread, NULL);
	struct call call = openat_call(&c, group, O_RDONLY);
	uint64_t before = live_case.stats.blind[BLIND_CHANGED];
	const struct fd_info *info;
	struct event *ev = followed(&call, c.told[0]);

	(void)state;
	is_text(ev, 2, passwd);
	assert_int_equal(name_of(ev, &info), OUTCOME_VALUE);
	assert_span_text(info->name, passwd);
	assert_int_equal(ev->claim, CLAIM_CORRECTED);
	assert_int_equal(live_case.stats.blind[BLIND_CHANGED], before + 1);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_link_that_leads_to_the_file_is_no_other(void **state)
{
	static char link[] = "/proc/self/root/etc/passwd";
	static char dots[] = "../../etc/./passwd";
	struct child c = child_start(with_a_thread, NULL);
	struct call call = openat_call(&c, dots, O_RDONLY);
	struct event *ev = followed(&call, c.told[0]);

	(void)state;
	is_text(ev, 2, dots);
	assert_int_equal(ev->claim, CLAIM_SURE);
	live_end(live_case.live, ev);
	/* What a link of /proc leads to is another thing for everybody. */
	call = openat_call(&c, link, O_RDONLY);
	ev = followed(&call, c.told[0]);
	is_text(ev, 2, passwd);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_descriptor_that_is_gone_leaves_it_unverified(void **state)
{
	struct child c = child_start(with_a_thread, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	uint64_t before = live_case.stats.blind[BLIND_UNVERIFIED];
	struct event *ev = followed(&call, 999);

	(void)state;
	is_text(ev, 2, passwd);
	assert_int_equal(ev->claim, CLAIM_UNVERIFIED);
	assert_int_equal(live_case.stats.blind[BLIND_UNVERIFIED], before + 1);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_failure_is_what_it_looks_like_while_memory_stays(void **state)
{
	struct child c = child_start(with_a_thread, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	struct event *ev = followed(&call, -EACCES);

	(void)state;
	assert_int_equal(ev->claim, CLAIM_SURE);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void what_leaves_nothing_behind_is_unverified(void **state)
{
	struct child c = child_start(with_a_thread, NULL);
	struct call call = child_call(&c, SYS_unlinkat, (uint64_t)AT_FDCWD,
				      at(passwd), 0);
	struct event *ev = followed(&call, 0);

	(void)state;
	is_text(ev, 2, passwd);
	assert_int_equal(ev->claim, CLAIM_UNVERIFIED);
	live_end(live_case.live, ev);
	child_end(&c);
}

static void shared_mappings_are_told_from_private_ones(void **state)
{
	struct child c = with_shared_text();
	struct call call = openat_call(&c, passwd, O_RDONLY);
	struct event *ev = entry(&call);

	(void)state;
	is_text(ev, 2, passwd);
	live_end(live_case.live, ev);
	call = openat_call(&c, shared_text, O_RDONLY);
	ev = followed(&call, c.told[0]);
	is_text(ev, 2, passwd);
	assert_int_equal(ev->claim, CLAIM_SURE);
	live_end(live_case.live, ev);
	child_end(&c);
	munmap(shared_text, 4096);
}

/* What is at shared_text comes to own_text, when the child is told so. */
static char *own_text;

static void move_over(int sig)
{
	(void)sig;
	if (mremap(shared_text, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, own_text) ==
	    own_text)
		own_text[4095] = 1;
}

static void that_moves(void *arg)
{
	in_usr_lib(arg);
	signal(SIGUSR1, move_over);
}

static int sleep_long(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return pause();
}

/* As a vfork's child has it, but that nobody waits. */
static void that_moves_and_lends(void *arg)
{
	static char stack[65536] __attribute__((aligned(16)));

	that_moves(arg);
	child_tell(clone(sleep_long, stack + sizeof(stack), CLONE_VM, NULL));
}

/* Whose call is it that moves a mapping? */
static void remembered_until_one_moves(void (*ready)(void *arg), bool by_borrower)
{
	char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct child c;
	struct child mover;
	struct call call, move;
	struct event *ev;

	shared_text = shared;
	own_text = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(shared, passwd, sizeof(passwd));
	memcpy(own_text, passwd, sizeof(passwd));
	c = mover = child_start(ready, NULL);
	if (by_borrower)
		mover.pid = (pid_t)c.told[2];
	call = openat_call(&c, own_text, O_RDONLY);
	ev = entry(&call);
	is_text(ev, 2, passwd);
	live_end(live_case.live, ev);
	kill(c.pid, SIGUSR1);
	while (!*(volatile char *)&shared[4095])
		usleep(1000);
	move = child_call(&mover, SYS_mremap, at(shared), 4096, 4096);
	live_end(live_case.live, entry(&move));
	ev = entry(&call);
	is_outcome(ev, 2, OUTCOME_UNKNOWN);
	live_end(live_case.live, ev);
	if (by_borrower)
		kill(mover.pid, SIGKILL);
	child_end(&c);
	munmap(shared, 4096);
	munmap(own_text, 4096);
}

static void a_private_mapping_is_remembered_until_one_moves(void **state)
{
	(void)state;
	remembered_until_one_moves(that_moves, false);
}

static void whose_memory_it_is_hears_of_what_a_borrower_moves(void **state)
{
	(void)state;
	remembered_until_one_moves(that_moves_and_lends, true);
}

static bool is_private(const char *from, const char *to)
{
	struct mappings_own own = { 0 };
	int maps = -1;
	bool is = mappings_are_private(proc_fd(), getpid(), &maps, &own, at(from),
				       at(to) - at(from));

	close(maps);
	return is;
}

/* Three pages with nothing behind them: private, shared, none. */
static bool mappings_are_told(void *arg)
{
	char *pages = mmap(NULL, 4 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	mmap(pages, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	mmap(pages + 4096, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	munmap(pages + 8192, 8192);
	return is_private(pages, pages + 4096) && is_private(pages + 9, pages + 90) &&
	       is_private(pages + 8192, pages + 8200) &&
	       !is_private(pages, pages + 4097) && !is_private(pages + 4096, pages + 4097) &&
	       !is_private(pages + 8191, pages + 8200);
}

/* PROCMAP_QUERY is of Linux 6.11. */
static void mappings_are_told_where_the_kernel_cannot_be_asked(void **state)
{
	(void)state;
	assert_true(mappings_are_told(NULL));
	assert_true(without_call(SYS_ioctl, ENOTTY, mappings_are_told, NULL));
}

static void lends(struct child *c, int nr, uint64_t flags)
{
	struct call call = child_call(c, nr, flags, 0, 0);
	struct event *ev = entry(&call);

	live_end(live_case.live, ev);
}

static void memory_that_a_clone_shares_is_believed_no_more(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct child strange = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	struct call other = openat_call(&strange, passwd, O_RDONLY);
	struct event *ev;

	(void)state;
	ev = entry(&other);
	is_text(ev, 2, passwd);
	live_end(live_case.live, ev);
	lends(&c, SYS_clone, CLONE_VM | CLONE_VFORK);
	ev = entry(&call);
	is_text(ev, 2, passwd);
	live_end(live_case.live, ev);
	lends(&c, SYS_clone, CLONE_VM);
	ev = followed(&call, c.told[0]);
	is_text(ev, 2, passwd);
	live_end(live_case.live, ev);
	/* Whose parent is somebody else. */
	lends(&strange, SYS_clone, CLONE_VM | CLONE_VFORK | CLONE_PARENT);
	ev = followed(&other, strange.told[0]);
	live_end(live_case.live, ev);
	child_end(&strange);
	child_end(&c);
}

static void a_peer_that_cannot_be_asked_is_unverified(void **state)
{
	struct child c = child_start(with_a_thread, NULL);
	struct call call = child_call(&c, SYS_connect, (uint64_t)c.told[0],
				      at(&somewhere), sizeof(somewhere));
	struct event *ev = entry(&call);

	(void)state;
	is_outcome(ev, 3, OUTCOME_UNKNOWN);
	live_confirm(live_case.live, &call);
	ev = ended(&call, 0);
	assert_int_equal(ev->claim, CLAIM_UNVERIFIED);
	live_end(live_case.live, ev);
	child_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_alone_is_believed),
		cmocka_unit_test(
			what_a_thread_can_write_is_known_when_the_file_is_there),
		cmocka_unit_test(
			another_file_than_was_read_is_the_one_that_counts),
		cmocka_unit_test(a_link_that_leads_to_the_file_is_no_other),
		cmocka_unit_test(a_descriptor_that_is_gone_leaves_it_unverified),
		cmocka_unit_test(
			a_failure_is_what_it_looks_like_while_memory_stays),
		cmocka_unit_test(what_leaves_nothing_behind_is_unverified),
		cmocka_unit_test(shared_mappings_are_told_from_private_ones),
		cmocka_unit_test(a_private_mapping_is_remembered_until_one_moves),
		cmocka_unit_test(whose_memory_it_is_hears_of_what_a_borrower_moves),
		cmocka_unit_test(mappings_are_told_where_the_kernel_cannot_be_asked),
		cmocka_unit_test(a_peer_that_cannot_be_asked_is_unverified),
		/* The last one: nobody born later is believed. */
		cmocka_unit_test(memory_that_a_clone_shares_is_believed_no_more),
	};

	return cmocka_run_group_tests(tests, live_case_setup,
				      live_case_teardown);
}

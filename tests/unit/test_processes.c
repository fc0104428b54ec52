/* SPDX-License-Identifier: Apache-2.0 */
/*
 * processes.h on real children: every part, what is remembered and for how long.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/child.h"
#include "harness/test.h"

#include "tracer/processes.h"
#include "tracer/tracer.h"

static struct tracer_stats stats;

static void do_nothing(void *arg)
{
	(void)arg;
}

static struct processes *new_table(void)
{
	memset(&stats, 0, sizeof(stats));
	return processes_new(proc_fd(), &stats);
}

/* A part of a process that must be there. */
static const struct process *part(struct processes *p, pid_t pid,
				  enum process_part which)
{
	struct process_entry *e = processes_find(p, pid), *owner;

	assert_non_null(e);
	assert_int_equal(processes_part(p, e, which, &owner), OUTCOME_VALUE);
	return &owner->info;
}

/* /bin/sleep with arguments, in a new process that has exec'ed already. */
static pid_t start_program(char *const argv[], char *const envp[])
{
	int ends[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execve("/bin/sleep", argv, envp);
		_exit(127);
	}
	close(ends[1]);
	/* The exec closes the other end. */
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	return pid;
}

static void end_program(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static char *const sleep_argv[] = { (char *)(uintptr_t)"a name",
				    (char *)(uintptr_t)"600",
				    (char *)(uintptr_t)"0", NULL };
static char *const sleep_envp[] = { (char *)(uintptr_t)"ONE=1",
				    (char *)(uintptr_t)"EMPTY=", NULL };

static void the_ids_of_a_process_are_read(void **state)
{
	struct processes *p = new_table();
	struct child c = child_start(do_nothing, NULL);
	const struct process *process = part(p, c.pid, PROCESS_IDS);
	uint64_t now = (uint64_t)time(NULL) * 1000000000;

	(void)state;
	assert_int_equal(process->tid, c.pid);
	assert_int_equal(process->pid, c.pid);
	assert_int_equal(process->ppid, getpid());
	assert_int_equal(process->vtid, c.pid);
	assert_int_equal(process->vpid, c.pid);
	assert_false(process->in_child_pidns);
	assert_in_range(process->start_ns, now - 60000000000, now + 2000000000);
	processes_free(p);
	child_end(&c);
}

static void the_image_of_a_process_is_read(void **state)
{
	struct processes *p = new_table();
	pid_t pid = start_program(sleep_argv, sleep_envp);
	const struct process *process = part(p, pid, PROCESS_ARGS);
	struct stat st;

	(void)state;
	assert_span_text(process->exe, "a name");
	assert_int_equal(process->args.n, 2);
	assert_span_text(process->args.items[0], "600");
	assert_span_text(process->args.items[1], "0");
	process = part(p, pid, PROCESS_ENV);
	assert_int_equal(process->env.n, 2);
	assert_span_text(process->env.items[1], "EMPTY=");
	process = part(p, pid, PROCESS_COMM);
	assert_span_text(process->comm, "sleep");
	process = part(p, pid, PROCESS_EXEPATH);
	assert_true(span_ends_with(process->exepath, SPAN("/bin/sleep")));
	assert_true(span_ends_with(process->exelink, SPAN("/bin/sleep")));
	process = part(p, pid, PROCESS_EXEFILE);
	assert_int_equal(stat("/bin/sleep", &st), 0);
	assert_int_equal(process->exe_ino, st.st_ino);
	assert_true(process->exe_mtime_ns / 1000000000 ==
		    (uint64_t)st.st_mtim.tv_sec);
	assert_int_equal(process->exe_writable, geteuid() == 0);
	assert_false(process->exe_from_memfd);
	processes_free(p);
	end_program(pid);
}

static void the_user_and_session_are_read(void **state)
{
	struct processes *p = new_table();
	struct child c = child_start(do_nothing, NULL);
	const struct process *process = part(p, c.pid, PROCESS_USER);

	(void)state;
	assert_int_equal(process->uid, geteuid());
	assert_int_equal(process->gid, getegid());
	process = part(p, c.pid, PROCESS_SESSION);
	assert_int_equal(process->sid, getsid(0));
	assert_int_equal(process->pgid, getpgrp());
	assert_int_equal(process->vpgid, getpgrp());
	process = part(p, c.pid, PROCESS_MEMORY);
	assert_true(process->vm_size > 0);
	assert_int_equal(process->nthreads, 1);
	assert_true(process->fdlimit > 0);
	process = part(p, c.pid, PROCESS_FDS);
	assert_true(process->nfds > 0);
	part(p, c.pid, PROCESS_LOGIN);
	part(p, c.pid, PROCESS_CGROUPS);
	process = part(p, c.pid, PROCESS_PIDNS);
	assert_true(process->pidns_start_ns > 0);
	processes_free(p);
	child_end(&c);
}

/* --- Directories ----------------------------------------------------------- */

static char scratch[64];

static void enter_scratch(void *arg)
{
	(void)arg;
	child_tell(chdir(scratch));
}

static void enter_and_delete(void *arg)
{
	enter_scratch(arg);
	child_tell(rmdir(scratch));
}

static void change_root(void *arg)
{
	char below[80];

	(void)arg;
	snprintf(below, sizeof(below), "%s/below", scratch);
	child_tell(mkdir(below, 0755));
	child_tell(chroot(scratch) == 0 ||
		   (unshare(CLONE_NEWUSER) == 0 && chroot(scratch) == 0));
	child_tell(chdir("/below"));
}

static void make_scratch(void)
{
	snprintf(scratch, sizeof(scratch), "/tmp/test_processes.XXXXXX");
	assert_non_null(mkdtemp(scratch));
}

static void the_directory_ends_with_a_slash(void **state)
{
	struct processes *p = new_table();
	char want[80];
	struct child c;

	(void)state;
	make_scratch();
	c = child_start(enter_scratch, NULL);
	snprintf(want, sizeof(want), "%s/", scratch);
	assert_span_text(part(p, c.pid, PROCESS_CWD)->cwd, want);
	processes_free(p);
	child_end(&c);
	rmdir(scratch);
}

static void a_deleted_directory_keeps_its_name(void **state)
{
	struct processes *p = new_table();
	char want[80];
	struct child c;

	(void)state;
	make_scratch();
	c = child_start(enter_and_delete, NULL);
	assert_int_equal(c.told[1], 0);
	snprintf(want, sizeof(want), "%s/", scratch);
	assert_span_text(part(p, c.pid, PROCESS_CWD)->cwd, want);
	processes_free(p);
	child_end(&c);
}

static void the_directory_is_below_the_targets_root(void **state)
{
	struct processes *p = new_table();
	char below[80];
	struct child c;

	(void)state;
	make_scratch();
	c = child_start(change_root, NULL);
	skip_unless_told(&c, 1);
	assert_span_text(part(p, c.pid, PROCESS_CWD)->cwd, "/below/");
	assert_span_text(processes_root(p, processes_find(p, c.pid)), scratch);
	processes_free(p);
	child_end(&c);
	snprintf(below, sizeof(below), "%s/below", scratch);
	rmdir(below);
	rmdir(scratch);
}

static void prefixes_are_stripped_at_slashes(void **state)
{
	struct span root = SPAN("/srv/x");

	(void)state;
	assert_span_text(processes_strip(root, SPAN("/srv/x/etc")), "/etc");
	assert_span_text(processes_strip(root, SPAN("/srv/x")), "/");
	assert_span_text(processes_strip(root, SPAN("/srv/xy/etc")),
			 "/srv/xy/etc");
	assert_span_text(processes_strip(root, SPAN("/srv/x/a (deleted)")),
			 "/a");
	assert_span_text(processes_strip(SPAN(""), SPAN("/a (deleted)")),
			 "/a");
	assert_span_text(processes_strip(SPAN(""), SPAN("/")), "/");
}

/* --- What is remembered ---------------------------------------------------- */

static void the_directory_is_read_for_each_event(void **state)
{
	struct processes *p = new_table();
	char before[4096];
	struct span cwd;

	(void)state;
	assert_non_null(getcwd(before, sizeof(before)));
	part(p, getpid(), PROCESS_CWD);
	assert_int_equal(chdir("/usr"), 0);
	processes_tick(p);
	cwd = part(p, getpid(), PROCESS_CWD)->cwd;
	assert_span_text(cwd, "/usr/");
	assert_int_equal(chdir(before), 0);
	processes_free(p);
}

static void the_name_is_remembered_until_an_exec(void **state)
{
	struct processes *p = new_table();
	struct process_entry *e = processes_find(p, getpid());
	char before[16];

	(void)state;
	prctl(PR_GET_NAME, before);
	assert_span_text(part(p, getpid(), PROCESS_COMM)->comm, before);
	prctl(PR_SET_NAME, "another");
	processes_tick(p);
	assert_span_text(part(p, getpid(), PROCESS_COMM)->comm, before);
	/* While an exec is under way nothing of the image is remembered. */
	processes_exec(p, getpid());
	processes_tick(p);
	assert_span_text(part(p, getpid(), PROCESS_COMM)->comm, "another");
	prctl(PR_SET_NAME, "third");
	processes_tick(p);
	assert_span_text(part(p, getpid(), PROCESS_COMM)->comm, "third");
	processes_settle(p, e);
	part(p, getpid(), PROCESS_COMM);
	prctl(PR_SET_NAME, "fourth");
	processes_tick(p);
	assert_span_text(part(p, getpid(), PROCESS_COMM)->comm, "third");
	processes_renew(p, e);
	processes_tick(p);
	assert_span_text(part(p, getpid(), PROCESS_COMM)->comm, "fourth");
	prctl(PR_SET_NAME, before);
	processes_free(p);
}

static void an_exec_brings_new_arguments(void **state)
{
	struct processes *p = new_table();
	int go[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(go, 0), 0);
	pid = fork();
	if (pid == 0) {
		char byte;

		close(go[1]);
		if (read(go[0], &byte, 1) == 1)
			execve("/bin/sleep", sleep_argv, sleep_envp);
		_exit(1);
	}
	close(go[0]);
	assert_true(span_ends_with(part(p, pid, PROCESS_EXEPATH)->exepath,
				   SPAN("test_processes")));
	processes_exec(p, pid);
	assert_int_equal(write(go[1], "x", 1), 1);
	while (!span_is(part(p, pid, PROCESS_ARGS)->exe, "a name"))
		processes_tick(p);
	processes_settle(p, processes_find(p, pid));
	assert_span_text(part(p, pid, PROCESS_COMM)->comm, "sleep");
	close(go[1]);
	processes_free(p);
	end_program(pid);
}

static void the_user_is_remembered_until_it_may_change(void **state)
{
	struct processes *p = new_table();
	struct child c = child_start(do_nothing, NULL);
	struct process_entry *e = processes_find(p, c.pid);
	uint64_t read_at;

	(void)state;
	part(p, c.pid, PROCESS_USER);
	read_at = e->read_at[PROCESS_USER];
	processes_tick(p);
	part(p, c.pid, PROCESS_USER);
	assert_true(e->read_at[PROCESS_USER] == read_at);
	processes_move_ids(p, e);
	part(p, c.pid, PROCESS_USER);
	assert_true(e->read_at[PROCESS_USER] != read_at);
	processes_settle(p, e);
	assert_true(e->read_at[PROCESS_USER] == 0);
	processes_free(p);
	child_end(&c);
}

/* --- Parents, threads, ends ------------------------------------------------ */

static void parents_are_found_up_to_the_first_process(void **state)
{
	struct processes *p = new_table();
	struct child c = child_start(do_nothing, NULL);
	struct process_entry *e = processes_find(p, c.pid);
	unsigned n = 0;

	(void)state;
	e = processes_parent(p, e);
	assert_non_null(e);
	assert_int_equal(e->tid, getpid());
	while ((e = processes_parent(p, e)))
		assert_true(n++ < 200);
	processes_free(p);
	child_end(&c);
}

static void have_an_orphan(void *arg)
{
	pid_t middle, grandchild;

	(void)arg;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	middle = fork();
	if (middle == 0) {
		grandchild = fork();
		if (grandchild == 0) {
			prctl(PR_SET_PDEATHSIG, 0);
			for (;;)
				pause();
		}
		child_tell(grandchild);
		child_tell(getpid());
		for (;;)
			pause();
	}
	usleep(100000);
}

static void an_orphan_gets_another_parent(void **state)
{
	struct processes *p = new_table();
	struct child c = child_start(have_an_orphan, NULL);
	pid_t orphan = (pid_t)c.told[0], middle = (pid_t)c.told[1];
	struct process_entry *e = processes_find(p, orphan), *parent;

	(void)state;
	assert_non_null(e);
	parent = processes_parent(p, e);
	assert_non_null(parent);
	assert_int_equal(parent->tid, middle);
	kill(middle, SIGKILL);
	usleep(100000);
	processes_reap(p);
	parent = processes_parent(p, e);
	assert_non_null(parent);
	assert_int_equal(parent->tid, c.pid);
	processes_free(p);
	kill(orphan, SIGKILL);
	child_end(&c);
}

static void *wait_forever(void *arg)
{
	prctl(PR_SET_NAME, "worker");
	child_tell(gettid());
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

static void start_thread(void *arg)
{
	pthread_t thread;

	(void)arg;
	pthread_create(&thread, NULL, wait_forever, NULL);
	usleep(100000);
}

static void a_thread_belongs_to_its_process(void **state)
{
	struct processes *p = new_table();
	struct child c = child_start(start_thread, NULL);
	pid_t tid = (pid_t)c.told[0];
	struct process_entry *e = processes_find(p, tid);
	const struct process *process;

	(void)state;
	assert_non_null(e);
	assert_int_equal(e->leader->tid, c.pid);
	process = part(p, tid, PROCESS_IDS);
	assert_int_equal(process->tid, tid);
	assert_int_equal(process->pid, c.pid);
	assert_int_equal(process->vtid, tid);
	assert_int_equal(process->vpid, c.pid);
	assert_span_text(part(p, tid, PROCESS_COMM)->comm, "worker");
	assert_ptr_equal(part(p, tid, PROCESS_ARGS),
			 part(p, c.pid, PROCESS_ARGS));
	assert_int_equal(part(p, tid, PROCESS_MEMORY)->nthreads, 2);
	child_end(&c);
	processes_reap(p);
	assert_int_equal(processes_count(p), 0);
	assert_null(processes_find(p, tid));
	processes_free(p);
}

static void what_has_ended_is_dropped(void **state)
{
	struct processes *p = new_table();
	struct child c = child_start(do_nothing, NULL);
	pid_t pid = c.pid;

	(void)state;
	part(p, pid, PROCESS_COMM);
	assert_int_equal(processes_count(p), 1);
	child_end(&c);
	processes_reap(p);
	assert_int_equal(processes_count(p), 0);
	assert_null(processes_find(p, pid));
	processes_drop(p, pid);
	processes_free(p);
}

static void what_has_ended_unseen_is_absent(void **state)
{
	struct processes *p = new_table();
	struct child c = child_start(do_nothing, NULL);
	struct process_entry *e = processes_find(p, c.pid), *owner;

	(void)state;
	child_end(&c);
	for (unsigned i = 0; i < PROCESS_PART_COUNT; i++)
		assert_int_equal(processes_part(p, e, (enum process_part)i,
						&owner),
				 OUTCOME_ABSENT);
	assert_int_equal(stats.blind[BLIND_PROC], 0);
	processes_free(p);
}

static void a_zombie_has_no_parts(void **state)
{
	struct processes *p = new_table();
	struct child c = child_start(do_nothing, NULL);
	struct process_entry *e = processes_find(p, c.pid), *owner;
	siginfo_t info;

	(void)state;
	kill(c.pid, SIGKILL);
	waitid(P_PID, (id_t)c.pid, &info, WEXITED | WNOWAIT);
	assert_int_equal(processes_part(p, e, PROCESS_ARGS, &owner),
			 OUTCOME_ABSENT);
	processes_free(p);
	child_end(&c);
}

static void numbers_of_nobody_are_not_found(void **state)
{
	struct processes *p = new_table();

	(void)state;
	assert_null(processes_find(p, 0));
	assert_null(processes_find(p, -1));
	assert_null(processes_find(p, 0x7ffffff0));
	assert_int_equal(processes_count(p), 0);
	processes_free(p);
}

static bool finds_us_each_time(void *arg)
{
	struct processes *p = new_table();
	struct process_entry *owner;
	bool found = true;

	(void)arg;
	for (int i = 0; i < 3; i++) {
		struct process_entry *e = processes_find(p, getpid());

		found = found && e && e->pidfd < 0 &&
			processes_part(p, e, PROCESS_COMM, &owner) ==
				OUTCOME_VALUE &&
			processes_count(p) == 1;
	}
	processes_free(p);
	return found;
}

static void without_pidfds_entries_last_for_an_event(void **state)
{
	(void)state;
	assert_true(without_call(SYS_pidfd_open, ENOSYS, finds_us_each_time,
				 NULL));
	assert_true(without_call(SYS_pidfd_open, EMFILE, finds_us_each_time,
				 NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ids_of_a_process_are_read),
		cmocka_unit_test(the_image_of_a_process_is_read),
		cmocka_unit_test(the_user_and_session_are_read),
		cmocka_unit_test(the_directory_ends_with_a_slash),
		cmocka_unit_test(a_deleted_directory_keeps_its_name),
		cmocka_unit_test(the_directory_is_below_the_targets_root),
		cmocka_unit_test(prefixes_are_stripped_at_slashes),
		cmocka_unit_test(the_directory_is_read_for_each_event),
		cmocka_unit_test(the_name_is_remembered_until_an_exec),
		cmocka_unit_test(an_exec_brings_new_arguments),
		cmocka_unit_test(the_user_is_remembered_until_it_may_change),
		cmocka_unit_test(parents_are_found_up_to_the_first_process),
		cmocka_unit_test(an_orphan_gets_another_parent),
		cmocka_unit_test(a_thread_belongs_to_its_process),
		cmocka_unit_test(what_has_ended_is_dropped),
		cmocka_unit_test(what_has_ended_unseen_is_absent),
		cmocka_unit_test(a_zombie_has_no_parts),
		cmocka_unit_test(numbers_of_nobody_are_not_found),
		cmocka_unit_test(without_pidfds_entries_last_for_an_event),
	};

	return RUN_TESTS(tests);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode.h, live.h: calls of a real child become events, at entry, at the end, and
 * where the end was not seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness/child.h"
#include "harness/test.h"

#include "cleanup.h"
#include "event.h"
#include "resolver.h"

#include "tracer/live.h"

static struct tracer_stats stats;
static struct live *live;
static char *last_page;

/* Memory of the child: what a call's arguments lead to. */
static char passwd[] = "/etc/passwd";
static char relative[] = "../etc/./passwd";
static char missing[] = "/nonexistent/file";
static char data[] = "the quick brown fox jumps over the lazy dog, again and "
		     "again, until it is tired of it";

static int setup(void **state)
{
	char *two = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	if (two == MAP_FAILED)
		return -1;
	munmap(two + 4096, 4096);
	last_page = two;
	memset(two, 'y', 4096);
	memset(&stats, 0, sizeof(stats));
	live = live_new(proc_fd(), &stats);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	live_free(live);
	munmap(last_page, 4096);
	return 0;
}

static void in_usr_lib(void *arg)
{
	(void)arg;
	if (chdir("/usr/lib"))
		_exit(1);
	child_tell(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
	child_tell(open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static uint64_t at(const void *p)
{
	return (uintptr_t)p;
}

static struct event *entry(const struct call *call)
{
	struct event *ev = live_begin(live, call, PHASE_ENTRY);

	assert_non_null(ev);
	assert_int_equal(ev->phase, PHASE_ENTRY);
	assert_int_equal(ev->tid, call->tid);
	return ev;
}

static enum outcome name_of(struct event *ev,
				    const struct fd_info **ret)
{
	return ev->resolver->event_fd(ev, FD_PART_NAME, ret);
}

static struct event *ended(struct call *call, int64_t result)
{
	call->ended = true;
	call->result = result;
	return live_begin(live, call, PHASE_EXIT);
}

static void is_outcome(struct event *ev, unsigned i, enum outcome want)
{
	assert_int_equal(event_param(ev, i)->outcome, want);
}

static void is_number(struct event *ev, unsigned i, int64_t want)
{
	is_outcome(ev, i, OUTCOME_VALUE);
	assert_int_equal(event_param(ev, i)->i, want);
}

static void is_text(struct event *ev, unsigned i, const char *want)
{
	is_outcome(ev, i, OUTCOME_VALUE);
	assert_span_text(event_param(ev, i)->text, want);
}

/* --- Opening --------------------------------------------------------------- */

static struct call openat_call(const struct child *c, const char *path,
			       int flags)
{
	return child_call(c, SYS_openat, (uint64_t)AT_FDCWD, at(path),
			  (uint64_t)flags);
}

static void an_open_is_half_known_at_entry(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, relative, O_RDWR | O_CREAT);
	struct event *ev;

	(void)state;
	call.args[3] = 0100644;
	ev = entry(&call);
	assert_int_equal(ev->type, EVENT_SYSCALL_OPENAT_2_X);
	is_outcome(ev, 0, OUTCOME_UNKNOWN);
	is_number(ev, 1, -100);
	is_text(ev, 2, relative);
	is_number(ev, 3, 7);
	assert_true(event_param(ev, 3)->partial);
	is_number(ev, 4, 0644);
	is_outcome(ev, 5, OUTCOME_UNKNOWN);
	is_outcome(ev, 6, OUTCOME_UNKNOWN);
	live_end(live, ev);
	child_end(&c);
}

static void what_is_opened_has_its_lexical_name_from_the_start(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, relative, O_RDONLY);
	struct event *ev = entry(&call);
	const struct fd_info *info;

	(void)state;
	assert_int_equal(name_of(ev, &info), OUTCOME_VALUE);
	assert_span_text(info->name, "/usr/etc/passwd");
	assert_span_text(info->nameraw, relative);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_KIND, &info),
			 OUTCOME_UNKNOWN);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_UNKNOWN);
	ev = ended(&call, -ENOENT);
	assert_int_equal(name_of(ev, &info), OUTCOME_VALUE);
	assert_span_text(info->name, "/usr/etc/passwd");
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_KIND, &info),
			 OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->fd, -1);
	is_number(ev, 0, -ENOENT);
	is_number(ev, 5, 0);
	is_number(ev, 6, 0);
	live_end(live, ev);
	child_end(&c);
}

static void a_finished_open_is_known_in_full(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY | O_CLOEXEC);
	struct event *ev = entry(&call);
	const struct fd_info *info;
	struct stat st;

	(void)state;
	ev = ended(&call, c.told[0]);
	is_number(ev, 0, c.told[0]);
	is_text(ev, 2, passwd);
	is_number(ev, 3, 0x1001);
	assert_int_equal(stat(passwd, &st), 0);
	is_number(ev, 6, (int64_t)st.st_ino);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_KIND, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->kind, FD_KIND_FILE);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->fd, c.told[0]);
	assert_true(info->name_changed);
	live_end(live, ev);
	child_end(&c);
}

static void an_open_that_was_not_followed_lacks_its_result(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	struct event *ev = entry(&call);
	const struct fd_info *info;

	(void)state;
	is_outcome(ev, 0, OUTCOME_UNKNOWN);
	ev = live_begin(live, &call, PHASE_UNCONFIRMED);
	is_outcome(ev, 0, OUTCOME_ABSENT);
	is_text(ev, 2, passwd);
	is_outcome(ev, 5, OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_ABSENT);
	live_end(live, ev);
	child_end(&c);
}

static void a_path_below_a_descriptor_is_joined(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd + 5, O_RDONLY);
	const struct fd_info *info;
	struct event *ev;

	(void)state;
	call.args[0] = (uint64_t)c.told[1];
	ev = entry(&call);
	name_of(ev, &info);
	assert_span_text(info->name, "/etc/passwd");
	live_end(live, ev);
	call.args[0] = 999;
	ev = entry(&call);
	name_of(ev, &info);
	assert_span_text(info->name, "<UNKNOWN>passwd");
	live_end(live, ev);
	child_end(&c);
}

static void a_created_file_is_told_from_an_old_one(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, missing, O_WRONLY | O_CREAT);
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(live_confirm(live, &call), CONFIRM_QUICK);
	ev = ended(&call, c.told[0]);
	is_number(ev, 3, 2 | 4 | 0x4000);
	assert_false(event_param(ev, 3)->partial);
	live_end(live, ev);
	call = openat_call(&c, passwd, O_WRONLY | O_CREAT);
	entry(&call);
	assert_int_equal(live_confirm(live, &call), CONFIRM_QUICK);
	ev = ended(&call, c.told[0]);
	is_number(ev, 3, 2 | 4);
	live_end(live, ev);
	child_end(&c);
}

static struct open_how how = { .flags = O_RDWR | O_CREAT,
			       .mode = 0600,
			       .resolve = RESOLVE_BENEATH };

static void an_open_by_structure_is_read(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_openat2, (uint64_t)AT_FDCWD,
				      at(passwd), at(&how));
	struct event *ev = entry(&call);

	(void)state;
	is_number(ev, 3, 7);
	is_number(ev, 4, 0600);
	is_number(ev, 5, 1);
	live_end(live, ev);
	call.args[2] = 8;
	ev = entry(&call);
	is_outcome(ev, 3, OUTCOME_ABSENT);
	live_end(live, ev);
	child_end(&c);
}

static char fifo[64];

static void what_may_block_is_confirmed_clean(void **state)
{
	struct child c;
	struct call call;

	(void)state;
	snprintf(fifo, sizeof(fifo), "/tmp/test_decode.%d", getpid());
	assert_int_equal(mkfifo(fifo, 0600), 0);
	c = child_start(in_usr_lib, NULL);
	call = openat_call(&c, fifo, O_RDONLY);
	entry(&call);
	assert_int_equal(live_confirm(live, &call), CONFIRM_CLEAN);
	call = openat_call(&c, fifo, O_RDONLY | O_NONBLOCK);
	entry(&call);
	assert_int_equal(live_confirm(live, &call), CONFIRM_QUICK);
	call = openat_call(&c, fifo, O_PATH);
	entry(&call);
	assert_int_equal(live_confirm(live, &call), CONFIRM_QUICK);
	call = openat_call(&c, passwd, O_RDONLY);
	call.args[1] = 8;
	entry(&call);
	assert_int_equal(live_confirm(live, &call), CONFIRM_QUICK);
	unlink(fifo);
	child_end(&c);
}

static char devices[][16] = { "/dev/null", "/proc/self/fd/0" };

static void devices_and_magic_links_are_confirmed_clean(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct call call = openat_call(&c, devices[i], O_RDONLY);

		entry(&call);
		assert_int_equal(live_confirm(live, &call), CONFIRM_CLEAN);
	}
	child_end(&c);
}

/* --- Hostile memory -------------------------------------------------------- */

static void pointers_to_nowhere_are_absent(void **state)
{
	static const uint64_t nowhere[] = { 0, 1, UINT64_MAX, INT64_MAX - 1 };
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	const struct fd_info *info;
	struct event *ev;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		call.args[1] = nowhere[i];
		ev = entry(&call);
		is_outcome(ev, 2, OUTCOME_ABSENT);
		assert_int_equal(name_of(ev, &info), OUTCOME_ABSENT);
		live_end(live, ev);
	}
	assert_int_equal(stats.blind[BLIND_MEMORY], 0);
	child_end(&c);
}

static void a_path_without_end_is_absent(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, last_page + 4000, O_RDONLY);
	struct event *ev = entry(&call);

	(void)state;
	is_outcome(ev, 2, OUTCOME_ABSENT);
	live_end(live, ev);
	child_end(&c);
}

static bool never_valid(void *ctx)
{
	(*(unsigned *)ctx)++;
	return false;
}

static bool always_valid(void *ctx)
{
	(*(unsigned *)ctx)++;
	return true;
}

static void bytes_that_may_be_anothers_are_not_believed(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	unsigned asked = 0;
	struct event *ev;

	(void)state;
	call.still_valid = never_valid;
	call.valid_ctx = &asked;
	ev = entry(&call);
	is_outcome(ev, 2, OUTCOME_ABSENT);
	live_end(live, ev);
	assert_int_equal(asked, 1);
	child_end(&c);
}

static void an_open_costs_one_read_and_one_check(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	const struct fd_info *info;
	unsigned asked = 0;
	struct event *ev;

	(void)state;
	call.still_valid = always_valid;
	call.valid_ctx = &asked;
	ev = entry(&call);
	is_text(ev, 2, passwd);
	name_of(ev, &info);
	is_number(ev, 3, 1);
	name_of(ev, &info);
	assert_int_equal(asked, 1);
	live_end(live, ev);
	child_end(&c);
}

static void a_gone_tracee_gives_absent_answers(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	const struct process *process;
	const struct fd_info *info;
	const struct user_info *user;
	const int64_t *fds;
	struct event *ev;
	size_t n;

	(void)state;
	child_end(&c);
	live_reap(live);
	ev = entry(&call);
	is_outcome(ev, 2, OUTCOME_ABSENT);
	assert_int_equal(ev->pid, call.tid);
	for (unsigned p = 0; p < PROCESS_PART_COUNT; p++)
		assert_int_equal(ev->resolver->process(
					 ev, RESOLVE_THREAD,
					 (enum process_part)p, &process),
				 OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->fd(ev, 0, FD_PART_NAME, &info),
			 OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->fds(ev, &fds, &n), OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->user(ev, 0, &user), OUTCOME_ABSENT);
	assert_int_equal(ev->resolver->leader(ev, LEADER_SESSION,
					      PROCESS_COMM, &process),
			 OUTCOME_ABSENT);
	live_end(live, ev);
}

/* --- Exec ------------------------------------------------------------------ */

static char sh[] = "/bin/sh";
static char minus_c[] = "-c";
static char *argv_three[] = { sh, minus_c, data, NULL };
static char *envp_one[] = { relative, NULL };
static char *empty[] = { NULL };

static struct call exec_call(const struct child *c, char **argv, char **envp)
{
	return child_call(c, SYS_execve, at(sh), at(argv), at(envp));
}

static void an_exec_hides_the_process_at_entry(void **state)
{
	static const enum process_part hidden[] = {
		PROCESS_COMM,	 PROCESS_ARGS, PROCESS_EXEPATH,
		PROCESS_EXEFILE, PROCESS_ENV,
	};
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = exec_call(&c, argv_three, envp_one);
	struct event *ev = entry(&call);
	const struct process *process;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		for (int up = -1; up < 1; up++)
			assert_int_equal(ev->resolver->process(ev, up,
							       hidden[i],
							       &process),
					 OUTCOME_UNKNOWN);
		assert_int_equal(ev->resolver->process(ev, 1, hidden[i],
						       &process),
				 OUTCOME_VALUE);
	}
	assert_int_equal(ev->resolver->process(ev, RESOLVE_THREAD,
					       PROCESS_CWD, &process),
			 OUTCOME_VALUE);
	/* /bin/sh is not set-user-ID. */
	assert_int_equal(ev->resolver->process(ev, RESOLVE_THREAD,
					       PROCESS_USER, &process),
			 OUTCOME_VALUE);
	is_outcome(ev, 0, OUTCOME_UNKNOWN);
	is_outcome(ev, 1, OUTCOME_UNKNOWN);
	is_text(ev, 30, sh);
	live_end(live, ev);
	child_end(&c);
}

static void a_failed_exec_shows_what_was_passed(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = exec_call(&c, argv_three, envp_one);
	struct event *ev = entry(&call);
	const struct process *process;
	struct span args;

	(void)state;
	ev = ended(&call, -ENOENT);
	assert_int_equal(ev->type, EVENT_SYSCALL_EXECVE_19_X);
	is_number(ev, 0, -ENOENT);
	is_text(ev, 1, sh);
	args = event_param(ev, 2)->text;
	assert_int_equal(args.n, sizeof(minus_c) + sizeof(data));
	assert_string_equal(args.data, minus_c);
	assert_string_equal(args.data + sizeof(minus_c), data);
	args = event_param(ev, 15)->text;
	assert_int_equal(args.n, sizeof(relative));
	is_text(ev, 30, sh);
	is_number(ev, 3, c.pid);
	assert_int_equal(ev->resolver->process(ev, RESOLVE_THREAD,
					       PROCESS_COMM, &process),
			 OUTCOME_VALUE);
	assert_span_text(process->comm, "test_decode");
	live_end(live, ev);
	child_end(&c);
}

static void empty_vectors_are_told_from_missing_ones(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = exec_call(&c, empty, empty);
	struct event *ev = entry(&call);

	(void)state;
	ev = ended(&call, -EACCES);
	is_text(ev, 1, "");
	is_outcome(ev, 2, OUTCOME_ABSENT);
	is_outcome(ev, 15, OUTCOME_ABSENT);
	live_end(live, ev);
	call = child_call(&c, SYS_execve, at(sh), 8, 8);
	entry(&call);
	ev = ended(&call, -EFAULT);
	is_outcome(ev, 1, OUTCOME_ABSENT);
	live_end(live, ev);
	child_end(&c);
}

#define MANY 100000
static char *many[MANY + 1];
static char *long_ones[4];
static char long_text[70000];

static void long_vectors_are_cut(void **state)
{
	struct child c;
	struct call call;
	struct event *ev;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		many[i] = sh;
	memset(long_text, 'l', sizeof(long_text) - 1);
	long_ones[0] = long_ones[1] = long_text;
	c = child_start(in_usr_lib, NULL);
	call = exec_call(&c, many, empty);
	entry(&call);
	ev = ended(&call, -E2BIG);
	is_outcome(ev, 2, OUTCOME_VALUE);
	assert_true(event_param(ev, 2)->text.n <= 65000);
	assert_true(event_param(ev, 2)->text.n > 60000);
	live_end(live, ev);
	call = exec_call(&c, long_ones, long_ones);
	entry(&call);
	ev = ended(&call, -E2BIG);
	assert_int_equal(event_param(ev, 2)->text.n, 65000);
	assert_int_equal(event_param(ev, 15)->text.n, 65000);
	live_end(live, ev);
	child_end(&c);
}

static void a_failed_execveat_is_its_own_event(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_execveat, (uint64_t)AT_FDCWD,
				      at(sh), at(argv_three));
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(ev->type, EVENT_SYSCALL_EXECVE_19_X);
	ev = ended(&call, -ENOTDIR);
	assert_int_equal(ev->type, EVENT_SYSCALL_EXECVEAT_X);
	assert_int_equal(ev->nparams, 30);
	is_text(ev, 1, sh);
	live_end(live, ev);
	child_end(&c);
}

static void a_new_image_is_read_anew(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = exec_call(&c, argv_three, envp_one);
	struct event *ev = entry(&call);
	const struct process *process;

	(void)state;
	live_end(live, ev);
	ev = entry(&call);
	call.exec_done = true;
	call.nr = 0x7fffff; /* the registers are the new image's */
	ev = ended(&call, 0);
	assert_non_null(ev);
	is_number(ev, 0, 0);
	is_text(ev, 13, "test_decode");
	assert_true(span_ends_with(event_param(ev, 27)->text,
				   SPAN("test_decode")));
	assert_int_equal(ev->resolver->process(ev, RESOLVE_THREAD,
					       PROCESS_ARGS, &process),
			 OUTCOME_VALUE);
	live_end(live, ev);
	child_end(&c);
}

/* --- Sockets --------------------------------------------------------------- */

static struct sockaddr_in remote_end;

static void make_sockets(void *arg)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);
	int server = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0);

	(void)arg;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(server, (struct sockaddr *)&in, size) || listen(server, 3) ||
	    getsockname(server, (struct sockaddr *)&in, &size) ||
	    connect(client, (struct sockaddr *)&in, size))
		_exit(1);
	child_tell(socket(AF_INET, SOCK_STREAM, 0));
	child_tell(client);
	child_tell(accept(server, NULL, NULL));
	child_tell(ntohs(in.sin_port));
	child_tell(socket(AF_INET, SOCK_DGRAM, 0));
	child_tell(server);
}

static void set_remote_end(void)
{
	remote_end.sin_family = AF_INET;
	remote_end.sin_port = htons(443);
	remote_end.sin_addr.s_addr = htonl(0x01020304);
}

static void a_connect_knows_where_it_goes_at_entry(void **state)
{
	const struct fd_info *info;
	const struct value *v;
	struct child c;
	struct call call;
	struct event *ev;

	(void)state;
	set_remote_end();
	c = child_start(make_sockets, NULL);
	call = child_call(&c, SYS_connect, (uint64_t)c.told[0],
			  at(&remote_end), sizeof(remote_end));
	ev = entry(&call);
	v = event_param(ev, 3);
	assert_int_equal(v->outcome, OUTCOME_VALUE);
	assert_int_equal(v->addr->port, 443);
	assert_int_equal(v->addr->ip.bytes[3], 4);
	is_outcome(ev, 1, OUTCOME_UNKNOWN);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_SERVER, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->server_port, 443);
	assert_int_equal(info->server.bytes[0], 1);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_ROLE, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->role, FD_ROLE_CLIENT);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_CLIENT, &info),
			 OUTCOME_UNKNOWN);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_KIND, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->kind, FD_KIND_IPV4_SOCKET);
	/* One that has failed has come from nowhere. */
	ev = ended(&call, -ENETUNREACH);
	is_outcome(ev, 1, OUTCOME_ABSENT);
	is_outcome(ev, 3, OUTCOME_VALUE);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_SERVER, &info),
			 OUTCOME_ABSENT);
	live_end(live, ev);
	child_end(&c);
}

static void a_connected_socket_gives_the_tuple(void **state)
{
	struct child c = child_start(make_sockets, NULL);
	struct call call = child_call(&c, SYS_connect, (uint64_t)c.told[1], 0,
				      0);
	const struct sock_tuple *tuple;
	const struct fd_info *info;
	struct event *ev = entry(&call);

	(void)state;
	ev = ended(&call, 0);
	is_outcome(ev, 1, OUTCOME_VALUE);
	tuple = event_param(ev, 1)->tuple;
	assert_int_equal(tuple->family, AF_INET);
	assert_int_equal(tuple->dest_port, c.told[3]);
	assert_int_equal(tuple->source.bytes[0], 127);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_CLIENT, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->client_port, tuple->source_port);
	live_end(live, ev);
	child_end(&c);
}

static void an_accepted_socket_has_the_remote_end_first(void **state)
{
	struct child c = child_start(make_sockets, NULL);
	struct call call = child_call(&c, SYS_accept4, (uint64_t)c.told[5], 0,
				      0);
	const struct sock_tuple *tuple;
	const struct fd_info *info;
	struct event *ev;

	(void)state;
	call.args[3] = SOCK_CLOEXEC;
	ev = entry(&call);
	is_outcome(ev, 1, OUTCOME_UNKNOWN);
	ev = ended(&call, c.told[2]);
	tuple = event_param(ev, 1)->tuple;
	assert_int_equal(tuple->dest_port, c.told[3]);
	is_number(ev, 3, 0);
	is_number(ev, 4, 3);
	is_number(ev, 5, 0x1000);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_ROLE, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->role, FD_ROLE_SERVER);
	assert_int_equal(info->server_port, c.told[3]);
	live_end(live, ev);
	child_end(&c);
}

static struct iovec iov = { data, sizeof(data) };
static struct msghdr msg;

static void a_message_names_its_receiver(void **state)
{
	const struct fd_info *info;
	struct child c;
	struct call call;
	struct event *ev;

	(void)state;
	set_remote_end();
	msg = (struct msghdr){ .msg_name = &remote_end,
			       .msg_namelen = sizeof(remote_end),
			       .msg_iov = &iov, .msg_iovlen = 1 };
	c = child_start(make_sockets, NULL);
	call = child_call(&c, SYS_sendmsg, (uint64_t)c.told[4], at(&msg), 0);
	ev = entry(&call);
	is_number(ev, 3, sizeof(data));
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_SERVER, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->server_port, 443);
	assert_true(info->name_changed);
	ev = ended(&call, sizeof(data));
	is_outcome(ev, 1, OUTCOME_VALUE);
	assert_int_equal(event_param(ev, 1)->text.n, 80);
	assert_int_equal(event_param(ev, 4)->tuple->dest_port, 443);
	live_end(live, ev);
	child_end(&c);
}

/* --- Everything else ------------------------------------------------------- */

static void a_closed_descriptor_is_looked_at_first(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_close, (uint64_t)c.told[0], 0,
				      0);
	const struct fd_info *info;
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(live_confirm(live, &call), CONFIRM_CLEAN);
	/* As if it were closed: another number is not open. */
	call.args[0] = 999;
	ev = ended(&call, 0);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NAME, &info),
			 OUTCOME_VALUE);
	assert_span_text(info->name, "/etc/passwd");
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_KIND, &info),
			 OUTCOME_VALUE);
	is_number(ev, 1, c.told[0]);
	live_end(live, ev);
	child_end(&c);
}

static void a_copy_is_known_by_its_original(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_dup, (uint64_t)c.told[0], 0, 0);
	const struct fd_info *info;
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NAME, &info),
			 OUTCOME_VALUE);
	assert_span_text(info->name, "/etc/passwd");
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_UNKNOWN);
	ev = ended(&call, c.told[1]);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_NUM, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->fd, c.told[1]);
	live_end(live, ev);
	child_end(&c);
}

static void written_data_waits_for_the_result(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_write, 1, at(data), sizeof(data));
	struct event *ev = entry(&call);

	(void)state;
	is_outcome(ev, 1, OUTCOME_UNKNOWN);
	is_number(ev, 3, sizeof(data));
	ev = ended(&call, 9);
	is_text(ev, 1, "the quick");
	live_end(live, ev);
	entry(&call);
	call.ended = false;
	ev = live_begin(live, &call, PHASE_UNCONFIRMED);
	assert_int_equal(event_param(ev, 1)->text.n, 80);
	live_end(live, ev);
	child_end(&c);
}

static void read_data_is_what_was_read(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_readv, 1, at(&iov), 1);
	struct event *ev = entry(&call);

	(void)state;
	is_outcome(ev, 2, OUTCOME_UNKNOWN);
	ev = ended(&call, 3);
	is_text(ev, 2, "the");
	is_number(ev, 1, 3);
	live_end(live, ev);
	call.ended = false;
	entry(&call);
	ev = ended(&call, -EAGAIN);
	is_outcome(ev, 2, OUTCOME_ABSENT);
	is_number(ev, 1, 0);
	live_end(live, ev);
	child_end(&c);
}

static void ids_are_not_known_while_they_change(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_setuid, 33, 0, 0);
	struct event *ev = entry(&call);
	const struct process *process;

	(void)state;
	is_number(ev, 1, 33);
	assert_int_equal(ev->resolver->process(ev, RESOLVE_THREAD,
					       PROCESS_USER, &process),
			 OUTCOME_UNKNOWN);
	assert_int_equal(ev->resolver->process(ev, 1, PROCESS_USER, &process),
			 OUTCOME_VALUE);
	ev = ended(&call, -EPERM);
	assert_int_equal(ev->resolver->process(ev, RESOLVE_THREAD,
					       PROCESS_USER, &process),
			 OUTCOME_VALUE);
	assert_int_equal(process->uid, geteuid());
	live_end(live, ev);
	child_end(&c);
}

static void numbers_have_the_width_of_their_type(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_kill, 0xdeadbeefffffffff, 9, 0);
	struct event *ev = entry(&call);

	(void)state;
	is_number(ev, 1, -1);
	is_number(ev, 2, 9);
	live_end(live, ev);
	call = child_call(&c, SYS_fchmod, 0x100000003, 0177777, 0);
	ev = entry(&call);
	is_number(ev, 1, 3);
	is_number(ev, 2, 07777);
	live_end(live, ev);
	child_end(&c);
}

static void two_paths_are_both_kept(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_rename, at(passwd), at(relative),
				      0);
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(live_confirm(live, &call), CONFIRM_QUICK);
	call.args[0] = call.args[1] = 8;
	ev = ended(&call, 0);
	is_text(ev, 1, passwd);
	is_text(ev, 2, relative);
	live_end(live, ev);
	child_end(&c);
}

static void a_name_is_shown_as_text_or_number(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_prctl, PR_SET_NAME, at(sh), 0);
	struct event *ev = entry(&call);

	(void)state;
	is_number(ev, 1, PR_SET_NAME);
	is_text(ev, 2, sh);
	is_number(ev, 3, 0);
	live_end(live, ev);
	call = child_call(&c, SYS_prctl, PR_SET_DUMPABLE, 1, 0);
	ev = entry(&call);
	is_outcome(ev, 2, OUTCOME_ABSENT);
	is_number(ev, 3, 1);
	live_end(live, ev);
	child_end(&c);
}

static void a_clone_shows_its_caller(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_clone, CLONE_FILES | SIGCHLD, 0,
				      0);
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(live_confirm(live, &call), CONFIRM_NEVER);
	is_outcome(ev, 0, OUTCOME_UNKNOWN);
	is_number(ev, 3, c.pid);
	is_number(ev, 5, getpid());
	is_number(ev, 15, 1);
	is_text(ev, 13, "test_decode");
	ev = ended(&call, -EAGAIN);
	is_outcome(ev, 1, OUTCOME_ABSENT);
	live_end(live, ev);
	child_end(&c);
}

static void calls_without_an_event_are_generic(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_getrandom, 0, 0, 0);
	struct event *ev = entry(&call);

	(void)state;
	assert_int_equal(ev->type, EVENT_GENERIC_X);
	assert_int_equal(ev->generic, GENERIC_getrandom);
	is_number(ev, 0, 318);
	is_number(ev, 1, SYS_getrandom);
	live_end(live, ev);
	call.nr = 100000;
	assert_null(live_begin(live, &call, PHASE_ENTRY));
	assert_int_equal(live_confirm(live, &call), CONFIRM_NEVER);
	child_end(&c);
}

static void events_are_numbered_as_they_end(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_kill, 1, 0, 0);
	struct event *ev = entry(&call);
	uint64_t first = ev->num;

	(void)state;
	live_end(live, ev);
	ev = entry(&call);
	assert_int_equal(ev->num, first + 1);
	ev = ended(&call, 0);
	assert_int_equal(ev->num, first + 1);
	live_end(live, ev);
	call.ended = false;
	ev = entry(&call);
	assert_int_equal(ev->num, first + 2);
	live_end(live, ev);
	child_end(&c);
}

static void a_lost_event_is_not_carried_on(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = openat_call(&c, passwd, O_RDONLY);
	struct event *ev = entry(&call);

	(void)state;
	is_text(ev, 2, passwd);
	call = openat_call(&c, relative, O_RDONLY);
	ev = entry(&call);
	is_text(ev, 2, relative);
	live_end(live, ev);
	live_end(live, NULL);
	child_end(&c);
}

static void leaders_are_found_by_session(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = child_call(&c, SYS_kill, 1, 0, 0);
	struct event *ev = entry(&call);
	const struct process *process;

	(void)state;
	if (ev->resolver->leader(ev, LEADER_SESSION, PROCESS_IDS, &process) ==
	    OUTCOME_VALUE)
		assert_true(process->pid == getsid(0) || getsid(0) <= 0);
	live_end(live, ev);
	child_end(&c);
}

static void every_call_can_be_asked_everything(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	static const uint64_t args[][6] = {
		{ 0, 0, 0, 0, 0, 0 },
		{ 8, 8, 8, 8, 8, 8 },
		{ UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
		  UINT64_MAX },
		{ 3, 1, 2, 1, 4, 1 },
	};
	const struct fd_info *info;

	(void)state;
	for (int nr = 0; nr < 480; nr++) {
		for (size_t i = 0; i < 4 * 3; i++) {
			struct call call = child_call(&c, nr, 0, 0, 0);
			struct event *ev;

			memcpy(call.args, args[i % 4], sizeof(call.args));
			ev = live_begin(live, &call, PHASE_ENTRY);
			if (!ev)
				continue;
			for (unsigned p = 0; p < ev->nparams; p++)
				assert_int_not_equal(
					event_param(ev, p)->outcome,
					OUTCOME_PENDING);
			live_confirm(live, &call);
			call.ended = i / 4 > 0;
			call.result = i / 4 == 1 ? 7 : -EIO;
			ev = live_begin(live, &call,
					call.ended ? PHASE_EXIT :
						     PHASE_UNCONFIRMED);
			for (unsigned p = 0; p < ev->nparams; p++)
				assert_int_not_equal(
					event_param(ev, p)->outcome,
					OUTCOME_UNKNOWN);
			for (unsigned p = 0; p < FD_PART_COUNT; p++)
				assert_int_not_equal(
					ev->resolver->event_fd(
						ev, (enum fd_part)p, &info),
					OUTCOME_UNKNOWN);
			live_end(live, ev);
		}
	}
	child_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_is_half_known_at_entry),
		cmocka_unit_test(
			what_is_opened_has_its_lexical_name_from_the_start),
		cmocka_unit_test(a_finished_open_is_known_in_full),
		cmocka_unit_test(
			an_open_that_was_not_followed_lacks_its_result),
		cmocka_unit_test(a_path_below_a_descriptor_is_joined),
		cmocka_unit_test(a_created_file_is_told_from_an_old_one),
		cmocka_unit_test(an_open_by_structure_is_read),
		cmocka_unit_test(what_may_block_is_confirmed_clean),
		cmocka_unit_test(devices_and_magic_links_are_confirmed_clean),
		cmocka_unit_test(pointers_to_nowhere_are_absent),
		cmocka_unit_test(a_path_without_end_is_absent),
		cmocka_unit_test(bytes_that_may_be_anothers_are_not_believed),
		cmocka_unit_test(an_open_costs_one_read_and_one_check),
		cmocka_unit_test(a_gone_tracee_gives_absent_answers),
		cmocka_unit_test(an_exec_hides_the_process_at_entry),
		cmocka_unit_test(a_failed_exec_shows_what_was_passed),
		cmocka_unit_test(empty_vectors_are_told_from_missing_ones),
		cmocka_unit_test(long_vectors_are_cut),
		cmocka_unit_test(a_failed_execveat_is_its_own_event),
		cmocka_unit_test(a_new_image_is_read_anew),
		cmocka_unit_test(a_connect_knows_where_it_goes_at_entry),
		cmocka_unit_test(a_connected_socket_gives_the_tuple),
		cmocka_unit_test(an_accepted_socket_has_the_remote_end_first),
		cmocka_unit_test(a_message_names_its_receiver),
		cmocka_unit_test(a_closed_descriptor_is_looked_at_first),
		cmocka_unit_test(a_copy_is_known_by_its_original),
		cmocka_unit_test(written_data_waits_for_the_result),
		cmocka_unit_test(read_data_is_what_was_read),
		cmocka_unit_test(ids_are_not_known_while_they_change),
		cmocka_unit_test(numbers_have_the_width_of_their_type),
		cmocka_unit_test(two_paths_are_both_kept),
		cmocka_unit_test(a_name_is_shown_as_text_or_number),
		cmocka_unit_test(a_clone_shows_its_caller),
		cmocka_unit_test(calls_without_an_event_are_generic),
		cmocka_unit_test(events_are_numbered_as_they_end),
		cmocka_unit_test(a_lost_event_is_not_carried_on),
		cmocka_unit_test(leaders_are_found_by_session),
		cmocka_unit_test(every_call_can_be_asked_everything),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode_exec.c, decode_sock.c: new images, what a failed exec was given, both ends
 * of conversations.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness/live_case.h"
#include "harness/test.h"

static char relative[] = "NAME=value";
static char data[] = "the quick brown fox jumps over the lazy dog, again and "
		     "again, until it is tired of it";

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
	live_end(live_case.live, ev);
	child_end(&c);
}

static char privileged[64];

static void a_set_user_id_exec_hides_the_user_too(void **state)
{
	const struct process *process;
	struct child c;
	struct call call;
	struct event *ev;
	int fd;

	(void)state;
	snprintf(privileged, sizeof(privileged), "/tmp/test_exec.XXXXXX");
	fd = mkstemp(privileged);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 04755), 0);
	close(fd);
	c = child_start(in_usr_lib, NULL);
	call = exec_call(&c, argv_three, envp_one);
	call.args[0] = at(privileged);
	ev = entry(&call);
	assert_int_equal(ev->resolver->process(ev, RESOLVE_THREAD,
					       PROCESS_USER, &process),
			 OUTCOME_UNKNOWN);
	assert_int_equal(ev->resolver->process(ev, 1, PROCESS_USER, &process),
			 OUTCOME_VALUE);
	unlink(privileged);
	live_end(live_case.live, ev);
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
	assert_span_text(process->comm, "test_decode_exe");
	live_end(live_case.live, ev);
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
	live_end(live_case.live, ev);
	call = child_call(&c, SYS_execve, at(sh), 8, 8);
	entry(&call);
	ev = ended(&call, -EFAULT);
	is_outcome(ev, 1, OUTCOME_ABSENT);
	live_end(live_case.live, ev);
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
	live_end(live_case.live, ev);
	call = exec_call(&c, long_ones, long_ones);
	entry(&call);
	ev = ended(&call, -E2BIG);
	assert_int_equal(event_param(ev, 2)->text.n, 65000);
	assert_int_equal(event_param(ev, 15)->text.n, 65000);
	live_end(live_case.live, ev);
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
	live_end(live_case.live, ev);
	child_end(&c);
}

static void a_new_image_is_read_anew(void **state)
{
	struct child c = child_start(in_usr_lib, NULL);
	struct call call = exec_call(&c, argv_three, envp_one);
	struct event *ev = entry(&call);
	const struct process *process;

	(void)state;
	live_end(live_case.live, ev);
	ev = entry(&call);
	call.exec_done = true;
	call.nr = 0x7fffff; /* the registers are the new image's */
	ev = ended(&call, 0);
	assert_non_null(ev);
	is_number(ev, 0, 0);
	is_text(ev, 13, "test_decode_exe");
	assert_true(span_ends_with(event_param(ev, 27)->text,
				   SPAN("test_decode_exec")));
	assert_int_equal(ev->resolver->process(ev, RESOLVE_THREAD,
					       PROCESS_ARGS, &process),
			 OUTCOME_VALUE);
	live_end(live_case.live, ev);
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
	live_end(live_case.live, ev);
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
	live_end(live_case.live, ev);
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
	live_end(live_case.live, ev);
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
	assert_false(info->connected);
	ev = ended(&call, sizeof(data));
	ev->resolver->event_fd(ev, FD_PART_SERVER, &info);
	assert_true(info->name_changed);
	is_outcome(ev, 1, OUTCOME_VALUE);
	assert_int_equal(event_param(ev, 1)->text.n, 80);
	assert_int_equal(event_param(ev, 4)->tuple->dest_port, 443);
	live_end(live_case.live, ev);
	/* To the same receiver again: no new name. */
	call.ended = false;
	entry(&call);
	ev = ended(&call, sizeof(data));
	ev->resolver->event_fd(ev, FD_PART_SERVER, &info);
	assert_int_equal(info->server_port, 443);
	assert_false(info->name_changed);
	live_end(live_case.live, ev);
	child_end(&c);
}

static struct sockaddr_in heard_from;
static socklen_t heard_size = sizeof(heard_from);

static void whom_a_socket_hears_is_known_at_the_end(void **state)
{
	const struct fd_info *info;
	struct child c;
	struct call call;
	struct event *ev;

	(void)state;
	heard_from.sin_family = AF_INET;
	heard_from.sin_port = htons(40000);
	heard_from.sin_addr.s_addr = htonl(0x0a000001);
	c = child_start(make_sockets, NULL);
	call = child_call(&c, SYS_recvfrom, (uint64_t)c.told[4], at(data), 9);
	call.args[4] = at(&heard_from);
	call.args[5] = at(&heard_size);
	ev = entry(&call);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_CLIENT, &info),
			 OUTCOME_UNKNOWN);
	is_outcome(ev, 2, OUTCOME_UNKNOWN);
	ev = ended(&call, 9);
	assert_int_equal(event_param(ev, 2)->tuple->source_port, 40000);
	assert_int_equal(ev->resolver->event_fd(ev, FD_PART_CLIENT, &info),
			 OUTCOME_VALUE);
	assert_int_equal(info->client_port, 40000);
	assert_int_equal(info->role, FD_ROLE_SERVER);
	assert_true(info->name_changed);
	is_text(ev, 1, "the quick");
	live_end(live_case.live, ev);
	child_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exec_hides_the_process_at_entry),
		cmocka_unit_test(a_set_user_id_exec_hides_the_user_too),
		cmocka_unit_test(a_failed_exec_shows_what_was_passed),
		cmocka_unit_test(empty_vectors_are_told_from_missing_ones),
		cmocka_unit_test(long_vectors_are_cut),
		cmocka_unit_test(a_failed_execveat_is_its_own_event),
		cmocka_unit_test(a_new_image_is_read_anew),
		cmocka_unit_test(a_connect_knows_where_it_goes_at_entry),
		cmocka_unit_test(a_connected_socket_gives_the_tuple),
		cmocka_unit_test(an_accepted_socket_has_the_remote_end_first),
		cmocka_unit_test(a_message_names_its_receiver),
		cmocka_unit_test(whom_a_socket_hears_is_known_at_the_end),
	};

	return cmocka_run_group_tests(tests, live_case_setup,
				      live_case_teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structures that belong to one call or two.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sem.h>

#include "array.h"

#include "decode.h"
#include "maps.h"

static enum outcome read_exact(struct live_event *le, uint64_t address,
			       void *buf, size_t n)
{
	struct remote memory = live_event_memory(le);
	ssize_t got = remote_read(&memory, address, buf, n);

	if (got < 0)
		return live_event_unread(le, (int)got);
	return (size_t)got == n && live_event_valid(le) ? OUTCOME_VALUE :
							  OUTCOME_ABSENT;
}

static enum outcome read_word(struct live_event *le, uint64_t address,
			      size_t size, uint64_t *ret)
{
	unsigned char bytes[8] = { 0 };
	enum outcome got = read_exact(le, address, bytes, size);

	if (got != OUTCOME_VALUE)
		return got;
	*ret = 0;
	for (size_t i = 0; i < size; i++)
		*ret |= (uint64_t)bytes[i] << (8 * i);
	return got;
}

/* arg[0]: struct rlimit, arg[1]: 0 soft, 1 hard, arg[2]: the call fills it. */
enum outcome decode_limit(struct live_event *le, const struct source *s,
			  struct value *v)
{
	unsigned word = s->arg[2] & 2 ? 8 : le->long_size;
	uint64_t address = le->call.args[s->arg[0]];
	enum outcome got = s->arg[2] & 1 ? live_event_result(le) :
					   OUTCOME_VALUE;
	uint64_t limit;

	v->i = -1;
	if (got != OUTCOME_VALUE || (s->arg[2] & 1 && le->call.result < 0))
		return got;
	v->i = 0;
	if (!address)
		return OUTCOME_VALUE;
	got = read_word(le, address + s->arg[1] * word, word, &limit);
	if (got == OUTCOME_VALUE)
		v->i = word == 4 ? (int32_t)limit : (int64_t)limit;
	return got;
}

/* arg[0]: struct timespec. */
enum outcome decode_interval(struct live_event *le, const struct source *s,
			     struct value *v)
{
	unsigned word = le->long_size;
	uint64_t address = le->call.args[s->arg[0]], seconds, ns;
	enum outcome got = read_word(le, address, word, &seconds);

	if (got == OUTCOME_VALUE)
		got = read_word(le, address + word, word, &ns);
	if (got == OUTCOME_VALUE)
		v->u = seconds * 1000000000 + ns;
	return got;
}

/* arg[0]: struct pollfd, arg[1]: how many. Those that something came of. */
enum outcome decode_poll_list(struct live_event *le, const struct source *s,
			      struct value *v)
{
	struct pollfd fds[256];
	uint64_t n = le->call.args[s->arg[1]];
	struct poll_list *list = arena_zalloc(&le->arena, sizeof(*list));
	enum outcome got = live_event_result(le);
	struct poll_item *items;

	v->poll = list;
	if (got != OUTCOME_VALUE || !n)
		return got;
	n = n > ARRAY_SIZE(fds) ? ARRAY_SIZE(fds) : n;
	got = read_exact(le, le->call.args[s->arg[0]], fds,
			 (size_t)n * sizeof(fds[0]));
	if (got != OUTCOME_VALUE)
		return got;
	items = arena_zalloc(&le->arena, (size_t)n * sizeof(*items));
	for (uint64_t i = 0; i < n; i++) {
		if (fds[i].revents)
			items[list->n++] = (struct poll_item){
				fds[i].fd, fds[i].revents
			};
	}
	list->items = items;
	return OUTCOME_VALUE;
}

/* arg[0]: sigset_t, or NULL. */
enum outcome decode_sigset(struct live_event *le, const struct source *s,
			   struct value *v)
{
	uint64_t address = le->call.args[s->arg[0]];

	v->u = 0;
	return address ? read_word(le, address, 4, &v->u) : OUTCOME_VALUE;
}

static bool names_thread(const struct live_event *le)
{
	uint64_t option = le->call.args[0];

	return option == PR_SET_NAME || option == PR_GET_NAME;
}

/* The second argument of prctl(2), where it is a name. */
enum outcome decode_prctl_text(struct live_event *le, const struct source *s,
			       struct value *v)
{
	if (!names_thread(le))
		return OUTCOME_ABSENT;
	return le->call.args[0] == PR_GET_NAME ? decode_result_text(le, s, v) :
						 decode_text(le, s, v);
}

enum outcome decode_prctl_number(struct live_event *le, const struct source *s,
				 struct value *v)
{
	v->u = names_thread(le) ? 0 : le->call.args[s->arg[0]];
	return OUTCOME_VALUE;
}

/* --- ptrace(2) ------------------------------------------------------------- */

static bool request_is(const struct live_event *le, const int *requests,
		       size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((int64_t)le->call.args[0] == requests[i])
			return true;
	}
	return false;
}

static const int peeks[] = { PTRACE_PEEKTEXT, PTRACE_PEEKDATA,
			     PTRACE_PEEKUSER };
static const int pokes[] = { PTRACE_POKETEXT, PTRACE_POKEDATA,
			     PTRACE_POKEUSER };
static const int signals[] = { PTRACE_CONT, PTRACE_SINGLESTEP, PTRACE_DETACH,
			       PTRACE_SYSCALL };

enum outcome decode_ptrace_addr(struct live_event *le, const struct source *s,
				struct value *v)
{
	bool used = request_is(le, peeks, ARRAY_SIZE(peeks)) ||
		    request_is(le, pokes, ARRAY_SIZE(pokes));

	v->type = VALUE_UINT64;
	v->u = used && live_event_succeeded(le) ? le->call.args[s->arg[0]] : 0;
	return live_event_result(le);
}

enum outcome decode_ptrace_data(struct live_event *le, const struct source *s,
				struct value *v)
{
	uint64_t data = le->call.args[s->arg[0]];

	v->type = VALUE_UINT64;
	v->u = 0;
	if (!live_event_succeeded(le))
		return live_event_result(le);
	/* The system call, unlike the C library, stores what it peeked. */
	if (request_is(le, peeks, ARRAY_SIZE(peeks)))
		return read_word(le, data, live_event_word(le), &v->u);
	if (request_is(le, signals, ARRAY_SIZE(signals))) {
		v->type = VALUE_SIGTYPE;
		v->u = (uint8_t)data;
	} else if (request_is(le, pokes, ARRAY_SIZE(pokes))) {
		v->u = data;
	}
	return OUTCOME_VALUE;
}

/* --- keyctl(2), semaphores, io_uring, fsconfig ----------------------------- */

/* Which arguments of which operations are strings, see keyctl(2). */
static const struct {
	uint8_t operation, argument;
} key_texts[] = {
	{ 1, 1 }, { 10, 2 }, { 10, 3 }, { 29, 2 }, { 29, 3 },
};

/* arg[0]: the argument. */
enum outcome decode_keyctl_arg(struct live_event *le, const struct source *s,
			       struct value *v)
{
	for (size_t i = 0; i < ARRAY_SIZE(key_texts); i++) {
		if (key_texts[i].operation != le->call.args[0] ||
		    key_texts[i].argument != s->arg[0])
			continue;
		v->type = VALUE_CHARBUF;
		return decode_text(le, s, v);
	}
	v->type = VALUE_INT64;
	v->u = le->call.args[s->arg[0]];
	return OUTCOME_VALUE;
}

/* struct sembuf: number, operation, flags; the first two are shown. */
static enum outcome semop_member(struct live_event *le, unsigned which,
				 unsigned member, uint64_t *ret)
{
	uint64_t n = le->call.args[2];
	enum outcome got;

	*ret = 0;
	if (which >= n)
		return OUTCOME_VALUE;
	got = decode_block(le, le->call.args[1], n > 1 ? 12 : 6);
	*ret = decode_block_number(le, which * 6 + member * 2, 2);
	return got;
}

/* arg[0]: which operation. */
enum outcome decode_semop_num(struct live_event *le, const struct source *s,
			      struct value *v)
{
	return semop_member(le, s->arg[0], 0, &v->u);
}

enum outcome decode_semop_op(struct live_event *le, const struct source *s,
			     struct value *v)
{
	uint64_t op;
	enum outcome got = semop_member(le, s->arg[0], 1, &op);

	v->i = (int16_t)op;
	return got;
}

enum outcome decode_semop_flags(struct live_event *le, const struct source *s,
				struct value *v)
{
	uint64_t flags;
	enum outcome got = semop_member(le, s->arg[0], 2, &flags);

	v->u = map_value(MAP_SEMOP_FLAGS, flags);
	return got;
}

/* arg[0]: the command, arg[1]: the value, for SETVAL alone. */
enum outcome decode_semctl_value(struct live_event *le, const struct source *s,
				 struct value *v)
{
	bool set = (uint32_t)le->call.args[s->arg[0]] == SETVAL;

	v->i = set ? (int32_t)le->call.args[s->arg[1]] : 0;
	return OUTCOME_VALUE;
}

/* arg[0]: which 32-bit word of struct io_uring_params, arg[1]: the map or 0. */
enum outcome decode_uring_param(struct live_event *le, const struct source *s,
				struct value *v)
{
	enum outcome got = live_event_result(le);

	if (got != OUTCOME_VALUE)
		return got;
	got = decode_block(le, le->call.args[1], 24);
	v->u = decode_block_number(le, s->arg[0] * 4U, 4);
	if (s->arg[1])
		v->u = map_value(s->arg[1], v->u);
	return got;
}

/* The commands of fsconfig(2) whose value is text, and the one with bytes. */
enum { FS_STRING = 1, FS_BINARY = 2, FS_PATH = 3, FS_PATH_EMPTY = 4 };

enum outcome decode_fsconfig_bytes(struct live_event *le,
				   const struct source *s, struct value *v)
{
	uint32_t n = (uint32_t)le->call.args[4];

	(void)s;
	if (live_event_result(le) != OUTCOME_VALUE)
		return live_event_result(le);
	if (le->call.result < 0 || (uint32_t)le->call.args[1] != FS_BINARY)
		return OUTCOME_ABSENT;
	return decode_bytes(le, le->call.args[3],
			    live_event_shown(le, n), &v->text);
}

enum outcome decode_fsconfig_text(struct live_event *le,
				  const struct source *s, struct value *v)
{
	uint32_t command = (uint32_t)le->call.args[1];

	if (live_event_result(le) != OUTCOME_VALUE)
		return live_event_result(le);
	if (le->call.result < 0 ||
	    (command != FS_STRING && command != FS_PATH &&
	     command != FS_PATH_EMPTY))
		return OUTCOME_ABSENT;
	return decode_text(le, s, v);
}

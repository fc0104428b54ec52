/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters on demand: the schema's types, results, plain arguments, and memory
 * of fixed shape.
 */
#include "decode.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "array.h"

#include "regs.h"
#include "tracer.h"

struct param_schema {
	uint8_t type;
	int8_t dirfd;
};

struct event_schema {
	uint8_t n;
	struct param_schema params[EVENT_PARAMS_MAX];
};

/* The list has commas between its parameters, so that each is an initialiser. */
#define P(name, value, format) { VALUE_##value, -1 }
#define PF(name, value, format, flag_set) { VALUE_##value, -1 }
#define PD(name, value, format, index) { VALUE_##value, index }
#define EVENT(code, symbol, name, category, class, flags, ...) \
	[code] = { .n = sizeof((struct param_schema[]){ __VA_ARGS__ }) / \
			sizeof(struct param_schema), \
		   .params = { __VA_ARGS__ } },
static const struct event_schema schema[EVENT_TYPE_COUNT] = {
#include "events.def"
};

/* How wide an argument of a type is; what is not here is 64 bits wide. */
static const struct {
	uint8_t bits;
	bool is_signed;
} widths[VALUE_TYPE_COUNT] = {
	[VALUE_INT8] = { 8, true },	    [VALUE_INT16] = { 16, true },
	[VALUE_INT32] = { 32, true },	    [VALUE_FD] = { 32, true },
	[VALUE_PID] = { 32, true },	    [VALUE_FD32] = { 32, true },
	[VALUE_PID32] = { 32, true },	    [VALUE_ERRNO] = { 32, true },
	[VALUE_UINT8] = { 8, false },	    [VALUE_UINT16] = { 16, false },
	[VALUE_UINT32] = { 32, false },	    [VALUE_FLAGS8] = { 8, false },
	[VALUE_FLAGS16] = { 16, false },    [VALUE_FLAGS32] = { 32, false },
	[VALUE_ENUMFLAGS8] = { 8, false },  [VALUE_ENUMFLAGS16] = { 16, false },
	[VALUE_ENUMFLAGS32] = { 32, false }, [VALUE_UID] = { 32, false },
	[VALUE_GID] = { 32, false },	    [VALUE_MODE] = { 32, false },
	[VALUE_SIGTYPE] = { 8, false },	    [VALUE_SIGSET] = { 32, false },
	[VALUE_SYSCALLID] = { 16, false },  [VALUE_PORT] = { 16, false },
};

void decode_number(struct value *v, uint64_t bits)
{
	unsigned width = widths[v->type].bits;

	if (!width || width == 64) {
		v->u = bits;
		return;
	}
	bits &= (UINT64_C(1) << width) - 1;
	if (widths[v->type].is_signed && bits >> (width - 1))
		bits |= ~((UINT64_C(1) << width) - 1);
	v->u = bits;
}

int decode_path_param(enum event_type type)
{
	for (unsigned i = 0; i < schema[type].n; i++) {
		if (schema[type].params[i].type == VALUE_FSPATH ||
		    schema[type].params[i].type == VALUE_FSRELPATH)
			return (int)i;
	}
	return -1;
}

int64_t decode_path_dirfd(struct live_event *le, unsigned path_param)
{
	int param = schema[le->ev.type].params[path_param].dirfd;

	return param < 0 ? AT_FDCWD : event_param(&le->ev, (unsigned)param)->i;
}

void decode_start(struct live_event *le)
{
	const struct event_schema *s = &schema[le->ev.type];

	le->ev.nparams = s->n;
	for (unsigned i = 0; i < s->n; i++) {
		le->ev.params[i] = (struct value){ .type = s->params[i].type };
		le->ev.params[i].outcome = OUTCOME_PENDING;
	}
	le->block.outcome = OUTCOME_PENDING;
}

void decode_carry_on(struct live_event *le)
{
	const struct event_schema *s = &schema[le->ev.type];
	unsigned before = le->ev.nparams;

	le->ev.nparams = s->n;
	for (unsigned i = 0; i < s->n; i++) {
		struct value *v = &le->ev.params[i];
		bool kept = i < before && i < le->row->nsources &&
			    le->row->sources[i].kept &&
			    v->outcome != OUTCOME_UNKNOWN &&
			    v->outcome != OUTCOME_PENDING;

		if (!kept)
			*v = (struct value){ .type = s->params[i].type };
	}
	if (le->row->flags & ROW_REWRITES ||
	    le->block.outcome == OUTCOME_UNKNOWN)
		le->block.outcome = OUTCOME_PENDING;
}

void decode_param(struct event *ev, unsigned i)
{
	struct live_event *le = live_event_of(ev);
	struct value *v = &ev->params[i];

	if (i >= le->row->nsources) {
		v->outcome = OUTCOME_ABSENT;
		return;
	}
	v->outcome = (uint8_t)le->row->sources[i].read(
		le, &le->row->sources[i], v);
}

unsigned live_event_word(const struct live_event *le)
{
	return syscall_pointer_is_wide(le->call.arch) ? 8 : 4;
}

static enum remote_scope scope_of(struct live_event *le)
{
	static const enum remote_scope scopes[] = {
		[SHARING_NONE] = REMOTE_ALL,
		[SHARING_MAPPINGS] = REMOTE_PRIVATE,
		[SHARING_ALL] = REMOTE_NOTHING,
	};

	if (le->ev.phase != PHASE_ENTRY || le->let_in || !le->thread)
		return REMOTE_ALL;
	if (!le->sharing_known)
		le->sharing = (uint8_t)sharing_of(le);
	le->sharing_known = true;
	return scopes[le->sharing];
}

struct remote live_event_memory(struct live_event *le)
{
	return (struct remote){
		.scope = scope_of(le),
		.patience = le->thread ? &le->live->patience : NULL,
		.stalls = le->thread ? &le->thread->leader->stalls : NULL,
		.proc_fd = le->live->proc_fd,
		.tid = le->call.tid,
		.attached = le->call.attached,
		.mem_fd = le->thread ? &le->thread->leader->mem_fd : NULL,
		.maps_fd = le->thread ? &le->thread->leader->maps_fd : NULL,
		/* 32-bit programs have more calls that map than are noted. */
		.own = le->thread && live_event_word(le) == 8 ?
			       &le->thread->leader->sharing.own : NULL,
	};
}

enum outcome live_event_unread(struct live_event *le, int ret)
{
	if (ret == -EFAULT || ret == -ESRCH)
		return OUTCOME_ABSENT;
	/* What memory does not tell its user will, once the kernel has got it. */
	if (ret == -EAGAIN || (ret == -ETIMEDOUT && !le->let_in &&
			       le->ev.phase == PHASE_ENTRY)) {
		le->shut_out = true;
		return OUTCOME_UNKNOWN;
	}
	le->live->stats->blind[BLIND_MEMORY]++;
	return OUTCOME_FAILED;
}

/* --- Shared with the other files ------------------------------------------- */

enum outcome decode_block(struct live_event *le, uint64_t address, size_t n)
{
	struct remote memory = live_event_memory(le);
	struct live_block *b = &le->block;
	ssize_t got;

	if (b->outcome != OUTCOME_PENDING)
		return b->outcome;
	n = n > sizeof(b->bytes) ? sizeof(b->bytes) : n;
	memset(b->bytes, 0, sizeof(b->bytes));
	got = remote_read(&memory, address, b->bytes, n);
	b->n = got > 0 ? (size_t)got : 0;
	if (got < 0)
		b->outcome = live_event_unread(le, (int)got);
	else
		b->outcome = b->n == n && live_event_valid(le) ? OUTCOME_VALUE :
								 OUTCOME_ABSENT;
	return b->outcome;
}

static uint64_t little(const unsigned char *bytes, size_t size)
{
	uint64_t x = 0;

	for (size_t i = 0; i < size; i++)
		x |= (uint64_t)bytes[i] << (8 * i);
	return x;
}

uint64_t decode_block_number(const struct live_event *le, size_t offset,
			     size_t size)
{
	if (offset + size > le->block.n)
		return 0;
	return little(le->block.bytes + offset, size);
}

enum outcome decode_bytes(struct live_event *le, uint64_t address, size_t n,
			  struct span *ret)
{
	struct remote memory = live_event_memory(le);
	char *buf;
	ssize_t got;

	n = n > LIVE_PARAM_MAX ? LIVE_PARAM_MAX : n;
	if (!n)
		return OUTCOME_ABSENT;
	buf = arena_alloc(&le->arena, n);
	got = remote_read(&memory, address, buf, n);
	if (got < 0)
		return live_event_unread(le, (int)got);
	if (!live_event_valid(le))
		return OUTCOME_ABSENT;
	*ret = span_make(buf, (size_t)got);
	return OUTCOME_VALUE;
}

/* A vector of struct iovec as the kernel takes it: at most IOV_MAX. */
static ssize_t read_iovs(struct live_event *le, uint64_t iov, uint64_t count,
			 unsigned char *buf, size_t cap)
{
	struct remote memory = live_event_memory(le);
	size_t one = 2 * live_event_word(le);
	ssize_t got;

	count = count > cap / one ? cap / one : count;
	got = remote_read(&memory, iov, buf, count * one);
	return got < 0 ? got : got / (ssize_t)one;
}

enum outcome decode_iov_bytes(struct live_event *le, uint64_t iov,
			      uint64_t count, size_t n, struct span *ret)
{
	unsigned char iovs[IOV_MAX * 16];
	struct remote memory = live_event_memory(le);
	unsigned word = live_event_word(le);
	ssize_t found = read_iovs(le, iov, count, iovs, sizeof(iovs));
	char *out = arena_alloc(&le->arena, n);
	size_t used = 0;

	if (found < 0)
		return live_event_unread(le, (int)found);
	for (ssize_t i = 0; i < found && used < n; i++) {
		const unsigned char *at = iovs + (size_t)i * 2 * word;
		uint64_t len = little(at + word, word);
		ssize_t got;

		len = len > n - used ? n - used : len;
		got = remote_read(&memory, little(at, word), out + used,
				  (size_t)len);
		if (got < 0)
			break;
		used += (size_t)got;
	}
	if (!used || !live_event_valid(le))
		return OUTCOME_ABSENT;
	*ret = span_make(out, used);
	return OUTCOME_VALUE;
}

enum outcome decode_iov_total(struct live_event *le, uint64_t iov,
			      uint64_t count, uint64_t *ret)
{
	unsigned char iovs[IOV_MAX * 16];
	unsigned word = live_event_word(le);
	ssize_t found = read_iovs(le, iov, count, iovs, sizeof(iovs));
	uint64_t total = 0;

	if (found < 0)
		return live_event_unread(le, (int)found);
	for (ssize_t i = 0; i < found; i++)
		total += little(iovs + (size_t)i * 2 * word + word, word);
	if (!live_event_valid(le))
		return OUTCOME_ABSENT;
	*ret = total;
	return OUTCOME_VALUE;
}

/* --- Sources --------------------------------------------------------------- */

/* What the call returned, as it is. */
enum outcome decode_result(struct live_event *le, const struct source *s,
			   struct value *v)
{
	(void)s;
	v->i = le->call.result;
	return live_event_result(le);
}

/* arg[0]: the argument's number. */
enum outcome decode_arg(struct live_event *le, const struct source *s,
			struct value *v)
{
	decode_number(v, le->call.args[s->arg[0]]);
	return OUTCOME_VALUE;
}

/* As decode_arg, all bits of it whatever the type. */
enum outcome decode_wide(struct live_event *le, const struct source *s,
			 struct value *v)
{
	v->u = le->call.args[s->arg[0]];
	return OUTCOME_VALUE;
}

enum outcome decode_absent(struct live_event *le, const struct source *s,
			   struct value *v)
{
	(void)le;
	(void)s;
	(void)v;
	return OUTCOME_ABSENT;
}

enum outcome decode_zero(struct live_event *le, const struct source *s,
			 struct value *v)
{
	(void)le;
	(void)s;
	v->u = 0;
	return OUTCOME_VALUE;
}

enum outcome decode_generic_id(struct live_event *le, const struct source *s,
			       struct value *v)
{
	(void)s;
	v->u = syscall_generic_code(le->row->generic);
	return OUTCOME_VALUE;
}

/* The number that a native program has for the call, where it has one. */
enum outcome decode_generic_number(struct live_event *le,
				   const struct source *s, struct value *v)
{
	int nr;

	(void)s;
	nr = syscall_number(le->row->name, regs_abis[0].arch);
	v->u = (uint16_t)(nr < 0 ? le->call.nr : nr);
	return OUTCOME_VALUE;
}

static enum outcome read_text(struct live_event *le, uint64_t address,
			      struct value *v)
{
	struct remote memory = live_event_memory(le);
	char buf[PATH_MAX];
	ssize_t n = remote_string(&memory, address, buf, sizeof(buf));

	if (n < 0)
		return live_event_unread(le, (int)n);
	if (!live_event_valid(le))
		return OUTCOME_ABSENT;
	v->text = span_make(arena_strndup(&le->arena, buf, (size_t)n),
			    (size_t)n);
	return OUTCOME_VALUE;
}

/* arg[0]: a string, or NULL. */
enum outcome decode_text(struct live_event *le, const struct source *s,
			 struct value *v)
{
	return read_text(le, le->call.args[s->arg[0]], v);
}

/* arg[0]: a buffer that the call filled with a string. */
enum outcome decode_result_text(struct live_event *le, const struct source *s,
				struct value *v)
{
	enum outcome got = live_event_result(le);

	if (got != OUTCOME_VALUE)
		return got;
	return le->call.result < 0 ? OUTCOME_ABSENT : decode_text(le, s, v);
}

/* How much of a written buffer counts: what was written, else what was asked. */
static size_t written(const struct live_event *le, uint64_t asked)
{
	if (live_event_succeeded(le) && le->call.result > 0)
		asked = (uint64_t)le->call.result;
	return live_event_shown(le, asked);
}

/* arg[0]: a buffer, arg[1]: its size. */
enum outcome decode_out_data(struct live_event *le, const struct source *s,
			     struct value *v)
{
	if (le->ev.phase == PHASE_ENTRY)
		return OUTCOME_UNKNOWN;
	return decode_bytes(le, le->call.args[s->arg[0]],
			    written(le, le->call.args[s->arg[1]]), &v->text);
}

/* arg[0]: a buffer that as many bytes were read into as the call returned. */
enum outcome decode_in_data(struct live_event *le, const struct source *s,
			    struct value *v)
{
	enum outcome got = live_event_result(le);

	if (got != OUTCOME_VALUE)
		return got;
	if (le->call.result <= 0)
		return OUTCOME_ABSENT;
	return decode_bytes(le, le->call.args[s->arg[0]],
			    live_event_shown(le, (uint64_t)le->call.result),
			    &v->text);
}

/* arg[0]: iovecs, arg[1]: how many. */
enum outcome decode_out_iov(struct live_event *le, const struct source *s,
			    struct value *v)
{
	if (le->ev.phase == PHASE_ENTRY)
		return OUTCOME_UNKNOWN;
	return decode_iov_bytes(le, le->call.args[s->arg[0]],
				le->call.args[s->arg[1]],
				written(le, UINT64_MAX), &v->text);
}

enum outcome decode_in_iov(struct live_event *le, const struct source *s,
			   struct value *v)
{
	enum outcome got = live_event_result(le);

	if (got != OUTCOME_VALUE)
		return got;
	if (le->call.result <= 0)
		return OUTCOME_ABSENT;
	return decode_iov_bytes(le, le->call.args[s->arg[0]],
				le->call.args[s->arg[1]],
				live_event_shown(le,
						 (uint64_t)le->call.result),
				&v->text);
}

/* arg[0]: iovecs, arg[1]: how many. Their sizes together. */
enum outcome decode_iov_size(struct live_event *le, const struct source *s,
			     struct value *v)
{
	uint64_t total;
	enum outcome got = decode_iov_total(le, le->call.args[s->arg[0]],
					    le->call.args[s->arg[1]], &total);

	if (got == OUTCOME_VALUE)
		decode_number(v, total);
	return got;
}

static enum outcome written_number(struct live_event *le, uint64_t address,
				   size_t size, uint64_t *ret)
{
	unsigned char bytes[8] = { 0 };
	struct remote memory = live_event_memory(le);
	ssize_t got = remote_read(&memory, address, bytes, size);

	if (got < 0)
		return live_event_unread(le, (int)got);
	if ((size_t)got < size || !live_event_valid(le))
		return OUTCOME_ABSENT;
	*ret = little(bytes, size);
	return OUTCOME_VALUE;
}

/* arg[0]: where the call put an id. */
enum outcome decode_uid_at(struct live_event *le, const struct source *s,
			   struct value *v)
{
	enum outcome got = live_event_result(le);
	uint64_t id;

	if (got != OUTCOME_VALUE || le->call.result < 0)
		return got == OUTCOME_VALUE ? OUTCOME_ABSENT : got;
	got = written_number(le, le->call.args[s->arg[0]], le->id_size, &id);
	if (got == OUTCOME_VALUE)
		v->u = id;
	return got;
}

/* arg[0]: where the call put ints, arg[1]: which. -1 where the call failed. */
enum outcome decode_int_at(struct live_event *le, const struct source *s,
			   struct value *v)
{
	enum outcome got = live_event_result(le);
	uint64_t x;

	v->i = -1;
	if (got != OUTCOME_VALUE || le->call.result < 0)
		return got;
	got = written_number(le, le->call.args[s->arg[0]] + 4 * s->arg[1], 4,
			     &x);
	if (got == OUTCOME_VALUE)
		v->i = (int32_t)x;
	return got;
}

/* arg[0]: an offset that the call takes from memory; 0 for NULL. */
enum outcome decode_offset_at(struct live_event *le, const struct source *s,
			      struct value *v)
{
	uint64_t address = le->call.args[s->arg[0]];

	v->u = 0;
	return address ? written_number(le, address, le->long_size, &v->u) :
			 OUTCOME_VALUE;
}

/* _llseek's offset: arg[0] the high half, arg[1] the low one. */
enum outcome decode_llseek(struct live_event *le, const struct source *s,
			   struct value *v)
{
	v->u = le->call.args[s->arg[0]] << 32 |
	       (uint32_t)le->call.args[s->arg[1]];
	return OUTCOME_VALUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes as parameters: of a new image what /proc says, of an exec that failed
 * what the caller passed.
 */
#include <errno.h>
#include <limits.h>
#include <stddef.h>

#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "decode.h"

/* Strings of an argument vector are not looked for further than this, however
 * short they are. */
#define STRINGS_MAX 8192

/* What is read of a vector: strings that follow each other in memory, as they
 * nearly always do, come from the page that is here already. */
struct vector_reader {
	struct remote memory;
	unsigned word;
	uint64_t pointers; /* the next one's address */
	uint64_t page_address;
	size_t page_n;
	char page[4096];
	size_t page_reads;
};

static int load_page(struct vector_reader *r, uint64_t address)
{
	ssize_t got = remote_read(&r->memory, address, r->page,
				  sizeof(r->page) -
					  address % sizeof(r->page));

	if (got < 0)
		return (int)got;
	r->page_address = address;
	r->page_n = (size_t)got;
	r->page_reads++;
	return 0;
}

static int byte_at(struct vector_reader *r, uint64_t address, const char **ret,
		   size_t *ret_left)
{
	if (address - r->page_address >= r->page_n) {
		int got = load_page(r, address);

		if (got < 0)
			return got;
	}
	*ret = r->page + (address - r->page_address);
	*ret_left = r->page_n - (size_t)(address - r->page_address);
	return 0;
}

/* A string with its NUL to out; what does not fit any more is cut. */
static int add_string(struct vector_reader *r, uint64_t address,
		      struct strbuf *out)
{
	for (;;) {
		const char *at, *end;
		size_t left, n;
		int got = byte_at(r, address, &at, &left);

		if (got < 0)
			return got;
		end = memchr(at, '\0', left);
		n = end ? (size_t)(end - at) : left;
		n = n > LIVE_PARAM_MAX - 1 - out->n ?
			    LIVE_PARAM_MAX - 1 - out->n :
			    n;
		strbuf_add(out, at, n);
		if (end || out->n >= LIVE_PARAM_MAX - 1)
			break;
		address += left;
	}
	strbuf_addch(out, '\0');
	return 0;
}

static int next_pointer(struct vector_reader *r, uint64_t *ret)
{
	unsigned char bytes[8] = { 0 };
	ssize_t got = remote_read(&r->memory, r->pointers, bytes, r->word);

	if (got < 0)
		return (int)got;
	if ((size_t)got < r->word)
		return -EFAULT;
	*ret = 0;
	for (unsigned i = 0; i < r->word; i++)
		*ret |= (uint64_t)bytes[i] << (8 * i);
	r->pointers += r->word;
	return 0;
}

/* A vector's strings, each with its NUL; the first n of them are left out, and
 * their text is put aside. */
static enum outcome read_vector(struct live_event *le, uint64_t address,
				struct strbuf *ret_first, struct strbuf *out)
{
	struct vector_reader r = { .memory = live_event_memory(le),
				   .word = live_event_word(le),
				   .pointers = address };
	size_t i;

	for (i = 0; i < STRINGS_MAX && out->n < LIVE_PARAM_MAX - 1; i++) {
		struct strbuf *to = i == 0 && ret_first ? ret_first : out;
		uint64_t string = 0;
		int got = next_pointer(&r, &string);

		if (!got && string)
			got = add_string(&r, string, to);
		if (got < 0)
			return live_event_unread(le, got);
		if (!string)
			break;
	}
	return live_event_valid(le) ? OUTCOME_VALUE : OUTCOME_ABSENT;
}

enum outcome decode_argv(struct live_event *le, uint64_t address,
			 struct span *ret)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	enum outcome got = read_vector(le, address, NULL, &text);

	*ret = span_make(arena_strndup(&le->arena, text.data, text.n), text.n);
	return got;
}

/* Is there a new image, and not what the caller passed? */
static bool image_is_new(const struct live_event *le)
{
	return le->call.exec_done || live_event_succeeded(le);
}

static struct span to_arena(struct live_event *le, const struct strbuf *b)
{
	return span_make(arena_strndup(&le->arena, b->data, b->n), b->n);
}

static enum outcome joined(struct live_event *le, struct span_list list,
			   struct value *v)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (!list.n)
		return OUTCOME_ABSENT;
	for (size_t i = 0; i < list.n; i++) {
		strbuf_addspan(&text, list.items[i]);
		strbuf_addch(&text, '\0');
	}
	v->text = to_arena(le, &text);
	return OUTCOME_VALUE;
}

/* arg[0]: argv. */
enum outcome decode_exec_exe(struct live_event *le, const struct source *s,
			     struct value *v)
{
	CLEANUP(strbuf_done) struct strbuf first = STRBUF_INIT;
	CLEANUP(strbuf_done) struct strbuf rest = STRBUF_INIT;
	const struct process *process;
	enum outcome got;

	if (le->ev.phase == PHASE_ENTRY)
		return OUTCOME_UNKNOWN;
	if (image_is_new(le)) {
		got = live_process(&le->ev, RESOLVE_THREAD, PROCESS_ARGS,
				   &process);
		if (got == OUTCOME_VALUE)
			v->text = process->exe;
		return got;
	}
	if (le->given.known) {
		v->text = span_make(le->given.args.data,
				    strnlen(le->given.args.data,
					    le->given.args.n));
		return OUTCOME_VALUE;
	}
	got = read_vector(le, le->call.args[s->arg[0]], &first, &rest);
	strbuf_cut(&first, first.n ? first.n - 1 : 0);
	v->text = to_arena(le, &first);
	return got;
}

static enum outcome passed_vector(struct live_event *le, uint64_t address,
				  bool skip_first, struct value *v)
{
	CLEANUP(strbuf_done) struct strbuf first = STRBUF_INIT;
	CLEANUP(strbuf_done) struct strbuf rest = STRBUF_INIT;
	enum outcome got = read_vector(le, address,
				       skip_first ? &first : NULL, &rest);

	if (got == OUTCOME_VALUE && !rest.n)
		return OUTCOME_ABSENT;
	v->text = to_arena(le, &rest);
	return got;
}

static enum outcome given_args(const struct live_event *le, struct value *v)
{
	struct span args = le->given.args;

	v->text = span_from(args, strnlen(args.data, args.n));
	v->text = span_from(v->text, v->text.n ? 1 : 0);
	return v->text.n ? OUTCOME_VALUE : OUTCOME_ABSENT;
}

/* arg[0]: argv. */
enum outcome decode_exec_args(struct live_event *le, const struct source *s,
			      struct value *v)
{
	const struct process *process;
	enum outcome got;

	if (le->ev.phase == PHASE_ENTRY)
		return OUTCOME_UNKNOWN;
	if (!image_is_new(le) && le->given.known)
		return given_args(le, v);
	if (!image_is_new(le))
		return passed_vector(le, le->call.args[s->arg[0]], true, v);
	got = live_process(&le->ev, RESOLVE_THREAD, PROCESS_ARGS, &process);
	return got == OUTCOME_VALUE ? joined(le, process->args, v) : got;
}

/* arg[0]: envp. */
enum outcome decode_exec_env(struct live_event *le, const struct source *s,
			     struct value *v)
{
	const struct process *process;
	enum outcome got;

	if (le->ev.phase == PHASE_ENTRY)
		return OUTCOME_UNKNOWN;
	if (!image_is_new(le))
		return passed_vector(le, le->call.args[s->arg[0]], false, v);
	got = live_process(&le->ev, RESOLVE_THREAD, PROCESS_ENV, &process);
	return got == OUTCOME_VALUE ? joined(le, process->env, v) : got;
}

enum outcome decode_exec_flags(struct live_event *le, const struct source *s,
			       struct value *v)
{
	const struct process *process;
	enum outcome got = live_process(&le->ev, RESOLVE_THREAD,
					PROCESS_EXEFILE, &process);

	(void)s;
	if (got != OUTCOME_VALUE)
		return got;
	/* EXECVE_FLAGS of flags.def. */
	v->u = (process->exe_writable ? 1U : 0) |
	       (process->exe_upper_layer ? 2U : 0) |
	       (process->exe_from_memfd ? 4U : 0) |
	       (process->exe_lower_layer ? 8U : 0);
	return OUTCOME_VALUE;
}

/* arg[0]: the path; read at entry, for it goes with the old image. */
enum outcome decode_exec_path(struct live_event *le, const struct source *s,
			      struct value *v)
{
	return decode_text(le, s, v);
}

static bool clone_failed(const struct live_event *le)
{
	return le->call.ended && le->call.result < 0;
}

enum outcome decode_clone_exe(struct live_event *le, const struct source *s,
			      struct value *v)
{
	const struct process *process;
	enum outcome got;

	(void)s;
	if (clone_failed(le))
		return OUTCOME_ABSENT;
	got = live_process(&le->ev, RESOLVE_THREAD, PROCESS_ARGS, &process);
	if (got == OUTCOME_VALUE)
		v->text = process->exe;
	return got;
}

enum outcome decode_clone_args(struct live_event *le, const struct source *s,
			       struct value *v)
{
	const struct process *process;
	enum outcome got;

	(void)s;
	if (clone_failed(le))
		return OUTCOME_ABSENT;
	got = live_process(&le->ev, RESOLVE_THREAD, PROCESS_ARGS, &process);
	return got == OUTCOME_VALUE ? joined(le, process->args, v) : got;
}

/* --- Members of struct process --------------------------------------------- */

enum member_kind { MEMBER_64, MEMBER_32, MEMBER_TEXT };

#define MEMBER(which, name, kind) \
	{ PROCESS_##which, offsetof(struct process, name), MEMBER_##kind }

static const struct {
	enum process_part part;
	size_t offset;
	enum member_kind kind;
} members[] = {
	[FIELD_TID] = MEMBER(IDS, tid, 64),
	[FIELD_PID] = MEMBER(IDS, pid, 64),
	[FIELD_PTID] = MEMBER(IDS, ppid, 64),
	[FIELD_FDLIMIT] = MEMBER(MEMORY, fdlimit, 64),
	[FIELD_PGFT_MAJ] = MEMBER(MEMORY, pf_major, 64),
	[FIELD_PGFT_MIN] = MEMBER(MEMORY, pf_minor, 64),
	[FIELD_VM_SIZE] = MEMBER(MEMORY, vm_size, 64),
	[FIELD_VM_RSS] = MEMBER(MEMORY, vm_rss, 64),
	[FIELD_VM_SWAP] = MEMBER(MEMORY, vm_swap, 64),
	[FIELD_COMM] = MEMBER(COMM, comm, TEXT),
	[FIELD_CGROUPS] = MEMBER(CGROUPS, cgroups, TEXT),
	[FIELD_TTY] = MEMBER(SESSION, tty, 32),
	[FIELD_VPGID] = MEMBER(SESSION, vpgid, 64),
	[FIELD_LOGINUID] = MEMBER(LOGIN, loginuid, 32),
	[FIELD_CAP_INHERITABLE] = MEMBER(USER, cap_inheritable, 64),
	[FIELD_CAP_PERMITTED] = MEMBER(USER, cap_permitted, 64),
	[FIELD_CAP_EFFECTIVE] = MEMBER(USER, cap_effective, 64),
	[FIELD_EXE_INO] = MEMBER(EXEFILE, exe_ino, 64),
	[FIELD_EXE_CTIME] = MEMBER(EXEFILE, exe_ctime_ns, 64),
	[FIELD_EXE_MTIME] = MEMBER(EXEFILE, exe_mtime_ns, 64),
	[FIELD_UID] = MEMBER(USER, uid, 32),
	[FIELD_EXEPATH] = MEMBER(EXEPATH, exelink, TEXT),
	[FIELD_PGID] = MEMBER(SESSION, pgid, 64),
	[FIELD_GID] = MEMBER(USER, gid, 32),
	[FIELD_VTID] = MEMBER(IDS, vtid, 64),
	[FIELD_VPID] = MEMBER(IDS, vpid, 64),
	[FIELD_PIDNS_START] = MEMBER(PIDNS, pidns_start_ns, 64),
};

/* Texts are copied: the process table's own may change before the end. */
static void take_member(struct live_event *le, const struct process *process,
			enum process_field field, struct value *v)
{
	const char *at = (const char *)process + members[field].offset;
	const struct span *text = (const struct span *)(const void *)at;

	if (members[field].kind == MEMBER_64)
		memcpy(&v->u, at, sizeof(uint64_t));
	else if (members[field].kind == MEMBER_32)
		v->u = *(const uint32_t *)(const void *)at;
	else
		v->text = span_make(
			arena_strndup(&le->arena, text->data, text->n),
			text->n);
}

/* The schema has this one since boot, struct process since the epoch. */
static void since_boot(struct live_event *le, struct value *v)
{
	uint64_t boot = processes_start_ns(le->live->processes, 0);

	v->u = v->u > boot ? v->u - boot : 0;
}

/* The driver calls the block devices' controller "io"; fields call it "blkio". */
static enum outcome cgroups_as_parameter(struct live_event *le,
					 struct span_list cgroups,
					 struct value *v)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (!cgroups.n)
		return OUTCOME_ABSENT;
	for (size_t i = 0; i < cgroups.n; i++) {
		bool blkio = span_starts_with(cgroups.items[i], SPAN("blkio="));

		strbuf_addspan(&text, span_from(cgroups.items[i],
						blkio ? 3 : 0));
		strbuf_addch(&text, '\0');
	}
	v->text = to_arena(le, &text);
	return OUTCOME_VALUE;
}

/* arg[0]: a member of the calling thread (enum process_field). */
enum outcome decode_process(struct live_event *le, const struct source *s,
			    struct value *v)
{
	enum process_field field = s->arg[0];
	const struct process *process;
	enum outcome got = live_process(&le->ev, RESOLVE_THREAD,
					members[field].part, &process);

	if (got != OUTCOME_VALUE)
		return got;
	if (field == FIELD_CGROUPS)
		return cgroups_as_parameter(le, process->cgroups, v);
	take_member(le, process, field, v);
	if (field == FIELD_PIDNS_START)
		since_boot(le, v);
	return OUTCOME_VALUE;
}

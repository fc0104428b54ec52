/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of processes: who they are, what they run, with which arguments and
 * environment, for the event's own process, its ancestors and its leaders. Texts
 * are borrowed from the process table; what is put together lives in the event's
 * arena.
 */
#include "fields.h"

#include <ctype.h>

#include "cleanup.h"
#include "strbuf.h"

/* One text of a process, or of a few of its members. */
typedef struct span text_of_fn(struct arena *a, const struct process *p);

/* What a text field is made of. */
struct text_source {
	enum process_part parts[2];
	size_t nparts;
	text_of_fn *text;
};

/* --- Whose process --------------------------------------------------------- */

static enum outcome process_of(struct eval *e, int who, uint64_t index,
			       enum process_part part,
			       const struct process **ret)
{
	static const enum leader_kind leaders[] = {
		[WHO_SESSION - WHO_SESSION] = LEADER_SESSION,
		[WHO_PGROUP - WHO_SESSION] = LEADER_PGROUP,
		[WHO_VPGROUP - WHO_SESSION] = LEADER_VIRTUAL_PGROUP,
	};
	const struct resolver *r = e->ev->resolver;

	if (who >= WHO_SESSION)
		return r->leader(e->ev, leaders[who - WHO_SESSION], part, ret);
	if (who != WHO_ANCESTOR)
		return r->process(e->ev, who, part, ret);
	if (index > ANCESTORS_MAX)
		return OUTCOME_ABSENT;

	return r->process(e->ev, (int)index, part, ret);
}

enum outcome field_process(struct eval *e, const struct field_ref *ref,
			   enum process_part part, const struct process **ret)
{
	return process_of(e, ref->info->variant, ref->index, part, ret);
}

/* --- Texts ----------------------------------------------------------------- */

static struct span join(struct arena *a, struct span_list list, const char *by)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	for (size_t i = 0; i < list.n; i++) {
		if (i)
			strbuf_adds(&b, by);
		strbuf_addspan(&b, list.items[i]);
	}
	return span_make(arena_strndup(a, b.data, b.n), b.n);
}

static struct span join_args(struct arena *a, const struct process *p)
{
	return join(a, p->args, " ");
}

static struct span exe_of(struct arena *a, const struct process *p)
{
	(void)a;
	return p->exe;
}

static struct span exepath_of(struct arena *a, const struct process *p)
{
	(void)a;
	return p->exepath;
}

static struct span comm_of(struct arena *a, const struct process *p)
{
	(void)a;
	return p->comm;
}

static struct span head_and_args(struct arena *a, struct span head,
				 const struct process *p, bool always_space)
{
	struct span args = join_args(a, p);
	struct span out;

	if (!args.n && !always_space)
		return head;
	out.data = arena_printf(a, &out.n, "%.*s %.*s", SPAN_FMT(head),
				SPAN_FMT(args));
	return out;
}

static struct span cmdline_of(struct arena *a, const struct process *p)
{
	return head_and_args(a, p->comm, p, false);
}

static struct span exeline_of(struct arena *a, const struct process *p)
{
	return head_and_args(a, p->exe, p, true);
}

static struct span env_of(struct arena *a, const struct process *p)
{
	return join(a, p->env, " ");
}

static const struct text_source exe_source = { { PROCESS_ARGS }, 1, exe_of };
static const struct text_source exepath_source = { { PROCESS_EXEPATH }, 1,
						   exepath_of };
static const struct text_source comm_source = { { PROCESS_COMM }, 1, comm_of };
static const struct text_source args_source = { { PROCESS_ARGS }, 1,
						join_args };
static const struct text_source cmdline_source = {
	{ PROCESS_COMM, PROCESS_ARGS }, 2, cmdline_of
};
static const struct text_source exeline_source = { { PROCESS_ARGS }, 1,
						   exeline_of };
static const struct text_source env_source = { { PROCESS_ENV }, 1, env_of };

/* The text of one process: all the parts it needs, or the first bad outcome. */
static enum outcome one_text(struct eval *e, const struct text_source *s,
			     int who, uint64_t index, struct span *ret)
{
	const struct process *p;
	struct process both = { .tid = -1 };
	enum outcome o;

	for (size_t i = 0; i < s->nparts; i++) {
		o = process_of(e, who, index, s->parts[i], &p);
		if (o != OUTCOME_VALUE)
			return o;
		if (s->parts[i] == PROCESS_COMM)
			both.comm = p->comm;
	}
	both.exe = p->exe;
	both.args = p->args;
	both.env = p->env;
	both.exepath = p->exepath;
	*ret = s->text(e->ev->arena, &both);
	return OUTCOME_VALUE;
}

/* Does the chain reach that far? A part that cannot be had says nothing. */
static bool ancestor_exists(struct eval *e, uint64_t index)
{
	const struct process *p;

	return process_of(e, WHO_ANCESTOR, index, PROCESS_IDS, &p) ==
	       OUTCOME_VALUE;
}

/* All ancestors from the parent up; those without the text are left out. */
static enum outcome all_texts(struct eval *e, const struct text_source *s,
			      struct value *ret)
{
	struct value_list *list =
		arena_zalloc(e->ev->arena, sizeof(*list));
	struct value *items = NULL;
	struct span text;

	for (uint64_t i = 1; i < ANCESTORS_MAX; i++) {
		if (one_text(e, s, WHO_ANCESTOR, i, &text) != OUTCOME_VALUE) {
			if (ancestor_exists(e, i))
				continue;
			break;
		}
		if (!items)
			items = arena_zalloc(e->ev->arena,
					     ANCESTORS_MAX * sizeof(*items));
		items[list->n] = (struct value){ .type = VALUE_CHARBUF,
						 .outcome = OUTCOME_VALUE };
		items[list->n++].text = text;
	}
	if (!list->n)
		return OUTCOME_ABSENT;
	list->items = items;
	ret->is_list = true;
	ret->list = list;
	return OUTCOME_VALUE;
}

static enum outcome text_field(struct eval *e, const struct field_ref *ref,
			       const struct text_source *s, struct value *ret)
{
	int who = ref->info->variant;
	enum outcome o;

	if (who == WHO_ANCESTOR && !ref->has_index)
		return all_texts(e, s, ret);
	o = one_text(e, s, who, ref->index, &ret->text);
	if (o == OUTCOME_ABSENT && who >= WHO_SESSION)
		return give_text(ret, SPAN("")); /* no leader known */

	return o;
}

enum outcome extract_proc_exe(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	return text_field(e, ref, &exe_source, ret);
}

enum outcome extract_proc_exepath(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	return text_field(e, ref, &exepath_source, ret);
}

enum outcome extract_proc_name(struct eval *e, const struct field_ref *ref,
			       struct value *ret)
{
	return text_field(e, ref, &comm_source, ret);
}

enum outcome extract_proc_cmdline(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	return text_field(e, ref, &cmdline_source, ret);
}

enum outcome extract_proc_exeline(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	return text_field(e, ref, &exeline_source, ret);
}

/* --- Arguments ------------------------------------------------------------- */

enum outcome extract_proc_args(struct eval *e, const struct field_ref *ref,
			       struct value *ret)
{
	const struct process *p;
	enum outcome o;

	if (!ref->has_index)
		return text_field(e, ref, &args_source, ret);
	o = field_process(e, ref, PROCESS_ARGS, &p);
	if (o != OUTCOME_VALUE)
		return o;
	if (ref->index >= p->args.n)
		return give_text(ret, SPAN(""));

	return give_text(ret, p->args.items[ref->index]);
}

/* Alone: one text of all ancestors' arguments, not a list of candidates. */
enum outcome extract_proc_aargs(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	enum outcome o = text_field(e, ref, &args_source, ret);

	if (o != OUTCOME_VALUE || !ret->is_list)
		return o;
	for (size_t i = 0; i < ret->list->n; i++) {
		if (i)
			strbuf_addch(&b, ' ');
		strbuf_addspan(&b, ret->list->items[i].text);
	}
	ret->is_list = false;
	return give_text(ret, span_make(arena_strndup(e->ev->arena, b.data,
						      b.n),
					b.n));
}

enum outcome extract_proc_cmdnargs(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	const struct process *p;
	enum outcome o = process_of(e, WHO_SELF, 0, PROCESS_ARGS, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_uint(ret, p->args.n);
}

enum outcome extract_proc_cmdlenargs(struct eval *e,
				     const struct field_ref *ref,
				     struct value *ret)
{
	const struct process *p;
	enum outcome o = process_of(e, WHO_SELF, 0, PROCESS_ARGS, &p);
	uint64_t n = 0;

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	for (size_t i = 0; i < p->args.n; i++)
		n += p->args.items[i].n;
	return give_uint(ret, n);
}

/* --- Environment ----------------------------------------------------------- */

static struct span trim(struct span s)
{
	while (s.n && isspace((unsigned char)s.data[0])) {
		s.data++;
		s.n--;
	}
	while (s.n && isspace((unsigned char)s.data[s.n - 1]))
		s.n--;
	return s;
}

/* The value of one variable; empty when it is not set. */
static struct span env_get(struct span_list env, struct span name)
{
	for (size_t i = 0; i < env.n; i++) {
		struct span entry = env.items[i];

		if (entry.n > name.n && entry.data[name.n] == '=' &&
		    span_starts_with(entry, name))
			return trim(span_from(entry, name.n + 1));
	}
	return SPAN("");
}

enum outcome extract_proc_env(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	const struct process *p;
	enum outcome o;

	if (!ref->has_arg || ref->has_index)
		return one_text(e, &env_source, WHO_SELF, 0, &ret->text);
	o = process_of(e, WHO_SELF, 0, PROCESS_ENV, &p);
	if (o != OUTCOME_VALUE)
		return o;

	return give_text(ret, env_get(p->env, ref->arg));
}

/* The first ancestor, of up to twenty, that sets the variable. */
static enum outcome env_of_ancestors(struct eval *e, struct span name,
				     struct value *ret)
{
	const struct process *p;

	for (uint64_t i = 1; i <= 20; i++) {
		struct span found;

		if (process_of(e, WHO_ANCESTOR, i, PROCESS_ENV, &p) !=
		    OUTCOME_VALUE)
			break;
		found = env_get(p->env, name);
		if (found.n)
			return give_text(ret, found);
	}
	return give_text(ret, SPAN(""));
}

/* Conditions look at all ancestors whatever the index, outputs at one. */
enum outcome extract_proc_aenv(struct eval *e, const struct field_ref *ref,
			       struct value *ret)
{
	if (ref->has_arg && !ref->has_index)
		return env_of_ancestors(e, ref->arg, ret);
	if (!ref->is_output)
		return all_texts(e, &env_source, ret);
	if (!ref->has_index)
		return one_text(e, &env_source, WHO_SELF, 0, &ret->text);

	return one_text(e, &env_source, WHO_ANCESTOR, ref->index, &ret->text);
}

enum outcome extract_proc_cwd(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	const struct process *p;
	enum outcome o = process_of(e, WHO_SELF, 0, PROCESS_CWD, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_text(ret, p->cwd);
}

/* --- Numbers of processes -------------------------------------------------- */

static bool pid_is_shown(int64_t pid)
{
	return pid >= -1 && pid <= (int64_t)UINT32_MAX;
}

static enum outcome all_pids(struct eval *e, struct value *ret)
{
	struct value_list *list =
		arena_zalloc(e->ev->arena, sizeof(*list));
	struct value *items = arena_zalloc(e->ev->arena,
					   ANCESTORS_MAX * sizeof(*items));
	const struct process *p;

	for (uint64_t i = 1; i < ANCESTORS_MAX; i++) {
		if (process_of(e, WHO_ANCESTOR, i, PROCESS_IDS, &p) !=
		    OUTCOME_VALUE)
			break;
		items[list->n] = (struct value){ .type = VALUE_INT64,
						 .outcome = OUTCOME_VALUE };
		items[list->n++].i = p->pid;
	}
	if (!list->n)
		return OUTCOME_ABSENT;
	list->items = items;
	ret->is_list = true;
	ret->list = list;
	return OUTCOME_VALUE;
}

enum outcome extract_proc_pid(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	int who = ref->info->variant;
	const struct process *p;
	enum outcome o;

	if (who == WHO_ANCESTOR && !ref->has_index && !ref->is_output)
		return all_pids(e, ret);
	if (who == WHO_ANCESTOR && !ref->has_index)
		who = WHO_SELF;
	o = process_of(e, who, ref->index, PROCESS_IDS, &p);
	if (o != OUTCOME_VALUE)
		return o;
	if (!pid_is_shown(p->pid))
		return OUTCOME_ABSENT;

	return give_int(ret, p->pid);
}

enum outcome extract_proc_pvpid(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	const struct process *p;
	enum outcome o = field_process(e, ref, PROCESS_IDS, &p);

	if (o != OUTCOME_VALUE)
		return o;

	return give_int(ret, p->vpid);
}

/* The oldest of the process and its ancestors whose name ends in "sh". */
enum outcome extract_proc_loginshellid(struct eval *e,
				       const struct field_ref *ref,
				       struct value *ret)
{
	const struct process *p;
	enum outcome found = OUTCOME_ABSENT;

	(void)ref;
	for (int i = WHO_SELF; i < ANCESTORS_MAX; i++) {
		struct span comm;

		if (i == WHO_MAIN)
			continue;
		if (process_of(e, i, 0, PROCESS_COMM, &p) != OUTCOME_VALUE)
			break;
		comm = p->comm;
		if (!span_ends_with(comm, SPAN("sh")) ||
		    process_of(e, i, 0, PROCESS_IDS, &p) != OUTCOME_VALUE)
			continue;
		found = give_int(ret, p->pid);
	}
	return found;
}

/* --- Times ----------------------------------------------------------------- */

enum outcome extract_proc_start(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	const struct process *p;
	enum outcome o = field_process(e, ref, PROCESS_IDS, &p);

	if (o != OUTCOME_VALUE)
		return o;
	if (!p->start_ns && ref->info->variant == WHO_SELF)
		return OUTCOME_ABSENT;

	return give_uint(ret, p->start_ns);
}

enum outcome extract_proc_duration(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	const struct process *p;
	enum outcome o;

	if (e->ev->phase == PHASE_ENTRY)
		return OUTCOME_UNKNOWN;
	o = field_process(e, ref, PROCESS_IDS, &p);
	if (o != OUTCOME_VALUE)
		return o;
	if (!p->start_ns)
		return OUTCOME_ABSENT;

	return give_uint(ret, e->ev->time_ns > p->start_ns ?
				      e->ev->time_ns - p->start_ns :
				      0);
}

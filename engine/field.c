/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of fields and the way from a written expression to a reference, with
 * Falco's messages. Knows how arguments are written, not what values mean: that is
 * the extractors' business (fields_*.c). References are interned, so equal texts
 * share a slot and with it one extraction per event.
 */
#include "field.h"

#include <ctype.h>

#include "arena.h"
#include "array.h"
#include "error.h"

#include "env.h"
#include "event_info.h"
#include "fields.h"
#include "text_hash.h"

static const struct field_info rows[] = {
#define F(flag) FIELD_##flag
#define FIELD(text, value, fmt, bits, how, class, extractor, what, about) \
	{ \
		.name = text, \
		.name_n = sizeof(text) - 1, \
		.type = VALUE_##value, \
		.format = FORMAT_##fmt, \
		.flags = bits, \
		.arg = FIELD_ARG_##how, \
		.field_class = FIELD_CLASS_##class, \
		.variant = what, \
		.extract = extract_##extractor, \
		.description = about, \
	},
#include "fields.def"
};

#define BUCKETS 256

struct field_entry {
	struct field_entry *next;
	struct field_ref ref;
};

struct field_table {
	struct field_entry *buckets[BUCKETS];
	uint32_t nslots;
};

/* What is being parsed: `name` as written up to '[', `arg` what is inside. */
struct written {
	struct span name;
	struct span arg; /* data NULL: none */
	struct span text; /* name[arg] */
};

const struct field_info *field_rows(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(rows);
	return rows;
}

bool field_class_exists(const struct engine_env *env, enum field_class class)
{
	if (class == FIELD_CLASS_CONTAINER)
		return env->options.container_plugin;
	if (class == FIELD_CLASS_STATIC)
		return env->options.nstatic > 0;

	return true;
}

/* --- Arguments ------------------------------------------------------------- */

static int nonexistent(const struct written *w, struct error *err)
{
	return error_set(err, -EINVAL,
			 "filter_check called with nonexistent field %.*s",
			 SPAN_FMT(w->text));
}

static int syntax_error(const struct written *w, struct error *err)
{
	return error_set(err, -EINVAL, "filter syntax error: %.*s",
			 SPAN_FMT(w->text));
}

static int not_a_number(struct span text, struct error *err)
{
	return error_set(err, -EINVAL, "%.*s is not a valid number",
			 SPAN_FMT(text));
}

/*
 * A decimal number as scanf(3) reads it: blanks and a sign may come before it,
 * nothing may follow. What does not fit becomes the largest, as there.
 */
static bool parse_number(struct span text, int64_t *ret)
{
	bool negative;
	int64_t n = 0;
	size_t i = 0;

	while (i < text.n && isspace((unsigned char)text.data[i]))
		i++;
	negative = i < text.n && text.data[i] == '-';
	if (i < text.n && (text.data[i] == '-' || text.data[i] == '+'))
		i++;
	if (i == text.n)
		return false;
	for (; i < text.n; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, text.data[i] - '0', &n))
			n = INT64_MAX;
	}
	*ret = negative ? -n : n;
	return true;
}

/* Falco takes an argument to end at the first ']', even a quoted one. */
static struct span argument_head(const struct written *w)
{
	const char *end = memchr(w->arg.data, ']', w->arg.n);

	return span_make(w->arg.data,
			 end ? (size_t)(end - w->arg.data) : w->arg.n);
}

/* A number in 32 bits; -1 stands for no index at all, as in Falco. */
static void set_index(struct field_ref *ref, int64_t number)
{
	ref->number = (int32_t)number;
	ref->has_index = ref->number != -1;
	ref->index = ref->number > 0 ? (uint64_t)ref->number : 0;
}

static int parse_none(struct field_ref *ref, const struct written *w,
		      struct error *err)
{
	if (!w->arg.data)
		return 0;
	if (ref->info->field_class != FIELD_CLASS_CONTAINER)
		return nonexistent(w, err);

	return error_set(err, -EINVAL,
			 "filter '%.*s': %s does not allow nor require an "
			 "argument but one is provided: %.*s",
			 SPAN_FMT(w->text), ref->info->name, SPAN_FMT(w->arg));
}

static int parse_index(struct field_ref *ref, const struct written *w,
		       struct error *err)
{
	int64_t number;

	if (!w->arg.data)
		return 0;
	if (!parse_number(w->arg, &number))
		return nonexistent(w, err);
	set_index(ref, number);
	return 0;
}

static int parse_key(struct field_ref *ref, const struct written *w,
		     struct error *err)
{
	int64_t number;

	if (!w->arg.data)
		return 0;
	if (argument_head(w).n != w->arg.n)
		return nonexistent(w, err);
	if (parse_number(w->arg, &number))
		set_index(ref, number);
	return 0;
}

static int parse_required_key(struct field_ref *ref, const struct written *w,
			      struct error *err)
{
	if (w->arg.data)
		return 0;

	return error_set(err, -EINVAL,
			 "filter '%.*s': %s requires an argument but none "
			 "provided",
			 SPAN_FMT(w->text), ref->info->name);
}

static int parse_required_index(struct field_ref *ref, const struct written *w,
				struct error *err)
{
	int r = parse_required_key(ref, w, err);
	int64_t number;

	if (r < 0)
		return r;
	if (isdigit((unsigned char)*ref->arg.data) &&
	    parse_number(w->arg, &number) && (w->arg.n == 1 || *w->arg.data != '0')) {
		ref->has_index = true;
		ref->index = (uint64_t)number;
	}
	return 0;
}

/* What follows the field's name after a dot; data NULL when nothing does. */
static struct span dotted_tail(const struct field_ref *ref,
			       const struct written *w)
{
	size_t n = strlen(ref->info->name);

	if (w->name.n <= n + 1 || w->name.data[n] != '.')
		return (struct span){ NULL, 0 };

	return span_from(w->name, n + 1);
}

/* The parameter NAME of evt.arg.NAME; the name must be all there is. */
static int parse_param_name(struct field_ref *ref, const struct written *w,
			    const struct param_info **ret, struct error *err)
{
	struct span tail = span_from(w->text, strlen(ref->info->name) + 1);
	const struct param_info *p = param_named(tail);

	if (!p)
		return error_set(err, -EINVAL, "unknown event argument %.*s",
				 SPAN_FMT(tail));
	if (strlen(p->name) != tail.n)
		return nonexistent(w, err);
	ref->arg = span_of(p->name);
	*ret = p;
	return 0;
}

static int parse_param(struct field_ref *ref, const struct written *w,
		       struct error *err)
{
	const struct param_info *p;
	int64_t number;

	if (dotted_tail(ref, w).data)
		return parse_param_name(ref, w, &p, err);
	if (!w->arg.data || w->name.n != strlen(ref->info->name))
		return syntax_error(w, err);
	if (!parse_number(argument_head(w), &number))
		return not_a_number(argument_head(w), err);
	if (argument_head(w).n != w->arg.n)
		return nonexistent(w, err);
	ref->number = (int32_t)number;
	ref->has_index = true;
	ref->index = ref->number < 0 ? UINT64_MAX : (uint64_t)ref->number;
	return 0;
}

static int parse_raw_param(struct field_ref *ref, const struct written *w,
			   struct error *err)
{
	const struct param_info *p;
	int r;

	if (!dotted_tail(ref, w).data) {
		if (w->arg.data && w->name.n == strlen(ref->info->name))
			return error_set(err, -EINVAL, "evt.arg fields must be "
						       "expressed explicitly");
		return syntax_error(w, err);
	}
	r = parse_param_name(ref, w, &p, err);
	if (r < 0)
		return r;
	ref->type = p->type;
	return 0;
}

static int parse_event(struct field_ref *ref, const struct written *w,
		       struct error *err)
{
	struct span tail = dotted_tail(ref, w);
	int64_t number;

	if (!tail.data)
		return syntax_error(w, err);
	if (w->arg.data)
		return nonexistent(w, err);
	ref->arg = tail;
	if (parse_number(tail, &number)) {
		ref->has_index = true;
		ref->index = (uint64_t)number;
		return 0;
	}
	for (unsigned i = 0; i < EVENT_TYPE_COUNT; i++) {
		const char *name = event_info(i)->name;

		if (!name || !span_is(tail, name))
			continue;
		ref->number = i; /* this code and the next, its other half */
		return 0;
	}
	return nonexistent(w, err);
}

static int parse_subsystem(struct field_ref *ref, const struct written *w,
			   struct error *err)
{
	struct span tail = dotted_tail(ref, w);

	if (!tail.data)
		return syntax_error(w, err);
	for (size_t i = 0; i < tail.n; i++)
		if (!isalpha((unsigned char)tail.data[i]) && tail.data[i] != '_')
			return nonexistent(w, err);
	if (w->arg.data)
		return nonexistent(w, err);
	ref->arg = tail;
	return 0;
}

static int parse_timestamp(struct field_ref *ref, const struct written *w,
			   struct error *err)
{
	int64_t number;

	if (!w->arg.data)
		return syntax_error(w, err);
	if (!parse_number(argument_head(w), &number))
		return not_a_number(argument_head(w), err);
	if (argument_head(w).n != w->arg.n)
		return nonexistent(w, err);
	ref->has_index = true;
	ref->index = (uint64_t)number;
	return 0;
}

static int parse_side(struct field_ref *ref, const struct written *w,
		      struct error *err)
{
	struct span tail = dotted_tail(ref, w);

	if (w->arg.data)
		return nonexistent(w, err);
	if (w->name.n == strlen(ref->info->name))
		return 0;
	if (!tail.data || (!span_is(tail, "src") && !span_is(tail, "dst")))
		return nonexistent(w, err);
	ref->arg = tail;
	return 0;
}

static int (*const parsers[])(struct field_ref *, const struct written *,
			      struct error *) = {
	[FIELD_ARG_NONE] = parse_none,
	[FIELD_ARG_INDEX] = parse_index,
	[FIELD_ARG_KEY] = parse_key,
	[FIELD_ARG_REQUIRED_KEY] = parse_required_key,
	[FIELD_ARG_REQUIRED_INDEX] = parse_required_index,
	[FIELD_ARG_PARAM] = parse_param,
	[FIELD_ARG_RAW_PARAM] = parse_raw_param,
	[FIELD_ARG_EVENT] = parse_event,
	[FIELD_ARG_SUBSYSTEM] = parse_subsystem,
	[FIELD_ARG_TIMESTAMP] = parse_timestamp,
	[FIELD_ARG_SIDE] = parse_side,
};

/* --- Look-up --------------------------------------------------------------- */

/* Is the argument part of the name, after a dot? */
static bool arg_is_dotted(enum field_arg arg)
{
	return arg == FIELD_ARG_PARAM || arg == FIELD_ARG_RAW_PARAM ||
	       arg == FIELD_ARG_EVENT || arg == FIELD_ARG_SUBSYSTEM ||
	       arg == FIELD_ARG_SIDE;
}

/* The row whose name is the longest beginning of `name`: the whole of it, or
 * what stands before an argument. */
static const struct field_info *find_row(const struct engine_env *env,
					 struct span name)
{
	const struct field_info *best = NULL;
	size_t best_n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t n = rows[i].name_n;

		if (n <= best_n || n > name.n ||
		    rows[i].name[n - 1] != name.data[n - 1] ||
		    memcmp(rows[i].name, name.data, n) != 0 ||
		    !field_class_exists(env, rows[i].field_class))
			continue;
		best = &rows[i];
		best_n = n;
	}
	if (best && (best_n == name.n || arg_is_dotted(best->arg)))
		return best;

	return NULL;
}

/* static.KEY: one field for each key of the configuration. */
static const struct field_info *find_static(struct engine_env *env,
					    struct span name)
{
	const struct engine_options *o = &env->options;
	struct field_info *info;

	if (!span_starts_with(name, SPAN("static.")))
		return NULL;
	for (size_t i = 0; i < o->nstatic; i++) {
		if (!span_eq(span_from(name, 7), o->static_names[i]))
			continue;
		info = arena_zalloc(env->arena, sizeof(*info));
		info->name = arena_strndup(env->arena, name.data, name.n);
		info->type = VALUE_CHARBUF;
		info->flags = FIELD_FORMAT_SUGGESTED;
		info->field_class = FIELD_CLASS_STATIC;
		info->variant = (int16_t)i;
		info->extract = extract_static;
		info->description = "";
		return info;
	}
	return NULL;
}

bool field_is_name(const struct engine_env *env, struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].name_n == name.n &&
		    span_is(name, rows[i].name) &&
		    field_class_exists(env, rows[i].field_class))
			return true;
	for (size_t i = 0; i < env->options.nstatic; i++)
		if (span_starts_with(name, SPAN("static.")) &&
		    span_eq(span_from(name, 7), env->options.static_names[i]))
			return true;

	return false;
}

static int parse(struct engine_env *env, struct field_ref *ref,
		 const struct written *w, struct error *err)
{
	ref->info = find_row(env, w->name);
	if (!ref->info)
		ref->info = find_static(env, w->name);
	if (!ref->info && span_starts_with(w->name, SPAN("arg")))
		return error_set(err, -EINVAL, "filter error: proc.arg filter "
					       "not implemented yet");
	if (!ref->info)
		return nonexistent(w, err);
	ref->type = ref->info->type;
	ref->text = w->text;
	ref->arg = w->arg;
	ref->has_arg = w->arg.data || w->name.n != strlen(ref->info->name);
	return parsers[ref->info->arg](ref, w, err);
}

/* --- References ------------------------------------------------------------ */

static struct field_table *table_of(struct engine_env *env)
{
	if (!env->fields)
		env->fields = arena_zalloc(env->arena, sizeof(*env->fields));

	return env->fields;
}

static struct field_entry **bucket_of(struct field_table *t, struct span text)
{
	return &t->buckets[text_hash(text) % BUCKETS];
}

static const struct field_ref *lookup(struct field_table *t, struct span text,
				      bool is_output)
{
	struct field_entry *f = *bucket_of(t, text);

	while (f && (f->ref.is_output != is_output ||
		     !span_eq(f->ref.text, text)))
		f = f->next;

	return f ? &f->ref : NULL;
}

/* Does the value depend on how often it was asked for? */
static bool keeps_state(const struct field_ref *ref)
{
	return ref->info->extract == extract_evt_delta ||
	       ref->info->extract == extract_util_cnt;
}

static const struct field_ref *intern(struct engine_env *env,
				      const struct field_ref *ref)
{
	struct field_entry *f = arena_zalloc(env->arena, sizeof(*f));
	struct field_entry **bucket = bucket_of(env->fields, ref->text);

	f->ref = *ref;
	f->ref.slot = env->fields->nslots++;
	if (keeps_state(ref))
		f->ref.extra = arena_zalloc(env->arena, sizeof(uint64_t));
	f->next = *bucket;
	*bucket = f;
	return &f->ref;
}

static struct span text_of(struct engine_env *env, struct span name,
			   struct span arg)
{
	size_t n = name.n + arg.n + 2;
	char *text = arena_alloc(env->arena, n + 1);

	memcpy(text, name.data, name.n);
	text[name.n] = '[';
	if (arg.n)
		memcpy(text + name.n + 1, arg.data, arg.n);
	text[n - 1] = ']';
	text[n] = '\0';
	return span_make(text, n);
}

/* The expression with spans that live in the arena, each NUL-terminated. */
static struct written written_make(struct engine_env *env, struct span name,
				   struct span arg)
{
	struct written w = { .arg = { NULL, 0 } };

	w.name = span_make(arena_strndup(env->arena, name.data, name.n), name.n);
	w.text = arg.data ? text_of(env, name, arg) : w.name;
	if (arg.data)
		w.arg = span_make(arena_strndup(env->arena, arg.data, arg.n),
				  arg.n);
	return w;
}

/* What lookup() does not know by its name alone. */
static int resolve(struct engine_env *env, struct span name, struct span arg,
		   const struct field_ref **ret, struct error *err)
{
	struct field_ref ref = { .has_arg = false };
	struct written w = written_make(env, name, arg);
	const struct field_ref *known = lookup(env->fields, w.text, false);
	int r = known ? 0 : parse(env, &ref, &w, err);

	if (r < 0)
		return r;
	*ret = known ? known : intern(env, &ref);
	return 0;
}

int field_resolve(struct engine_env *env, struct span name, struct span arg,
		  const struct field_ref **ret, struct error *err)
{
	struct field_table *table = table_of(env);
	const struct field_ref *known =
		arg.data ? NULL : lookup(table, name, false);

	if (!known)
		return resolve(env, name, arg, ret, err);
	*ret = known;
	return 0;
}

/* Does an output show something else than a condition compares? */
static bool output_differs(const struct field_ref *ref)
{
	if (ref->info->extract == extract_proc_aenv)
		return !ref->has_arg || ref->has_index;

	return ref->info->extract == extract_proc_pid &&
	       ref->info->variant == WHO_ANCESTOR && !ref->has_index;
}

int field_resolve_output(struct engine_env *env, struct span name,
			 struct span arg, const struct field_ref **ret,
			 struct error *err)
{
	const struct field_ref *ref, *known;
	struct field_ref copy;
	int r = field_resolve(env, name, arg, &ref, err);

	if (r < 0)
		return r;
	if (output_differs(ref)) {
		known = lookup(env->fields, ref->text, true);
		copy = *ref;
		copy.is_output = true;
		ref = known ? known : intern(env, &copy);
	}
	*ret = ref;
	return 0;
}

size_t field_slots(const struct engine_env *env)
{
	return env->fields ? env->fields->nslots : 0;
}

const struct value *field_value(struct eval *e, const struct field_ref *ref)
{
	struct value got = { .type = ref->type };
	struct value *v;
	enum outcome outcome;

	if (ref->slot < e->nfields)
		v = &e->fields[ref->slot];
	else /* a format compiled after the slots were counted */
		v = arena_zalloc(e->ev->arena, sizeof(*v));
	if (v->outcome != OUTCOME_PENDING)
		return v;
	outcome = ref->info->extract(e, ref, &got);
	if (outcome == OUTCOME_UNKNOWN && e->ev->phase != PHASE_ENTRY)
		outcome = OUTCOME_ABSENT;
	if (outcome == OUTCOME_VALUE)
		*v = got;
	e->asked += outcome != OUTCOME_UNKNOWN;
	eval_answered(e, ref->slot);
	v->type = got.type;
	v->outcome = outcome;
	return v;
}

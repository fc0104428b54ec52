/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folding. What a check says of an event's type is found by asking the check for
 * every type that it may hold for, so folding and running can never disagree.
 * Nothing is moved across a check whose answer depends on how often it is asked.
 */
#include "fold.h"

#include <errno.h>

#include "arena.h"
#include "cleanup.h"
#include "event.h"

#include "ast.h"
#include "check.h"
#include "env.h"
#include "event_info.h"
#include "event_set.h"
#include "field.h"
#include "filter_error.h"

/* --- Subexpressions in common -------------------------------------------------- */

struct shared_entry {
	struct shared_entry *next;
	struct ast_hash hash;
	struct shared shared;
	const struct interest *events; /* of a check that the type decides */
	struct node *node; /* what it folds to; NULL: to be done, or it warns */
	size_t nnodes;
	struct program *program; /* of the whole; NULL: not made yet */
};

#define SHARED_BUCKETS 1024

struct program_set {
	struct shared_entry *buckets[SHARED_BUCKETS];
	uint32_t nslots;
};

static struct program_set *programs(struct engine_env *env)
{
	if (!env->programs)
		env->programs = arena_zalloc(env->arena,
					     sizeof(*env->programs));

	return env->programs;
}

size_t filter_truth_slots(const struct engine_env *env)
{
	return env->programs ? env->programs->nslots : 0;
}

/* What is known of the expression, for all conditions that have it. */
static struct shared_entry *entry_of(struct engine_env *env,
				     const struct ast *node)
{
	struct ast_hash hash = ast_hash(node);
	struct program_set *set = programs(env);
	struct shared_entry **bucket = &set->buckets[hash.a % SHARED_BUCKETS];
	struct shared_entry *e;

	for (e = *bucket; e; e = e->next) {
		if (e->hash.a == hash.a && e->hash.b == hash.b)
			return e;
	}
	e = arena_zalloc(env->arena, sizeof(*e));
	e->hash = hash;
	e->shared.slot = SHARED_NO_SLOT;
	e->next = *bucket;
	*bucket = e;
	return e;
}

/* One more user of the expression; the second one gives it a slot. */
static struct shared *share(struct engine_env *env, const struct ast *node)
{
	struct shared *shared = &entry_of(env, node)->shared;

	if (++shared->users == 2)
		shared->slot = programs(env)->nslots++;
	return shared;
}

/* --- What a check says of an event's type --------------------------------------- */

static bool asks_for_type(const struct field_ref *field, bool *ret_syscalls_only)
{
	*ret_syscalls_only = strcmp(field->info->name, "syscall.type") == 0;
	return *ret_syscalls_only || strcmp(field->info->name, "evt.type") == 0;
}

static bool holds_for_name(const struct check *check, struct eval *e,
			   const char *name)
{
	struct value v = { .type = VALUE_CHARBUF,
			   .outcome = OUTCOME_VALUE,
			   .text = span_of(name) };

	return check_op(check) == OP_EXISTS || check_holds(check, e, &v);
}

/* The events that the check may hold for: where one of some names must be equal, no
 * others need to be asked about. */
static struct interest events_in_question(struct engine_env *env,
					  const struct check *check)
{
	size_t n;
	const struct operand *names = check_either_of(check, &n);
	struct interest s;

	if (!names)
		return event_set_all();
	s = event_set_none();
	for (size_t i = 0; i < n; i++) {
		struct interest one =
			event_set_named(env, names[i].value.text);

		s = event_set_or(&s, &one);
	}
	return s;
}

/* Those of the events whose type passes. */
static struct interest events_passing(const struct check *check, struct eval *e,
				      bool syscalls_only,
				      const struct interest *among)
{
	struct interest s = event_set_none();
	const char *name = NULL; /* the last: most codes come in pairs */
	bool holds = false;

	for (unsigned i = event_set_next(among, 0); i < EVENT_TYPE_COUNT;
	     i = event_set_next(among, i + 1)) {
		const struct event_info *info = event_info(i);

		if (!info->name ||
		    (syscalls_only && info->event_class != CLASS_SYSCALL))
			continue;
		if (info->name != name)
			holds = holds_for_name(check, e, info->name);
		name = info->name;
		if (holds)
			interest_add(&s, i);
	}
	for (unsigned i = event_set_next_generic(among, 0); i < GENERIC_COUNT;
	     i = event_set_next_generic(among, i + 1)) {
		if (holds_for_name(check, e, generic_name(i)))
			interest_add_generic(&s, i);
	}
	event_set_settle(&s);
	return s;
}

/* Asked of every type that it may hold for, so once for all conditions that have the
 * check. */
static const struct interest *events_of_type_check(struct engine_env *env,
						   const struct ast *ast,
						   const struct check *check,
						   bool syscalls_only)
{
	CLEANUP(arena_done) struct arena scratch = ARENA_INIT;
	struct shared_entry *entry = entry_of(env, ast);
	struct event ev = { .arena = &scratch };
	struct eval e = { .env = env, .ev = &ev };
	struct interest among, *events;

	if (!entry->events) {
		among = events_in_question(env, check);
		events = arena_alloc(env->arena, sizeof(*events));
		*events = events_passing(check, &e, syscalls_only, &among);
		entry->events = events;
	}
	return entry->events;
}

/*
 * Numbers of events count from 1. Returns whether evt.num compares with n the same
 * way for all of them; *ret is how.
 */
static bool is_settled(enum op op, uint64_t n, bool *ret)
{
	static const struct {
		enum op op;
		uint64_t up_to; /* settled for n up to this */
		bool is_true;
	} rows[] = {
		{ OP_EQ, 0, false }, { OP_NE, 0, true }, { OP_LT, 1, false },
		{ OP_LE, 0, false }, { OP_GT, 0, true }, { OP_GE, 1, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].op == op) {
			*ret = rows[i].is_true;
			return n <= rows[i].up_to;
		}
	}
	return false;
}

static bool is_constant(const struct check *check, bool *ret)
{
	const struct operand *operand = check_constant(check);

	return operand &&
	       strcmp(check_plain_field(check)->info->name, "evt.num") == 0 &&
	       is_settled(check_op(check), operand->value.u, ret);
}

/* --- Building ------------------------------------------------------------------- */

/* Macros that use each other twice grow without end: here it is. */
#define NODES_MAX (1 << 16)

struct folder {
	struct engine_env *env;
	const struct warner *warner;
	struct filter_error *err;
	size_t nwarnings;
	size_t nnodes;
	unsigned depth;
};

static int fold(struct folder *f, const struct ast *ast, struct node **ret);

static struct node *new_node(struct folder *f, enum node_kind kind)
{
	struct node *node = arena_zalloc(f->env->arena, sizeof(*node));

	node->kind = kind;
	return node;
}

static struct node *events_node(struct folder *f,
				const struct interest *events)
{
	struct node *node = new_node(f, NODE_EVENTS);

	node->events = events;
	return node;
}

static struct node *new_events_node(struct folder *f, struct interest events)
{
	struct interest *own = arena_alloc(f->env->arena, sizeof(*own));

	*own = events;
	return events_node(f, own);
}

static void count_warning(void *ctx, const char *text, struct filter_pos pos)
{
	struct folder *f = ctx;

	f->nwarnings++;
	if (f->warner->fn)
		f->warner->fn(f->warner->ctx, text, pos);
}

static int fold_check(struct folder *f, const struct ast *ast,
		      struct node **ret)
{
	const struct field_ref *field;
	struct check *check;
	bool is_true, syscalls_only;
	const struct warner counting = { count_warning, f };
	int r = check_new(f->env, ast, &counting, &check, f->err);

	if (r < 0)
		return r;
	field = check_plain_field(check);
	if (field && asks_for_type(field, &syscalls_only)) {
		*ret = events_node(f, events_of_type_check(f->env, ast,
							   check,
							   syscalls_only));
		return 0;
	}
	if (field && is_constant(check, &is_true)) {
		*ret = new_events_node(f, is_true ? event_set_all() :
						    event_set_none());
		return 0;
	}
	*ret = new_node(f, NODE_CHECK);
	(*ret)->check = check;
	(*ret)->is_stateful = check_is_stateful(check);
	(*ret)->is_late = field && field->info->flags & FIELD_LATE;
	if (!(*ret)->is_stateful && !check_is_cheap(check))
		(*ret)->shared = share(f->env, ast);
	return 0;
}

static int fold_not(struct folder *f, const struct ast *ast,
		    struct node **ret)
{
	struct node *child, *node;
	int r = fold(f, ast->items[0], &child);

	if (r < 0)
		return r;
	if (child->kind == NODE_EVENTS) {
		*ret = new_events_node(f, event_set_not(child->events));
		return 0;
	}
	node = new_node(f, NODE_NOT);
	node->items = arena_alloc(f->env->arena, sizeof(*node->items));
	node->items[0] = child;
	node->n = 1;
	node->is_stateful = child->is_stateful;
	node->is_late = child->is_late;
	*ret = node;
	return 0;
}

static size_t count_decided(const struct node *node)
{
	size_t n = 0;

	for (size_t i = 0; i < node->n; i++)
		n += node->items[i]->kind == NODE_EVENTS;
	return n;
}

/* The set that all parts of the node decided by the event's type make together. */
static struct interest merge_events(const struct node *node)
{
	bool is_and = node->kind == NODE_AND;
	struct interest s = is_and ? event_set_all() : event_set_none();

	for (size_t i = 0; i < node->n; i++) {
		if (node->items[i]->kind != NODE_EVENTS)
			continue;
		s = is_and ? event_set_and(&s, node->items[i]->events) :
			     event_set_or(&s, node->items[i]->events);
	}
	return s;
}

/* Leaves what is left beside the merged set, which goes first: it costs least. */
static struct node *put_events_first(struct folder *f, struct node *node,
				     struct interest events)
{
	bool is_and = node->kind == NODE_AND;
	bool decides = is_and ? event_set_is_none(&events) :
				event_set_is_all(&events);
	bool is_idle = is_and ? event_set_is_all(&events) :
				event_set_is_none(&events);
	struct node **items;
	size_t n = 0;

	items = arena_alloc(f->env->arena, (node->n + 1) * sizeof(*items));
	if (!is_idle)
		items[n++] = new_events_node(f, events);
	for (size_t i = 0; i < node->n; i++) {
		if (node->items[i]->kind != NODE_EVENTS)
			items[n++] = node->items[i];
	}
	if (decides || n == 0)
		return new_events_node(f, events);
	if (n == 1)
		return items[0];
	node->items = items;
	node->n = n;
	return node;
}

static size_t count_late(const struct node *node)
{
	size_t n = 0;

	for (size_t i = 0; i < node->n; i++)
		n += node->items[i]->is_late;
	return n;
}

/* What waits for the end of a call decides nothing before. */
static void put_late_last(struct folder *f, struct node *node)
{
	struct node **items = arena_alloc(f->env->arena, node->n * sizeof(*items));
	size_t n = 0;

	for (int late = false; late <= true; late++) {
		for (size_t i = 0; i < node->n; i++) {
			if (node->items[i]->is_late == late)
				items[n++] = node->items[i];
		}
	}
	node->items = items;
}

static int fold_items(struct folder *f, const struct ast *ast,
		      struct node *node)
{
	node->items = arena_alloc(f->env->arena,
				  ast->n * sizeof(*node->items));
	for (size_t i = 0; i < ast->n; i++) {
		int r = fold(f, ast->items[i], &node->items[node->n]);

		if (r < 0)
			return r;
		node->is_stateful |= node->items[node->n++]->is_stateful;
	}
	return 0;
}

static int fold_chain(struct folder *f, const struct ast *ast,
		      struct node **ret)
{
	struct node *node = new_node(f, ast->kind == AST_AND ? NODE_AND :
							       NODE_OR);
	int r = fold_items(f, ast, node);
	size_t events, late;

	if (r < 0)
		return r;
	if (node->is_stateful) {
		*ret = node;
		return 0;
	}
	events = count_decided(node);
	late = count_late(node);
	/* Then none of the "and"'s operands can decide it at a call's entry, or one of the
	 * "or"'s not. What the type decides is settled by whom the program is run for. */
	node->is_late = late && (node->kind == NODE_OR || late + events == node->n);
	if (late && late < node->n)
		put_late_last(f, node);
	if (events)
		node = put_events_first(f, node, merge_events(node));
	if ((node->kind == NODE_AND || node->kind == NODE_OR) && !node->shared)
		node->shared = share(f->env, ast);
	*ret = node;
	return 0;
}

static int fold_node(struct folder *f, const struct ast *ast,
		     struct node **ret)
{
	if (ast->kind == AST_CHECK || ast->kind == AST_EXISTS)
		return fold_check(f, ast, ret);
	if (ast->kind == AST_NOT)
		return fold_not(f, ast, ret);
	if (ast->kind == AST_AND || ast->kind == AST_OR)
		return fold_chain(f, ast, ret);

	return filter_fail(f->err, ast->pos, -EINVAL,
			   "filter error: unexpected identifier '%.*s'",
			   SPAN_FMT(ast->text));
}

static int fold_anew(struct folder *f, const struct ast *ast,
		     struct node **ret)
{
	int r;

	if (++f->depth > PROGRAM_LEVELS_MAX)
		return filter_fail(f->err, ast->pos, -EINVAL,
				   "filter error: condition nested too deeply");
	r = fold_node(f, ast, ret);
	f->depth--;
	return r;
}

/* A folded tree has one user more, in all that it would remember. */
static void use_again(struct engine_env *env, const struct node *node)
{
	if (node->shared && ++node->shared->users == 2)
		node->shared->slot = programs(env)->nslots++;
	if (node->shared && node->shared->users > 1)
		return;
	for (size_t i = 0; i < node->n; i++)
		use_again(env, node->items[i]);
}

/* Macros come again and again: what was folded once, without a warning, is taken. */
static int fold(struct folder *f, const struct ast *ast, struct node **ret)
{
	struct shared_entry *entry = entry_of(f->env, ast);
	size_t before = f->nnodes, warnings = f->nwarnings;
	int r = 0;

	f->nnodes += entry->node ? entry->nnodes : 1;
	if (f->nnodes > NODES_MAX)
		return filter_fail(f->err, ast->pos, -EINVAL,
				   "filter error: condition too large");
	if (entry->node) {
		*ret = entry->node;
		use_again(f->env, *ret);
		return 0;
	}
	r = fold_anew(f, ast, ret);
	if (r < 0)
		return r;

	if (f->nwarnings == warnings)
		entry->node = *ret;
	entry->nnodes = f->nnodes - before;
	return 0;
}

int fold_condition(struct engine_env *env, const struct ast *root,
		   const struct warner *warner, struct node **ret,
		   struct filter_error *err)
{
	struct folder f = { .env = env, .warner = warner, .err = err };

	return fold(&f, root, ret);
}

struct program **fold_program(struct engine_env *env, const struct ast *root)
{
	return &entry_of(env, root)->program;
}

void filter_forget_users(struct engine_env *env)
{
	struct program_set *set = programs(env);

	set->nslots = 0;
	for (size_t i = 0; i < SHARED_BUCKETS; i++) {
		for (struct shared_entry *e = set->buckets[i]; e; e = e->next)
			e->shared = (struct shared){ .slot = SHARED_NO_SLOT };
	}
}

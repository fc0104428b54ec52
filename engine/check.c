/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparisons. Compiling decides everything that the operator, the types and the
 * constants decide, down to one test function; running fetches the values, settles
 * what is absent or unknown, and asks that function. A value whose type is not the
 * one compiled for (evt.rawarg takes the event's own) is never looked into.
 */
#include "check.h"

#include <errno.h>

#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "event.h"
#include "strbuf.h"

#include "ast.h"
#include "check_warn.h"
#include "env.h"
#include "event_set.h"
#include "expr.h"
#include "field.h"
#include "filter_error.h"
#include "match_text.h"
#include "op.h"
#include "operand.h"
#include "path_trie.h"
#include "regex.h"

/* From so many constants on a set is hashed. */
#define HASH_FROM 8

/* Does a single value pass? */
typedef bool test_fn(const struct check *c, struct eval *e,
		     const struct value *v);

/* Fields that Falco compares in their own way. */
enum quirk {
	QUIRK_FIRST_OPERAND = 1 << 0, /* a modifier looks at the first only */
	QUIRK_FIRST_IN_SET = 1 << 1,  /* `in` does, too */
	QUIRK_NE_ALL = 1 << 2, /* != wants every candidate to differ */
	QUIRK_EVENT_TYPE = 1 << 3,    /* constants are names of events */
	QUIRK_RAW = 1 << 4,           /* constants have the parameter's type */
	QUIRK_AROUND = 1 << 5,        /* a distance in time */
};

struct check {
	enum op op;
	enum op_modifier modifier;
	unsigned quirks;
	bool is_negated; /* != allof, as not in */
	struct expr *lhs;
	struct expr *rhs; /* NULL: constants */
	test_fn *test;
	op_fn *fn;
	struct operand *operands;
	size_t n;
	const struct text_set *set;
	const struct path_trie *trie;
};

static const struct {
	struct span field;
	bool without_arg; /* only when it has no argument */
	unsigned quirks;
} quirks[] = {
	{ SPAN_INIT("fd.ip"), false, QUIRK_FIRST_OPERAND | QUIRK_NE_ALL },
	{ SPAN_INIT("fd.port"), false, QUIRK_FIRST_OPERAND | QUIRK_NE_ALL },
	{ SPAN_INIT("fd.proto"), false, QUIRK_FIRST_OPERAND | QUIRK_NE_ALL },
	{ SPAN_INIT("fd.net"), false,
	  QUIRK_FIRST_OPERAND | QUIRK_FIRST_IN_SET | QUIRK_NE_ALL },
	{ SPAN_INIT("fd.cip.name"), false, QUIRK_FIRST_OPERAND },
	{ SPAN_INIT("fd.sip.name"), false, QUIRK_FIRST_OPERAND },
	{ SPAN_INIT("fd.lip.name"), false, QUIRK_FIRST_OPERAND },
	{ SPAN_INIT("fd.rip.name"), false, QUIRK_FIRST_OPERAND },
	{ SPAN_INIT("proc.aname"), true, QUIRK_FIRST_OPERAND },
	{ SPAN_INIT("proc.aexe"), true, QUIRK_FIRST_OPERAND },
	{ SPAN_INIT("proc.aexepath"), true, QUIRK_FIRST_OPERAND },
	{ SPAN_INIT("proc.acmdline"), true, QUIRK_FIRST_OPERAND },
	{ SPAN_INIT("proc.apid"), true, QUIRK_FIRST_OPERAND },
	{ SPAN_INIT("proc.aenv"), true, QUIRK_FIRST_OPERAND },
	{ SPAN_INIT("evt.type"), false, QUIRK_EVENT_TYPE },
	{ SPAN_INIT("evt.rawarg"), false, QUIRK_FIRST_OPERAND | QUIRK_RAW },
	{ SPAN_INIT("evt.around"), false, QUIRK_FIRST_OPERAND | QUIRK_AROUND },
};

static unsigned quirks_of(const struct field_ref *field)
{
	struct span name = span_of(field ? field->info->name : "");

	for (size_t i = 0; i < ARRAY_SIZE(quirks); i++) {
		if (span_eq(name, quirks[i].field) &&
		    !(quirks[i].without_arg && field->has_arg))
			return quirks[i].quirks;
	}
	return 0;
}

/* --- Types --------------------------------------------------------------------- */

static bool may_be_listed(enum value_type type)
{
	static const bool listed[VALUE_TYPE_COUNT] = {
		[VALUE_CHARBUF] = true, [VALUE_UINT64] = true,
		[VALUE_RELTIME] = true, [VALUE_ABSTIME] = true,
		[VALUE_BOOL] = true,	[VALUE_IPADDR] = true,
		[VALUE_IPNET] = true,
	};

	return listed[type];
}

/* Which fields an operator is refused for, in Falco's words. */
static const char *class_noun(enum op_class class)
{
	static const char *const nouns[] = {
		[OP_CLASS_NUM] = "numeric",
		[OP_CLASS_BOOL] = "numeric",
		[OP_CLASS_STR] = "string",
		[OP_CLASS_BYTES] = "buffer",
		[OP_CLASS_NET] = "ip address and network",
	};

	return nouns[class];
}

static int check_list_operator(const struct check *c, struct error *err)
{
	const struct op_info *op = op_info(c->op);
	enum value_type type = c->lhs->type.type;

	if (!may_be_listed(type))
		return error_set(err, -EINVAL,
				 "list filters are not supported for type '%s'",
				 value_type_name(type));
	if (!(op->classes & OP_CLASS_LIST))
		return error_set(err, -EINVAL,
				 "filter error: '%s' operator not supported "
				 "list filters",
				 op->text);

	return 0;
}

/* May the operator be applied to the left side? */
static int check_operator(const struct check *c, struct error *err)
{
	const struct op_info *op = op_info(c->op);
	enum op_class class = op_class_of(c->lhs->type.type);

	if (c->lhs->type.is_list)
		return check_list_operator(c, err);
	if (class == OP_CLASS_NONE)
		return error_set(err, -EINVAL,
				 "filter error: '%s' operator not supported for "
				 "type '%s'",
				 op->text, value_type_name(c->lhs->type.type));
	if (class == OP_CLASS_NET && c->modifier && !(op->classes & class))
		return error_set(err, -EINVAL,
				 "filter error: '%s' with modifier not "
				 "supported for ip address and network filters",
				 op->text);
	if (!(op->classes & class))
		return error_set(err, -EINVAL,
				 "filter error: '%s' operator not supported for "
				 "%s filters",
				 op->text, class_noun(class));

	return 0;
}

static bool has_flag(const struct expr *expr, enum field_flag flag)
{
	return expr->base && expr->base->info->flags & flag;
}

static bool is_net(enum value_type type)
{
	return type == VALUE_IPNET || type == VALUE_IPV4NET ||
	       type == VALUE_IPV6NET;
}

/* May the two sides be compared at all? */
static int check_sides(const struct check *c, const struct expr *rhs,
		       struct error *err)
{
	if (c->op == OP_PMATCH || c->op == OP_REGEX)
		return error_set(err, -EINVAL,
				 "operator '%s' doesn't support right-hand side "
				 "fields",
				 c->op == OP_PMATCH ? "PMATCH" : "REGEX");
	if (is_net(c->lhs->type.type))
		return error_set(err, -EINVAL,
				 "field type '%s' doesn't support right-hand "
				 "side fields",
				 value_type_name(c->lhs->type.type));
	if (has_flag(c->lhs, FIELD_NO_RHS))
		return error_set(err, -EINVAL,
				 "field '%s' doesn't support right-hand side "
				 "fields",
				 expr_name(c->lhs));
	if (has_flag(rhs, FIELD_NO_RHS))
		return error_set(err, -EINVAL,
				 "field '%s' can't be used as a right-hand side "
				 "field",
				 expr_name(rhs));

	return 0;
}

static int check_same_type(const struct expr *a, const struct expr *b,
			   struct error *err)
{
	if (a->type.type == b->type.type && a->type.is_list == b->type.is_list)
		return 0;

	return error_set(err, -EINVAL,
			 "field '%s' has type '%s'%s while the right-hand side "
			 "field '%s' has incompatible type '%s'%s",
			 expr_name(a), value_type_name(a->type.type),
			 a->type.is_list ? " (list)" : "", expr_name(b),
			 value_type_name(b->type.type),
			 b->type.is_list ? " (list)" : "");
}

/* --- Tests --------------------------------------------------------------------- */

static bool test_never(const struct check *c, struct eval *e,
		       const struct value *v)
{
	(void)c;
	(void)e;
	(void)v;
	return false;
}

static bool test_first(const struct check *c, struct eval *e,
		       const struct value *v)
{
	return c->fn(e, v, &c->operands[0]);
}

static bool test_any(const struct check *c, struct eval *e,
		     const struct value *v)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->fn(e, v, &c->operands[i]))
			return !c->is_negated;
	}
	return c->is_negated;
}

static bool test_all(const struct check *c, struct eval *e,
		     const struct value *v)
{
	for (size_t i = 0; i < c->n; i++) {
		if (!c->fn(e, v, &c->operands[i]))
			return false;
	}
	return true;
}

static bool test_one(const struct check *c, struct eval *e,
		     const struct value *v)
{
	unsigned held = 0;

	for (size_t i = 0; i < c->n && held < 2; i++)
		held += c->fn(e, v, &c->operands[i]);
	return held == 1;
}

/* The bytes that a hashed set has of a value. */
static struct span key_of(const struct value *v)
{
	enum value_class class = value_class_of(v->type);

	if (class == VALUE_CLASS_TEXT || class == VALUE_CLASS_BYTES)
		return v->text;
	if (class == VALUE_CLASS_IP)
		return ip_bytes(v->ip);

	return span_make((const char *)&v->u, sizeof(v->u));
}

static bool test_set(const struct check *c, struct eval *e,
		     const struct value *v)
{
	(void)e;
	return text_set_has(c->set, key_of(v)) != c->is_negated;
}

static bool test_prefix(const struct check *c, struct eval *e,
			const struct value *v)
{
	(void)e;
	return path_trie_has_prefix_of(c->trie, v->text);
}

/* evt.around[T] = D: the field is how many milliseconds the event is away. */
static bool test_around(const struct check *c, struct eval *e,
			const struct value *v)
{
	(void)e;
	return v->u <= c->operands[0].value.u;
}

/* --- Constants ----------------------------------------------------------------- */

bool is_event_type_name(struct engine_env *env, struct span name)
{
	/* Names that Falco knows although no event bears them: the generic one is
	 * called as its call is. */
	static const char *const others[] = { "", "NA", "pread64", "pwrite64",
					      "syscall" };
	struct interest events = event_set_named(env, name);

	if (!event_set_is_none(&events))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (span_is(name, others[i]))
			return true;
	}
	return false;
}

static int add_operand(struct engine_env *env, struct check *c,
		       struct span text, struct error *err)
{
	struct operand_type type = {
		.type = c->lhs->type.type,
		.is_hex = c->op == OP_BCONTAINS || c->op == OP_BSTARTSWITH,
		.is_rawarg = c->quirks & QUIRK_RAW,
	};
	struct operand *operand = &c->operands[c->n];
	struct regex *regex;

	if (c->quirks & QUIRK_EVENT_TYPE && !is_event_type_name(env, text))
		return error_set(err, -EINVAL, "unknown event type %.*s",
				 SPAN_FMT(text));
	if (operand_parse(env->arena, &type, text, operand, err) < 0)
		return -EINVAL;
	if (c->op == OP_REGEX) {
		if (regex_new(env->arena, operand->value.text, &regex, err) < 0)
			return -EINVAL;
		operand->regex = regex;
	}
	c->n++;
	return 0;
}

static int add_operands(struct engine_env *env, struct check *c,
			const struct ast *rhs, const struct warner *warner,
			struct error *err)
{
	bool is_list = rhs->kind == AST_LIST;
	size_t n = is_list ? rhs->n : 1;

	if (c->quirks & QUIRK_AROUND && c->op != OP_EQ)
		return error_set(err, -EINVAL,
				 "evt.around supports only '=' comparison "
				 "operator");
	c->operands = arena_zalloc(env->arena, (n + 1) * sizeof(*c->operands));
	for (size_t i = 0; i < n; i++) {
		struct span text = is_list ? rhs->items[i]->text : rhs->text;

		if (add_operand(env, c, text, err) < 0)
			return -EINVAL;
	}
	for (size_t i = 0; i < n; i++)
		check_warn(env, warner, c->op,
			   is_list ? rhs->items[i]->text : rhs->text, rhs->pos);
	return 0;
}

static const struct text_set *make_set(struct arena *arena,
				       const struct check *c)
{
	struct span *keys = arena_alloc(arena, c->n * sizeof(*keys));

	for (size_t i = 0; i < c->n; i++)
		keys[i] = key_of(&c->operands[i].value);
	return text_set_new(arena, keys, c->n);
}

static const struct path_trie *make_trie(struct arena *arena,
					 const struct check *c)
{
	struct span *paths = arena_alloc(arena, c->n * sizeof(*paths));

	for (size_t i = 0; i < c->n; i++)
		paths[i] = c->operands[i].value.text;
	return path_trie_new(arena, paths, c->n);
}

/* Membership: hashed when it pays; networks overlap, they are asked in turn. */
static test_fn *choose_membership(struct arena *arena, struct check *c)
{
	enum value_class class = value_class_of(c->lhs->type.type);

	c->fn = op_function(OP_EQ, c->lhs->type.type);
	if (c->quirks & QUIRK_FIRST_IN_SET)
		return test_first;
	if (c->n < HASH_FROM || class == VALUE_CLASS_NET ||
	    class == VALUE_CLASS_DOUBLE || class == VALUE_CLASS_BOOL)
		return test_any;
	c->set = make_set(arena, c);
	return test_set;
}

static bool is_membership(const struct check *c)
{
	return c->op == OP_IN || c->op == OP_INTERSECTS ||
	       (c->op == OP_EQ && c->modifier == MODIFIER_ANYOF);
}

static test_fn *choose_modified(struct arena *arena, struct check *c)
{
	static test_fn *const tests[MODIFIER_COUNT] = {
		[MODIFIER_NONE] = test_first,
		[MODIFIER_ONEOF] = test_one,
		[MODIFIER_ANYOF] = test_any,
		[MODIFIER_ALLOF] = test_all,
	};

	if (c->quirks & QUIRK_FIRST_OPERAND)
		return test_first;
	if (is_membership(c))
		return choose_membership(arena, c);
	if (c->op == OP_NE && c->modifier == MODIFIER_ALLOF) {
		c->is_negated = true;
		return choose_membership(arena, c);
	}
	return tests[c->modifier];
}

static test_fn *choose_test(struct arena *arena, struct check *c)
{
	c->fn = op_function(c->op, c->lhs->type.type);
	if (!c->n)
		return test_never;
	if (c->quirks & QUIRK_AROUND)
		return test_around;
	if (c->op == OP_PMATCH) {
		c->trie = make_trie(arena, c);
		return test_prefix;
	}
	if (c->op == OP_IN || c->op == OP_INTERSECTS)
		return choose_membership(arena, c);

	return choose_modified(arena, c);
}

/* --- Compiling ----------------------------------------------------------------- */

static int set_rhs(struct engine_env *env, struct check *c,
		   const struct ast *node, struct error *err)
{
	struct expr *rhs;
	int r = expr_new(env, node, &rhs, err);

	if (r < 0)
		return r;
	if (check_sides(c, rhs, err) < 0 ||
	    check_same_type(c->lhs, rhs, err) < 0)
		return -EINVAL;

	c->rhs = rhs;
	c->fn = op_function(c->op == OP_IN || c->op == OP_INTERSECTS ? OP_EQ :
								       c->op,
			    c->lhs->type.type);
	return 0;
}

static int build(struct engine_env *env, struct check *c,
		 const struct ast *node, const struct warner *warner,
		 struct error *err)
{
	int r = expr_new(env, node->items[0], &c->lhs, err);

	if (r < 0)
		return r;
	c->quirks = quirks_of(c->lhs->base);
	if (node->kind == AST_EXISTS)
		return 0;
	r = check_operator(c, err);
	if (r < 0)
		return r;
	if (node->items[1]->kind == AST_TRANSFORM)
		return set_rhs(env, c, node->items[1], err);
	r = add_operands(env, c, node->items[1], warner, err);
	if (r < 0)
		return r;

	c->test = choose_test(env->arena, c);
	return 0;
}

int check_new(struct engine_env *env, const struct ast *node,
	      const struct warner *warner, struct check **ret,
	      struct filter_error *err)
{
	struct error why;
	struct check *c = arena_zalloc(env->arena, sizeof(*c));
	int r;

	c->op = node->kind == AST_EXISTS ? OP_EXISTS : node->op;
	c->modifier = node->modifier;
	r = build(env, c, node, warner, &why);
	if (r < 0)
		return filter_fail(err, node->pos, r, "%s", why.text);

	*ret = c;
	return 0;
}

bool check_is_stateful(const struct check *c)
{
	return c->lhs->is_stateful || (c->rhs && c->rhs->is_stateful);
}

const struct field_ref *check_plain_field(const struct check *c)
{
	return c->rhs ? NULL : c->lhs->field;
}

enum op check_op(const struct check *c)
{
	return c->op;
}

const struct operand *check_constant(const struct check *c)
{
	return c->n == 1 && !c->modifier ? &c->operands[0] : NULL;
}

const struct operand *check_either_of(const struct check *c, size_t *ret_n)
{
	bool asks = is_membership(c) || (c->op == OP_EQ && !c->modifier);

	*ret_n = c->n;
	return asks && !c->rhs ? c->operands : NULL;
}

bool check_is_cheap(const struct check *c)
{
	return c->lhs->kind == EXPR_FIELD && !c->rhs && c->n < HASH_FROM &&
	       c->op != OP_REGEX && c->op != OP_GLOB && c->op != OP_IGLOB &&
	       c->op != OP_PMATCH && c->op != OP_ICONTAINS;
}

void check_print(const struct check *c, struct strbuf *out)
{
	strbuf_addf(out, "%s %s", expr_name(c->lhs), op_info(c->op)->text);
	if (c->modifier)
		strbuf_addf(out, " %s", op_modifier_text(c->modifier));
	if (c->rhs)
		strbuf_addf(out, " %s", expr_name(c->rhs));
	else if (c->op != OP_EXISTS)
		strbuf_addf(out, " %zu", c->n);
}

/* --- Running ------------------------------------------------------------------- */

/* Is the value stored as the comparison expects it? */
static bool is_stored_as(const struct value *v, enum value_type type)
{
	enum value_class is = value_class_of(v->type), want = value_class_of(type);
	bool is_number = is == VALUE_CLASS_INT || is == VALUE_CLASS_UINT;
	bool wants_number = want == VALUE_CLASS_INT || want == VALUE_CLASS_UINT;

	return is == want || (is_number && wants_number) ||
	       (is == VALUE_CLASS_IP && want == VALUE_CLASS_NET);
}

/* A value as the right side of a comparison. */
static struct operand as_operand(const struct value *v)
{
	return (struct operand){ .value = *v };
}

static bool equals_any(const struct check *c, struct eval *e,
		       const struct value *v, const struct value *rhs)
{
	for (size_t i = 0; i < rhs->list->n; i++) {
		struct operand operand = as_operand(&rhs->list->items[i]);

		if (is_stored_as(&operand.value, c->lhs->type.type) &&
		    c->fn(e, v, &operand))
			return true;
	}
	return false;
}

/* Does one value pass, `rhs` being the other side's value where there is one? */
static bool passes(const struct check *c, struct eval *e, const struct value *v,
		   const struct value *rhs)
{
	struct operand operand;

	if (!is_stored_as(v, c->lhs->type.type))
		return false;
	if (!rhs)
		return c->test(c, e, v);
	if (rhs->is_list)
		return equals_any(c, e, v, rhs);
	if (!is_stored_as(rhs, c->lhs->type.type))
		return false;
	operand = as_operand(rhs);
	return c->fn(e, v, &operand);
}

/*
 * Several values: a list's for `in` must all pass, and so must all candidates of
 * fd.ip and kin for !=; otherwise one is enough.
 */
static bool list_passes(const struct check *c, struct eval *e,
			const struct value_list *list, const struct value *rhs)
{
	bool wants_all = c->lhs->type.is_list ?
				 c->op == OP_IN :
				 c->op == OP_NE && c->quirks & QUIRK_NE_ALL;

	for (size_t i = 0; i < list->n; i++) {
		if (passes(c, e, &list->items[i], rhs) != wants_all)
			return !wants_all;
	}
	return wants_all;
}

/* Would the check pass with the value, or one of the values, that the call may turn
 * out to have? Without any it fails: then nothing needs to be waited for. */
static bool could_pass(const struct check *c, struct eval *e,
		       const struct value *v, const struct value *rhs)
{
	if (!v->is_list)
		return passes(c, e, v, rhs);
	for (size_t i = 0; i < v->list->n; i++) {
		if (passes(c, e, &v->list->items[i], rhs))
			return true;
	}
	return false;
}

/* What a side without a full value makes of the check; TRUE: it has one. */
static enum truth settle(const struct value *v)
{
	if (v->outcome == OUTCOME_UNKNOWN)
		return TRUTH_UNKNOWN;
	if (v->outcome != OUTCOME_VALUE)
		return TRUTH_FALSE;

	return v->partial ? TRUTH_UNKNOWN : TRUTH_TRUE;
}

static enum truth settle_list(const struct value *v)
{
	for (size_t i = 0; i < v->list->n; i++) {
		if (v->list->items[i].partial)
			return TRUTH_UNKNOWN;
	}
	return TRUTH_TRUE;
}

static enum truth run_exists(const struct check *c, const struct value *v)
{
	if (v->is_list && !c->lhs->type.is_list && !v->list->n)
		return TRUTH_FALSE;
	return TRUTH_TRUE;
}

/* The right side for this event; *ret stays NULL where constants are. */
static enum truth settle_rhs(const struct check *c, struct eval *e,
			     struct value *scratch, const struct value **ret)
{
	enum truth settled;

	if (!c->rhs)
		return TRUTH_TRUE;
	*ret = expr_value(e, c->rhs, scratch);
	settled = settle(*ret);
	if (settled == TRUTH_TRUE && (*ret)->is_list)
		settled = settle_list(*ret);
	return settled == TRUTH_TRUE && (*ret)->maybe ? TRUTH_UNKNOWN : settled;
}

enum truth check_run(const struct check *c, struct eval *e)
{
	struct value scratch, other_scratch;
	const struct value *v = expr_value(e, c->lhs, &scratch), *rhs = NULL;
	enum truth settled = settle(v);
	enum truth other;

	if (settled == TRUTH_TRUE && c->op == OP_EXISTS)
		return v->maybe ? TRUTH_UNKNOWN : run_exists(c, v);
	if (settled == TRUTH_TRUE && v->is_list)
		settled = settle_list(v);
	if (settled == TRUTH_FALSE)
		return TRUTH_FALSE;
	/* An absent right side decides, an unknown left one does not. */
	other = settle_rhs(c, e, &other_scratch, &rhs);
	if (settled == TRUTH_UNKNOWN || other != TRUTH_TRUE)
		return other == TRUTH_FALSE ? TRUTH_FALSE : TRUTH_UNKNOWN;

	if (v->maybe)
		return could_pass(c, e, v, rhs) ? TRUTH_UNKNOWN : TRUTH_FALSE;
	if (v->is_list)
		return list_passes(c, e, v->list, rhs) ? TRUTH_TRUE :
							 TRUTH_FALSE;
	return passes(c, e, v, rhs) ? TRUTH_TRUE : TRUTH_FALSE;
}

bool check_holds(const struct check *c, struct eval *e, const struct value *v)
{
	return passes(c, e, v, NULL);
}

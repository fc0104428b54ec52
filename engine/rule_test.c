/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of rules, as a YAML file: events are given as values of fields, and what
 * is not given is absent. No event is made and nothing is extracted but the event's
 * type: a test says what a condition makes of values, not how they come about.
 */
#include <errno.h>

#include "alloc.h"
#include "array.h"
#include "cleanup.h"
#include "error.h"
#include "resolver.h"
#include "strbuf.h"

#include "ast.h"
#include "dissect.h"
#include "event_info.h"
#include "field.h"
#include "filter.h"
#include "op.h"
#include "operand.h"
#include "parser.h"
#include "rules.h"
#include "state.h"
#include "yaml.h"

/* A field with the value that it has in an event. */
struct given {
	const struct field_ref *field;
	struct value value;
};

struct test_event {
	size_t line;
	struct event ev;
	struct given *given;
	size_t ngiven;
	bool matches;                      /* with a rule */
	const struct yaml_node *reported;  /* without: the names of all that match */
};

struct rule_test {
	struct span name;
	const struct rule *rule; /* NULL: all enabled rules */
	struct part *part;       /* of the rule */
	ARRAY(struct test_event) events;
};

struct suite {
	struct engine *e;
	const char *name;
	struct arena arena;
	ARRAY(struct rule_test) tests;
	struct error *err;
	struct strbuf *out;
	size_t npassed, nfailed;
};

static void suite_done(struct suite *s)
{
	for (size_t i = 0; i < s->tests.n; i++)
		array_done(&s->tests.items[i].events);
	array_done(&s->tests);
	arena_done(&s->arena);
}

__attribute__((format(printf, 3, 4))) static int
fail_at(struct suite *s, const struct yaml_node *node, const char *fmt, ...)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	return error_set(s->err, -EINVAL, "%s:%zu: %s", s->name,
			 node->mark.line + 1, text.data);
}

/* --- An event without anything ----------------------------------------------- */

static void no_param(struct event *ev, unsigned i)
{
	ev->params[i].outcome = OUTCOME_ABSENT;
}

static enum outcome no_process(struct event *ev, int up, enum process_part part,
			       const struct process **ret)
{
	(void)ev;
	(void)up;
	(void)part;
	(void)ret;
	return OUTCOME_ABSENT;
}

static enum outcome no_leader(struct event *ev, enum leader_kind kind,
			      enum process_part part,
			      const struct process **ret)
{
	(void)ev;
	(void)kind;
	(void)part;
	(void)ret;
	return OUTCOME_ABSENT;
}

static enum outcome no_event_fd(struct event *ev, enum fd_part part,
				const struct fd_info **ret)
{
	(void)ev;
	(void)part;
	(void)ret;
	return OUTCOME_ABSENT;
}

static enum outcome no_fd(struct event *ev, int64_t fd, enum fd_part part,
			  const struct fd_info **ret)
{
	(void)fd;
	return no_event_fd(ev, part, ret);
}

static enum outcome no_fds(struct event *ev, const int64_t **ret, size_t *ret_n)
{
	(void)ev;
	(void)ret;
	(void)ret_n;
	return OUTCOME_ABSENT;
}

static enum outcome no_path(struct event *ev, int64_t dirfd, struct span path,
			    struct span *ret)
{
	(void)ev;
	(void)dirfd;
	(void)path;
	(void)ret;
	return OUTCOME_ABSENT;
}

static enum outcome no_user(struct event *ev, uint32_t uid,
			    const struct user_info **ret)
{
	(void)ev;
	(void)uid;
	(void)ret;
	return OUTCOME_ABSENT;
}

static enum outcome no_group(struct event *ev, uint32_t gid,
			     const struct group_info **ret)
{
	(void)ev;
	(void)gid;
	(void)ret;
	return OUTCOME_ABSENT;
}

static const struct resolver nothing = {
	.param = no_param,
	.process = no_process,
	.leader = no_leader,
	.event_fd = no_event_fd,
	.fd = no_fd,
	.fds = no_fds,
	.path = no_path,
	.user = no_user,
	.group = no_group,
};

/* The current event of that name that rules see. */
static bool event_named(struct span name, struct event *ev)
{
	struct interest set = { 0 };

	event_types_named(name, &set);
	for (unsigned i = EVENT_TYPE_COUNT; i-- > 0;)
		if (interest_has(&set, i) && event_info(i)->is_current) {
			ev->type = i;
			return true;
		}
	for (unsigned i = 0; i < GENERIC_COUNT; i++)
		if (interest_has_generic(&set, i)) {
			ev->type = EVENT_GENERIC_X;
			ev->generic = (uint16_t)i;
			return true;
		}
	return false;
}

/* --- Reading values ---------------------------------------------------------- */

/* The type that one value of the field is read as. */
static enum value_type read_type(const struct field_ref *ref)
{
	if (value_class_of(ref->type) == VALUE_CLASS_NET)
		return VALUE_IPADDR;
	return ref->type;
}

static int read_scalar(struct suite *s, const struct field_ref *ref,
		       const struct yaml_node *node, struct value *ret)
{
	struct operand_type type = { .type = read_type(ref) };
	enum value_class class = value_class_of(type.type);
	struct operand *operand = arena_zalloc(&s->arena, sizeof(*operand));
	struct error error;

	*ret = (struct value){ .type = (uint8_t)type.type,
			       .outcome = OUTCOME_VALUE };
	if (node->kind != NODE_SCALAR)
		return fail_at(s, node, "%s: the value is no scalar",
			       ref->text.data);
	if (class == VALUE_CLASS_TEXT || class == VALUE_CLASS_BYTES) {
		ret->text = span_make(arena_strndup(&s->arena, node->text.data,
						    node->text.n),
				      node->text.n);
		return 0;
	}
	if (operand_parse(&s->arena, &type, node->text, operand, &error) < 0)
		return fail_at(s, node, "%s: %s", ref->text.data, error.text);
	*ret = operand->value;
	ret->type = (uint8_t)type.type;
	ret->outcome = OUTCOME_VALUE;
	return 0;
}

static int read_list(struct suite *s, const struct field_ref *ref,
		     const struct yaml_node *node, struct value *ret)
{
	struct value_list *list = arena_alloc(&s->arena, sizeof(*list));
	struct value *items =
		arena_alloc(&s->arena, (node->n + 1) * sizeof(*items));
	int r = 0;

	*list = (struct value_list){ items, node->n };
	*ret = (struct value){ .type = (uint8_t)read_type(ref),
			       .outcome = OUTCOME_VALUE,
			       .is_list = true,
			       .list = list };
	for (size_t i = 0; i < node->n && r == 0; i++)
		r = read_scalar(s, ref, node->items[i], &items[i]);
	return r;
}

static int read_given(struct suite *s, const struct yaml_pair *pair,
		      struct given *ret)
{
	struct span name = yaml_text(pair->key);
	struct error error;
	struct ast *node;

	if (pair->key->kind != NODE_SCALAR ||
	    parser_lhs(&s->arena, name, &node) != name.n ||
	    node->kind != AST_FIELD)
		return fail_at(s, pair->key, "'%.*s' is no field",
			       SPAN_FMT(name));
	if (field_resolve(&s->e->env, node->text, node->arg, &ret->field,
			  &error) < 0)
		return fail_at(s, pair->key, "%s", error.text);
	if (pair->value->kind == NODE_NULL) {
		ret->value = (struct value){ .type = (uint8_t)ret->field->type,
					     .outcome = OUTCOME_ABSENT };
		return 0;
	}
	return pair->value->kind == NODE_SEQUENCE ?
		       read_list(s, ret->field, pair->value, &ret->value) :
		       read_scalar(s, ret->field, pair->value, &ret->value);
}

/* --- Reading tests ----------------------------------------------------------- */

/* Only these keys may stand in the map. */
static int check_keys(struct suite *s, const struct yaml_node *map,
		      const char *const *keys, size_t n)
{
	if (map->kind != NODE_MAP)
		return fail_at(s, map, "a map of keys is wanted here");
	for (size_t i = 0; i < map->n; i++) {
		const struct yaml_node *key = map->pairs[i].key;
		bool known = false;

		for (size_t k = 0; k < n; k++)
			known |= span_is(yaml_text(key), keys[k]);
		if (!known)
			return fail_at(s, key, "unknown key '%.*s'",
				       SPAN_FMT(yaml_text(key)));
	}
	return 0;
}

static int read_fields(struct suite *s, const struct yaml_node *map,
		       struct test_event *te)
{
	const struct yaml_node *fields = yaml_get(map, "fields");
	int r = 0;

	if (!fields || fields->kind == NODE_NULL)
		return 0;
	if (fields->kind != NODE_MAP)
		return fail_at(s, fields, "fields: a map of values is wanted");
	te->given = arena_alloc(&s->arena, fields->n * sizeof(*te->given));
	for (size_t i = 0; i < fields->n && r == 0; i++)
		r = read_given(s, &fields->pairs[i], &te->given[te->ngiven++]);
	return r;
}

/* True or false with a rule, the names of the rules that match without. */
static int read_matches(struct suite *s, const struct rule_test *test,
			const struct yaml_node *map, struct test_event *te)
{
	const struct yaml_node *matches = yaml_get(map, "matches");

	te->matches = true;
	if (test->rule)
		return matches && yaml_bool(matches, &te->matches) < 0 ?
			       fail_at(s, matches,
				       "matches: true or false is wanted") :
			       0;
	if (!matches || matches->kind != NODE_SEQUENCE)
		return fail_at(s, matches ? matches : map,
			       "without a rule, matches is the list of the "
			       "rules that match");
	te->reported = matches;
	for (size_t i = 0; i < matches->n; i++) {
		CLEANUP(freep) char *name =
			xstrndup(yaml_text(matches->items[i]).data,
				 yaml_text(matches->items[i]).n);

		if (!compiled_rule(s->e->compiled, name))
			return fail_at(s, matches->items[i],
				       "no rule '%s' is loaded", name);
	}
	return 0;
}

static int read_event(struct suite *s, struct rule_test *test,
		      const struct yaml_node *map)
{
	const struct yaml_node *event = yaml_get(map, "event");
	struct test_event te = { .line = map->mark.line + 1 };
	int r;

	if (!event || !event_named(yaml_text(event), &te.ev))
		return fail_at(s, event ? event : map,
			       "event: the name of an event is wanted");
	te.ev.phase = PHASE_EXIT;
	te.ev.num = test->events.n + 1;
	te.ev.time_ns = UINT64_C(1000000000);
	te.ev.nparams = event_info(te.ev.type)->nparams;
	te.ev.arena = &s->arena;
	te.ev.resolver = &nothing;
	r = read_fields(s, map, &te);
	if (r == 0)
		r = read_matches(s, test, map, &te);
	if (r == 0)
		*array_push(&test->events) = te;
	return r;
}

static int read_events(struct suite *s, struct rule_test *test,
		       const struct yaml_node *map)
{
	static const char *const keys[] = { "event", "fields", "matches" };
	const struct yaml_node *events = yaml_get(map, "events");
	int r = 0;

	if (!events)
		return read_event(s, test, map);
	if (events->kind != NODE_SEQUENCE || !events->n)
		return fail_at(s, events, "events: a list of events is wanted");
	for (size_t i = 0; i < events->n && r == 0; i++) {
		r = check_keys(s, events->items[i], keys, ARRAY_SIZE(keys));
		if (r == 0)
			r = read_event(s, test, events->items[i]);
	}
	return r;
}

static int read_rule(struct suite *s, struct rule_test *test,
		     const struct yaml_node *map)
{
	const struct yaml_node *rule = yaml_get(map, "rule");
	CLEANUP(freep) char *name = NULL;

	if (!rule)
		return 0;
	name = xstrndup(yaml_text(rule).data, yaml_text(rule).n);
	test->rule = compiled_rule(s->e->compiled, name);
	if (!test->rule)
		return fail_at(s, rule, "no rule '%s' is loaded", name);
	test->part = dissect(&s->e->env, &s->e->compiled->link,
			     test->rule->ast);
	return 0;
}

static int read_test(struct suite *s, const struct yaml_node *map)
{
	static const char *const keys[] = { "test",  "rule",   "events",
					    "event", "fields", "matches" };
	int r = check_keys(s, map, keys, ARRAY_SIZE(keys));
	const struct yaml_node *name;
	struct rule_test *test;

	if (r < 0)
		return r;
	name = yaml_get(map, "test");
	if (!name || name->kind != NODE_SCALAR)
		return fail_at(s, map, "test: a name is wanted");
	test = array_push(&s->tests);
	*test = (struct rule_test){ .name = name->text };
	r = read_rule(s, test, map);
	return r < 0 ? r : read_events(s, test, map);
}

static int read_suite(struct suite *s, struct span content)
{
	struct yaml_stream stream;
	struct yaml_mark where;
	struct error error;
	int r = 0;

	if (yaml_read(&s->arena, content, &stream, &where, &error) < 0)
		return error_set(s->err, -EINVAL, "%s:%zu: %s", s->name,
				 where.line + 1, error.text);
	for (size_t i = 0; i < stream.n && r == 0; i++) {
		const struct yaml_node *tests = stream.documents[i];

		if (tests->kind != NODE_SEQUENCE)
			return fail_at(s, tests, "a list of tests is wanted");
		for (size_t k = 0; k < tests->n && r == 0; k++)
			r = read_test(s, tests->items[k]);
	}
	return r;
}

/* --- Running ----------------------------------------------------------------- */

static void eval_start(struct suite *s, struct test_event *te,
		       struct eval *ret)
{
	eval_init(ret, &s->e->env);
	ret->ev = &te->ev;
	for (size_t i = 0; i < te->ngiven; i++)
		ret->fields[te->given[i].field->slot] = te->given[i].value;
}

/* What is wrong, or nothing. */
static void run_rule(const struct rule_test *test, const struct test_event *te,
		     struct eval *eval, struct strbuf *wrong)
{
	bool is_of_type = event_is_wanted(&test->rule->events, &te->ev);
	bool matches = is_of_type &&
		       part_truth(test->part, eval) == TRUTH_TRUE;

	if (matches == te->matches)
		return;
	strbuf_addf(wrong, "'%s' %s: ", test->rule->info.name,
		    matches ? "matches" : "does not match");
	if (is_of_type)
		part_explain(test->part, eval, wrong);
	else
		strbuf_addf(wrong, "it is not about events of %s",
			    event_name(&te->ev));
}

static bool is_expected(const struct test_event *te, const struct rule *rule)
{
	for (size_t i = 0; i < te->reported->n; i++)
		if (span_eq(yaml_text(te->reported->items[i]), rule->def->name))
			return true;
	return false;
}

static void run_all(struct suite *s, const struct test_event *te,
		    struct eval *eval, struct strbuf *wrong)
{
	struct compiled *c = s->e->compiled;
	bool goes_on = true;

	for (size_t i = 0; c && i < c->nrules; i++) {
		const struct rule *rule = &c->rules[i];
		bool matches = goes_on && rule->enabled &&
			       event_is_wanted(&rule->events, &te->ev) &&
			       program_run(rule->program, eval) == TRUTH_TRUE;

		goes_on &= !matches || s->e->env.options.match_all;
		if (matches != is_expected(te, rule))
			strbuf_addf(wrong, "%s'%s' %s", wrong->n ? "; " : "",
				    rule->info.name,
				    matches ? "matches" : "does not match");
	}
}

static void run_test(struct suite *s, struct rule_test *test)
{
	CLEANUP(strbuf_done) struct strbuf wrong = STRBUF_INIT;

	for (size_t i = 0; i < test->events.n && !wrong.n; i++) {
		struct test_event *te = &test->events.items[i];
		struct eval eval;

		eval_start(s, te, &eval);
		if (test->rule)
			run_rule(test, te, &eval, &wrong);
		else
			run_all(s, te, &eval, &wrong);
		eval_done(&eval);
		if (!wrong.n)
			continue;
		strbuf_addf(s->out, "FAIL %.*s: %s:%zu: %s: %s\n",
			    SPAN_FMT(test->name), s->name, te->line,
			    event_name(&te->ev), wrong.data);
	}
	s->npassed += !wrong.n;
	s->nfailed += wrong.n > 0;
	if (!wrong.n)
		strbuf_addf(s->out, "ok   %.*s\n", SPAN_FMT(test->name));
}

int engine_test(struct engine *e, const char *name, struct span content,
		struct strbuf *out, size_t *ret_failed, struct error *err)
{
	CLEANUP(suite_done) struct suite s = {
		.e = e, .name = name, .out = out, .err = err
	};
	int r = read_suite(&s, content);

	if (r < 0)
		return r;
	for (size_t i = 0; i < s.tests.n; i++)
		run_test(&s, &s.tests.items[i]);
	strbuf_addf(out, "%zu passed, %zu failed\n", s.npassed, s.nfailed);
	*ret_failed = s.nfailed;
	return 0;
}

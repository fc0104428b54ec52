/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions: reading them, checking their shape, and writing them out as text
 * behind the rule's condition. What comes out is parsed as any condition is, so
 * nothing here needs to be trusted.
 */
#include <errno.h>

#include "arena.h"
#include "error.h"
#include "strbuf.h"

#include "field.h"
#include "rules.h"
#include "yaml.h"

/* --- Reading --------------------------------------------------------------- */

bool exception_entry_is_given(const struct exception_entry *entry)
{
	return entry->is_list ? entry->n > 0 : entry->text.n > 0;
}

/* A text, or a list of entries; anything else leaves the entry empty. */
static int entry_read(struct loading *l, const struct yaml_node *node,
		      const char *key, const struct load_context *ctx,
		      struct exception_entry *ret)
{
	const struct load_context *value;
	struct exception_entry *items;

	if (node->kind == NODE_SCALAR && node->text.n)
		ret->text = node->text;
	if (node->kind != NODE_SEQUENCE &&
	    (node->kind != NODE_SCALAR || node->text.n))
		return 0;

	value = context_new(l, ctx, "value for", span_of(key), node);
	if (node->kind == NODE_SCALAR)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, value,
				"Value must be non-empty");
	items = arena_zalloc(l->collector->arena, node->n * sizeof(*items));
	for (size_t i = 0; i < node->n; i++) {
		int err = entry_read(l, node->items[i], "", value, &items[i]);

		if (err)
			return err;
	}
	*ret = (struct exception_entry){ true, SPAN(""), items, node->n };
	return 0;
}

static int optional_entry_read(struct loading *l, const struct yaml_node *map,
			       const char *key, const struct load_context *ctx,
			       struct exception_entry *ret)
{
	const struct yaml_node *node = yaml_get(map, key);

	return node ? entry_read(l, node, key, ctx, ret) : 0;
}

static int values_read(struct loading *l, const struct yaml_node *values,
		       struct exception *x)
{
	const struct load_context *ctx = context_new(
		l, x->ctx, "exception values", SPAN(""), values);

	if (values->kind != NODE_SEQUENCE)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, ctx,
				"Rule exception values must be a sequence");
	for (size_t i = 0; i < values->n; i++) {
		const struct load_context *value =
			context_new(l, ctx, "exception value", SPAN(""),
				    values->items[i]);
		int err = entry_read(l, values->items[i], "", value,
				     grow_push(l->collector->arena,
					       &x->values));

		if (err)
			return err;
	}
	return 0;
}

static void name_check(struct loading *l, const struct rule_values *v,
		       const struct exception *x)
{
	for (size_t i = 0; i < v->exceptions.n; i++)
		if (span_eq(v->exceptions.items[i].name, x->name)) {
			load_add(l->result, LOAD_EXCEPTION_NAME_NOT_UNIQUE,
				 x->ctx,
				 "Multiple definitions of exception '%.*s' in "
				 "the same rule",
				 SPAN_FMT(x->name));
			return;
		}
}

static int exception_read(struct loading *l, const struct yaml_node *node,
			  const struct load_context *all_ctx,
			  const struct load_context *ctx, struct rule_values *v)
{
	const struct load_context *unnamed =
		context_new(l, all_ctx, "exception", SPAN(""), node);
	const struct yaml_node *name, *values;
	struct exception x = { 0 };
	int err;

	if (node->kind != NODE_MAP)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, unnamed,
				"Rule exception must be a mapping");
	err = scalar_read(l, node, "name", unnamed, &name);
	if (err)
		return err;
	x.name = name->text;
	x.ctx = context_new(l, ctx, "exception", x.name, node);
	name_check(l, v, &x);
	err = optional_entry_read(l, node, "fields", x.ctx, &x.fields);
	if (!err)
		err = optional_entry_read(l, node, "comps", x.ctx, &x.comps);
	values = yaml_get(node, "values");
	if (!err && values)
		err = values_read(l, values, &x);
	else if (!err && v->is_update)
		load_add(l->result, LOAD_APPEND_NO_VALUES, x.ctx,
			 "Overriding/appending exception with no values");
	if (!err)
		*grow_push(l->collector->arena, &v->exceptions) = x;
	return err;
}

int exceptions_read(struct loading *l, const struct yaml_node *item,
		    const struct load_context *ctx, struct rule_values *v)
{
	const struct yaml_node *node = yaml_get(item, "exceptions");
	const struct load_context *all_ctx;

	if (!node || node->kind == NODE_NULL)
		return 0;

	all_ctx = context_new(l, ctx, "exceptions", SPAN(""), node);
	if (node->kind != NODE_SEQUENCE)
		return load_add(l->result, LOAD_ERR_YAML_VALIDATE, all_ctx,
				"Rule exceptions must be a sequence");
	for (size_t i = 0; i < node->n; i++) {
		int err = exception_read(l, node->items[i], all_ctx, ctx, v);

		if (err)
			return err;
	}
	return 0;
}

/* --- Checking -------------------------------------------------------------- */

static struct span trimmed(struct span s)
{
	static const char blank[] = " \t\n\v\f\r";

	while (s.n && memchr(blank, s.data[0], sizeof(blank) - 1))
		s = span_from(s, 1);
	while (s.n && memchr(blank, s.data[s.n - 1], sizeof(blank) - 1))
		s.n--;
	return s;
}

/* Falco gives up on a field that lacks its argument while it looks the field up,
 * and reports that without a place. */
static int field_check(struct loading *l, struct span field,
		       const struct load_context *ctx)
{
	static const struct span syntax = SPAN_INIT("filter syntax error");
	const struct field_ref *ignored;
	struct error err;

	if (filter_is_lhs(l->env, field))
		return 0;
	if (field_resolve(l->env, field, span_make(NULL, 0), &ignored, &err) &&
	    span_starts_with(span_of(err.text), syntax))
		return load_add(l->result, LOAD_ERR_VALIDATE, l->root, "%s",
				err.text);
	return load_add(l->result, LOAD_ERR_VALIDATE, ctx,
			"'%.*s' is not a supported filter field",
			SPAN_FMT(field));
}

static int list_check(struct loading *l, bool is_source_known,
		      struct exception *x)
{
	struct exception_entry *comps;
	int err = 0;

	if (exception_entry_is_given(&x->comps) &&
	    x->comps.n != x->fields.n)
		return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
				"Fields and comps lists must have equal "
				"length");

	comps = arena_zalloc(l->collector->arena,
			     x->fields.n * sizeof(*comps));
	for (size_t i = 0; i < x->fields.n; i++) {
		comps[i].text = x->comps.n ? trimmed(x->comps.items[i].text) :
					     SPAN("=");
		if (!filter_is_operator(comps[i].text))
			return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
					"'%.*s' is not a supported comparison "
					"operator",
					SPAN_FMT(comps[i].text));
	}
	x->comps = (struct exception_entry){ true, SPAN(""), comps,
					     x->fields.n };
	for (size_t i = 0; !err && is_source_known && i < x->fields.n; i++)
		err = field_check(l, x->fields.items[i].text, x->ctx);
	return err;
}

static int single_check(struct loading *l, bool is_source_known,
			struct exception *x)
{
	if (!exception_entry_is_given(&x->comps))
		x->comps = (struct exception_entry){ .text = SPAN("in") };
	if (x->comps.is_list)
		return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
				"Fields and comps must both be strings");

	x->comps.text = trimmed(x->comps.text);
	if (!filter_is_list_operator(x->comps.text))
		return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
				"When fields is a single value, comps must be "
				"one of (in, pmatch, intersects) or a modifier "
				"operator (e.g. startswith oneof)");
	return is_source_known ? field_check(l, x->fields.text, x->ctx) : 0;
}

int exception_check(struct loading *l, bool is_source_known,
		    struct exception *exception)
{
	return exception->fields.is_list ?
		       list_check(l, is_source_known, exception) :
		       single_check(l, is_source_known, exception);
}

/* --- Writing out ----------------------------------------------------------- */

void quoted_add(struct span text, struct strbuf *out)
{
	bool is_quoted = text.n && (text.data[0] == '"' || text.data[0] == '\'');
	const char *quote = !is_quoted && text.n &&
					    memchr(text.data, ' ', text.n) ?
				    "\"" :
				    "";

	strbuf_adds(out, quote);
	strbuf_addspan(out, text);
	strbuf_adds(out, quote);
}

static int too_long(struct loading *l, const struct exception *x)
{
	return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
			"The condition is longer than %u bytes with its "
			"exceptions",
			CONDITION_SIZE_MAX);
}

/* field comp (v1, v2) */
static int single_write(struct loading *l, const struct exception *x,
			struct strbuf *out)
{
	strbuf_adds(out, "(");
	strbuf_addspan(out, x->fields.text);
	strbuf_adds(out, " ");
	strbuf_addspan(out, x->comps.text);
	strbuf_adds(out, " (");
	for (size_t i = 0; i < x->values.n; i++) {
		if (x->values.items[i].is_list)
			return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
					"Expected values array to contain a "
					"list of strings");
		if (out->n > CONDITION_SIZE_MAX)
			return too_long(l, x);
		strbuf_adds(out, i ? ", " : "");
		quoted_add(x->values.items[i].text, out);
	}
	strbuf_adds(out, "))");
	return 0;
}

static void value_write(const struct exception_entry *value, struct span comp,
			struct strbuf *out)
{
	if (value->is_list) {
		strbuf_adds(out, "(");
		for (size_t i = 0; i < value->n; i++) {
			strbuf_adds(out, i ? ", " : "");
			quoted_add(value->items[i].text, out);
		}
		strbuf_adds(out, ")");
	} else if (filter_is_list_operator(comp)) {
		bool is_list = span_starts_with(value->text, SPAN("("));

		strbuf_adds(out, is_list ? "" : "(");
		strbuf_addspan(out, value->text);
		strbuf_adds(out, is_list ? "" : ")");
	} else {
		quoted_add(value->text, out);
	}
}

/* One tuple of values: ( f1 c1 v1 and f2 c2 v2) */
static void tuple_write(const struct exception *x,
			const struct exception_entry *values,
			struct strbuf *out)
{
	strbuf_adds(out, "(");
	for (size_t i = 0; i < x->fields.n; i++) {
		struct span comp = i < x->comps.n ? x->comps.items[i].text :
						    SPAN("");

		strbuf_adds(out, i ? " and  " : " ");
		strbuf_addspan(out, x->fields.items[i].text);
		strbuf_adds(out, " ");
		strbuf_addspan(out, comp);
		strbuf_adds(out, " ");
		value_write(&values->items[i], comp, out);
	}
	strbuf_adds(out, ")");
}

static int list_write(struct loading *l, const struct exception *x,
		      struct strbuf *out)
{
	strbuf_adds(out, "(");
	for (size_t i = 0; i < x->values.n; i++) {
		const struct exception_entry *values = &x->values.items[i];

		if (!values->is_list || values->n != x->fields.n)
			return load_add(l->result, LOAD_ERR_VALIDATE, x->ctx,
					"Fields and values lists must have "
					"equal length");
		if (out->n > CONDITION_SIZE_MAX)
			return too_long(l, x);
		strbuf_adds(out, i ? " or " : "");
		tuple_write(x, values, out);
	}
	strbuf_adds(out, ")");
	return 0;
}

int exceptions_apply(struct loading *l, const struct rule_values *v,
		     struct strbuf *out)
{
	int err = 0;

	strbuf_adds(out, "(");
	strbuf_addspan(out, text_span(&v->condition));
	strbuf_adds(out, ")");
	for (size_t i = 0; !err && i < v->exceptions.n; i++) {
		const struct exception *x = &v->exceptions.items[i];

		if (!x->values.n)
			continue;
		strbuf_adds(out, " and not ");
		err = x->fields.is_list ? list_write(l, x, out) :
					  single_write(l, x, out);
	}
	return err;
}

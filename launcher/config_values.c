/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for wrong values: see config_values.h. Walks a tree along its
 * schema, as config_typo.c does for names, and does not stop at the first.
 */
#include "config_values.h"

#include <string.h>

#include "array.h"
#include "cleanup.h"
#include "schema.h"
#include "strbuf.h"

#include "log.h"
#include "tree.h"

static const struct limit {
	const char *path;
	int64_t least, most;
} limits[] = {
#define LIMIT(path, least, most) { path, least, most },
#include "config_limits.def"
};

struct walk {
	struct strbuf where, complaint;
	bool is_beyond;
	config_wrong_fn *fn;
	void *ctx;
};

static void find(struct walk *w, const struct schema *schema,
		 const struct tree *node);

/* --- One value ------------------------------------------------------------- */

/* The bounds of a number; false: it has none. */
static bool limit_of(const struct walk *w, const struct schema *schema,
		     struct limit *ret)
{
	*ret = (struct limit){ NULL, INT64_MIN, INT64_MAX };
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (strcmp(limits[i].path, w->where.data) == 0)
			*ret = limits[i];
	if (schema->has_minimum)
		ret->least = schema->minimum;
	if (schema->has_maximum)
		ret->most = schema->maximum;
	return ret->least != INT64_MIN || ret->most != INT64_MAX;
}

static void complain_of_number(struct walk *w, const struct schema *schema)
{
	struct limit limit;

	strbuf_adds(&w->complaint, schema->type == SCHEMA_INTEGER
					   ? "is no whole number"
					   : "is no number");
	if (!limit_of(w, schema, &limit))
		return;
	if (limit.most == INT64_MAX)
		strbuf_addf(&w->complaint, " from %lld on",
			    (long long)limit.least);
	else
		strbuf_addf(&w->complaint, " from %lld to %lld",
			    (long long)limit.least, (long long)limit.most);
}

static void check_integer(struct walk *w, const struct schema *schema,
			  const struct tree *node)
{
	struct limit limit;
	int64_t value;

	limit_of(w, schema, &limit);
	if (tree_integer(node, &value) < 0)
		complain_of_number(w, schema);
	else if ((w->is_beyond = value < limit.least || value > limit.most))
		complain_of_number(w, schema);
}

static void check_words(struct walk *w, const struct schema *schema,
			const struct tree *node)
{
	const char *const *word = schema->words;

	while (word && *word && strcmp(*word, node->text))
		word++;
	if (!word || *word)
		return;
	strbuf_adds(&w->complaint, "is not one of ");
	for (word = schema->words; *word; word++)
		strbuf_addf(&w->complaint, "%s%s",
			    word == schema->words ? "" : ", ", *word);
}

static void check_scalar(struct walk *w, const struct schema *schema,
			 const struct tree *node)
{
	double number;
	bool truth;

	if (schema->type == SCHEMA_BOOLEAN && tree_bool(node, &truth) < 0)
		strbuf_adds(&w->complaint, "is neither true nor false");
	else if (schema->type == SCHEMA_INTEGER)
		check_integer(w, schema, node);
	else if (schema->type == SCHEMA_NUMBER &&
		 tree_number(node, &number) < 0)
		complain_of_number(w, schema);
	else if (schema->type == SCHEMA_STRING)
		check_words(w, schema, node);
	else if (schema->type == SCHEMA_OBJECT)
		strbuf_adds(&w->complaint, "is no map of keys");
}

/* --- All of them ----------------------------------------------------------- */

static void report(struct walk *w, const struct tree *node)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (!w->complaint.n)
		return;
	if (node->kind == TREE_SCALAR)
		log_quote(&text, span_of(node->text));
	else
		strbuf_adds(&text,
			    node->kind == TREE_LIST ? "a list" : "a map");
	strbuf_addf(&text, " %s", w->complaint.data);
	w->fn(w->ctx, w->where.data, text.data, w->is_beyond);
	strbuf_reset(&w->complaint);
	w->is_beyond = false;
}

static void find_in_map(struct walk *w, const struct schema *schema,
			const struct tree *node)
{
	size_t parent = w->where.n;

	for (size_t i = 0; i < node->n; i++) {
		const struct schema_key *key =
			schema_key_named(schema, node->keys[i]);

		if (!key)
			continue;
		strbuf_addf(&w->where, "%s%s", parent ? "." : "",
			    node->keys[i]);
		find(w, key->schema, node->items[i]);
		strbuf_cut(&w->where, parent);
	}
}

static void find_in_list(struct walk *w, const struct schema *schema,
			 const struct tree *node)
{
	size_t parent = w->where.n;

	strbuf_adds(&w->where, "[]");
	for (size_t i = 0; schema->items && i < node->n; i++)
		find(w, schema->items, node->items[i]);
	strbuf_cut(&w->where, parent);
}

static void find(struct walk *w, const struct schema *schema,
		 const struct tree *node)
{
	if (schema->choices[0] || schema->type == SCHEMA_ANY ||
	    node->kind == TREE_NULL)
		return;
	if (node->kind == TREE_SCALAR)
		check_scalar(w, schema, node);
	else if (node->kind == TREE_MAP && schema->type == SCHEMA_OBJECT)
		find_in_map(w, schema, node);
	else if (node->kind == TREE_LIST && schema->type == SCHEMA_ARRAY)
		find_in_list(w, schema, node);
	else if (schema->type == SCHEMA_ARRAY)
		strbuf_adds(&w->complaint, "is no list");
	else
		strbuf_adds(&w->complaint, "is no single value");
	report(w, node);
}

void config_wrong_values(const struct schema *schema, const struct tree *root,
			 config_wrong_fn *fn, void *ctx)
{
	struct walk w = { STRBUF_INIT, STRBUF_INIT, false, fn, ctx };

	find(&w, schema, root);
	strbuf_done(&w.where);
	strbuf_done(&w.complaint);
}

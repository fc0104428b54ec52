/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for wrong values: see config_values.h.
 */
#include "config_values.h"

#include <string.h>

#include "array.h"
#include "cleanup.h"
#include "schema.h"
#include "strbuf.h"

#include "config_walk.h"
#include "log.h"
#include "tree.h"

static const struct limit {
	const char *path;
	int64_t least, most;
} limits[] = {
#define LIMIT(path, least, most) { path, least, most },
#include "config_limits.def"
};

/* What is said of one value. */
struct finding {
	const char *key;
	struct strbuf complaint;
	bool is_beyond;
};

/* Who is told. */
struct listener {
	config_wrong_fn *fn;
	void *ctx;
};

/* --- One value ------------------------------------------------------------- */

/* The bounds of a number; false: it has none. */
static bool limit_of(const struct finding *f, const struct schema *schema,
		     struct limit *ret)
{
	*ret = (struct limit){ NULL, INT64_MIN, INT64_MAX };
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (strcmp(limits[i].path, f->key) == 0)
			*ret = limits[i];
	if (schema->has_minimum)
		ret->least = schema->minimum;
	if (schema->has_maximum)
		ret->most = schema->maximum;
	return ret->least != INT64_MIN || ret->most != INT64_MAX;
}

static void complain_of_number(struct finding *f, const struct schema *schema)
{
	struct limit limit;

	strbuf_adds(&f->complaint, schema->type == SCHEMA_INTEGER
					   ? "is no whole number"
					   : "is no number");
	if (!limit_of(f, schema, &limit))
		return;
	if (limit.most == INT64_MAX)
		strbuf_addf(&f->complaint, " from %lld on",
			    (long long)limit.least);
	else
		strbuf_addf(&f->complaint, " from %lld to %lld",
			    (long long)limit.least, (long long)limit.most);
}

static void check_integer(struct finding *f, const struct schema *schema,
			  const struct tree *node)
{
	struct limit limit;
	int64_t value;

	limit_of(f, schema, &limit);
	if (tree_integer(node, &value) < 0)
		complain_of_number(f, schema);
	else if ((f->is_beyond = value < limit.least || value > limit.most))
		complain_of_number(f, schema);
}

static void check_words(struct finding *f, const struct schema *schema,
			const struct tree *node)
{
	const char *const *word = schema->words;

	while (word && *word && strcmp(*word, node->text))
		word++;
	if (!word || *word)
		return;
	strbuf_adds(&f->complaint, "is not one of ");
	for (word = schema->words; *word; word++)
		strbuf_addf(&f->complaint, "%s%s",
			    word == schema->words ? "" : ", ", *word);
}

static void check_scalar(struct finding *f, const struct schema *schema,
			 const struct tree *node)
{
	double number;
	bool truth;

	if (schema->type == SCHEMA_BOOLEAN && tree_bool(node, &truth) < 0)
		strbuf_adds(&f->complaint, "is neither true nor false");
	else if (schema->type == SCHEMA_INTEGER)
		check_integer(f, schema, node);
	else if (schema->type == SCHEMA_NUMBER &&
		 tree_number(node, &number) < 0)
		complain_of_number(f, schema);
	else if (schema->type == SCHEMA_STRING)
		check_words(f, schema, node);
	else if (schema->type == SCHEMA_OBJECT)
		strbuf_adds(&f->complaint, "is no map of keys");
}

/* --- All of them ----------------------------------------------------------- */

static void tell(const struct listener *l, const struct finding *f,
		 const struct tree *node)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (node->kind == TREE_SCALAR)
		log_quote(&text, span_of(node->text));
	else
		strbuf_adds(&text,
			    node->kind == TREE_LIST ? "a list" : "a map");
	strbuf_addf(&text, " %s", f->complaint.data);
	l->fn(l->ctx, f->key, text.data, f->is_beyond);
}

/* Whether what is below it can be looked at. */
static bool check(struct finding *f, const struct schema *schema,
		  const struct tree *node)
{
	if (node->kind == TREE_SCALAR) {
		check_scalar(f, schema, node);
		return false;
	}
	if (node->kind == TREE_MAP && schema->type == SCHEMA_OBJECT)
		return true;
	if (node->kind == TREE_LIST && schema->type == SCHEMA_ARRAY)
		return true;
	strbuf_adds(&f->complaint, schema->type == SCHEMA_ARRAY
					   ? "is no list"
					   : "is no single value");
	return false;
}

static bool visit(struct config_walk *w, const struct schema *schema,
		  const struct tree *node)
{
	struct finding f = { w->where.data, STRBUF_INIT, false };
	bool goes_on;

	if (schema->choices[0] || schema->type == SCHEMA_ANY ||
	    node->kind == TREE_NULL)
		return false;
	goes_on = check(&f, schema, node);
	if (f.complaint.n)
		tell(w->ctx, &f, node);
	strbuf_done(&f.complaint);
	return goes_on;
}

void config_wrong_values(const struct schema *schema, const struct tree *root,
			 config_wrong_fn *fn, void *ctx)
{
	struct listener listener = { fn, ctx };
	struct config_walk w = { .where = STRBUF_INIT,
				 .visit = visit,
				 .ctx = &listener };

	config_walk(&w, schema, root);
}

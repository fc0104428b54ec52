/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration's lists of maps: rules, append_output and static_fields
 * become structures. Falco stops at an entry that it cannot convert and says
 * only that; we say what the entry should be.
 */
#include "config_checking.h"

#include <errno.h>

#include "error.h"
#include "strbuf.h"

#include "config.h"
#include "config_check.h"

static int check_choice(struct checking *k, const struct tree *entry)
{
	const struct tree *what = tree_child(entry, SPAN("enable"));
	struct rule_choice choice = { .enable = what != NULL };

	if (!what)
		what = tree_child(entry, SPAN("disable"));
	if (!what || what->kind != TREE_MAP)
		return checking_bad_entry(k, entry,
					  "an entry of rules is enable: or "
					  "disable: with rule: or tag:");
	choice.pattern = checking_text(tree_child(what, SPAN("rule")));
	if (!choice.pattern)
		choice.tag = checking_text(tree_child(what, SPAN("tag")));
	if (!choice.pattern && !choice.tag)
		return checking_bad_entry(k, entry,
					  "rule: or tag: is missing in an "
					  "entry of rules");

	*array_push(&k->c->choices) = choice;
	return 0;
}

int check_choices(struct checking *k)
{
	struct tree list = checking_list(k->c, SPAN("rules"));
	int ret = 0;

	for (size_t i = 0; i < list.n && ret == 0; i++)
		ret = check_choice(k, list.items[i]);

	return ret;
}

/* One entry of extra_fields: "name", or {key: format}. */
static int read_extra_field(struct checking *k, const struct tree *node,
			    struct span *name, struct span *format)
{
	if (node->kind == TREE_SCALAR) {
		*name = (struct span){ NULL, 0 };
		*format = span_of(node->text);
		return 0;
	}
	if (node->kind != TREE_MAP || node->n != 1 ||
	    !checking_text(node->items[0]))
		return checking_bad_entry(k, node,
					  "an entry of extra_fields is a field "
					  "or one key with a format");

	*name = span_of(node->keys[0]);
	*format = span_of(node->items[0]->text);
	return 0;
}

static int read_extra_fields(struct checking *k, const struct tree *list,
			     struct append_output *out)
{
	struct arena *arena = &k->c->arena;
	struct span *names, *formats;
	int ret = 0;

	if (!list || list->kind == TREE_NULL)
		return 0;
	if (list->kind != TREE_LIST)
		return checking_bad_entry(k, list, "extra_fields is a list");
	names = arena_zalloc(arena, list->n * sizeof(*names));
	formats = arena_zalloc(arena, list->n * sizeof(*formats));
	for (size_t i = 0; i < list->n && ret == 0; i++)
		ret = read_extra_field(k, list->items[i], &names[i],
				       &formats[i]);
	out->extra_field_names = names;
	out->extra_field_formats = formats;
	out->nextra_fields = list->n;
	return ret;
}

static int read_match(struct checking *k, const struct tree *match,
		      struct append_output *out)
{
	const struct tree *tags, *source;

	if (!match || match->kind == TREE_NULL)
		return 0;
	source = tree_child(match, SPAN("source"));
	if (match->kind != TREE_MAP || (source && !checking_text(source)))
		return checking_bad_entry(k, match,
					  "match has rule:, tags: and "
					  "source:");
	tags = tree_child(match, SPAN("tags"));
	out->source = span_of(checking_text(source));
	out->rule = span_of(checking_text(tree_child(match, SPAN("rule"))));
	if (tags)
		out->tags = config_texts(&k->c->arena, tags);
	return 0;
}

static void notice_narrow(const struct checking *k,
			  const struct append_output *out)
{
	struct strbuf tags = STRBUF_INIT;

	if (!out->rule.n || !out->tags.n)
		return;
	for (size_t i = 0; i < out->tags.n; i++)
		strbuf_addf(&tags, "%.*s,", SPAN_FMT(out->tags.items[i]));
	/* The slip of the pen is Falco's; its users search for the line. */
	checking_notice(k,
			"An append_ouptut entry specifies both a rule (%.*s) "
			"and a list of tags (%s). This means that output will "
			"be appended only to the %.*s rule and only if it has "
			"all the tags: %s.",
			SPAN_FMT(out->rule), tags.data, SPAN_FMT(out->rule),
			tags.data);
	strbuf_done(&tags);
}

static int check_append(struct checking *k, const struct tree *entry)
{
	struct append_output out = { 0 };
	const struct tree *suggested;
	int ret;

	if (entry->kind != TREE_MAP)
		return checking_bad_entry(k, entry,
					  "an entry of append_output is a "
					  "map");
	ret = read_match(k, tree_child(entry, SPAN("match")), &out);
	if (ret == 0)
		ret = read_extra_fields(
			k, tree_child(entry, SPAN("extra_fields")), &out);
	if (ret < 0)
		return ret;
	out.extra_output =
		span_of(checking_text(tree_child(entry, SPAN("extra_output"))));
	suggested = tree_child(entry, SPAN("suggested_output"));
	if (suggested)
		tree_bool(suggested, &out.suggested_output);
	notice_narrow(k, &out);
	*array_push(&k->c->appends) = out;
	return 0;
}

int check_appends(struct checking *k)
{
	const struct tree *node = tree_child(k->c->root, SPAN("append_output"));
	struct tree list = checking_list(k->c, SPAN("append_output"));
	int ret = 0;

	if (node && node->kind == TREE_SCALAR)
		return checking_bad_entry(k, node, "append_output is a list");
	for (size_t i = 0; i < list.n && ret == 0; i++)
		ret = check_append(k, list.items[i]);
	if (ret == 0 && k->c->stack)
		*array_push(&k->c->appends) = (struct append_output){
			.extra_output = SPAN("(stack=%thread.stack)"),
		};

	return ret;
}

int check_static_fields(struct checking *k)
{
	const struct tree *map = tree_child(k->c->root, SPAN("static_fields"));

	for (size_t i = 0; map && map->kind == TREE_MAP && i < map->n; i++) {
		if (!checking_text(map->items[i]))
			return checking_bad_entry(k, map->items[i],
						  "a static field is one text");
		*array_push(&k->c->static_names) = span_of(map->keys[i]);
		*array_push(&k->c->static_values) =
			span_of(map->items[i]->text);
	}
	return 0;
}

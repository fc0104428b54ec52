/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -L and -l: what is loaded, as Falco's table or as its JSON. It reads what the
 * last successful load compiled, and changes nothing.
 */
#include <errno.h>
#include <stdio.h>

#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "json_node.h"
#include "strbuf.h"

#include "ast.h"
#include "env.h"
#include "event_info.h"
#include "event_set.h"
#include "field.h"
#include "filter.h"
#include "format.h"
#include "json.h"
#include "rules.h"
#include "state.h"

/* --- Sets of texts --------------------------------------------------------- */

/* A JSON array of distinct texts, in the order of their first appearance. */
struct text_set {
	struct json_object *array;
	struct symtab names;
	struct arena arena;
};

static void set_begin(struct text_set *set, struct json_object *object,
		      const char *key)
{
	*set = (struct text_set){ json_add_array(object, key), SYMTAB_INIT,
				  ARENA_INIT };
}

static void set_add(struct text_set *set, struct span text)
{
	struct span copy;

	if (symtab_get(&set->names, text))
		return;
	copy = span_make(arena_strndup(&set->arena, text.data, text.n), text.n);
	symtab_set(&set->names, copy, set);
	json_append_text(set->array, copy.data);
}

static void set_end(struct text_set *set)
{
	symtab_done(&set->names);
	arena_done(&set->arena);
}

static void add_text(struct json_object *object, const char *key,
		     struct span text)
{
	CLEANUP(freep) char *copy = xstrndup(text.data ? text.data : "",
					     text.n);

	json_add_text(object, key, copy);
}

/* --- Conditions ------------------------------------------------------------ */

struct describing {
	struct engine *e;
	const struct link *link;
	struct text_set macros, lists, fields, operators;
	bool uses_plugin;
	struct error *err;
};

/* Do fields of this name come from the built-in plugin? */
static bool is_plugin_field(struct span field)
{
	return span_starts_with(field, SPAN("container.")) ||
	       span_starts_with(field, SPAN("k8s."));
}

/* What a condition as written uses: the names of macros and lists. */
static void written_use(void *ctx, enum filter_use use, struct span text,
			struct filter_pos pos)
{
	struct describing *d = ctx;
	const struct collector *c = &d->e->collector;

	(void)pos;
	if (use == FILTER_USE_MACRO && symtab_get(&c->macro_names, text))
		set_add(&d->macros, text);
	if (use == FILTER_USE_VALUE && symtab_get(&c->list_names, text))
		set_add(&d->lists, text);
}

/* What it uses with all in place: fields and operators. */
static void linked_use(void *ctx, enum filter_use use, struct span text,
		       struct filter_pos pos)
{
	struct describing *d = ctx;

	(void)pos;
	if (use == FILTER_USE_OPERATOR)
		set_add(&d->operators, text);
	if (use != FILTER_USE_FIELD)
		return;
	set_add(&d->fields, text);
	d->uses_plugin |= is_plugin_field(text);
}

static bool has_field(const struct ast *node)
{
	if (node->kind == AST_FIELD)
		return true;
	for (size_t i = 0; i < node->n; i++)
		if (has_field(node->items[i]))
			return true;
	return false;
}

/* Falco's listing trips over a left side that is made of constants. */
static bool every_check_has_field(const struct ast *node)
{
	if (node->kind == AST_CHECK || node->kind == AST_EXISTS)
		return has_field(node->items[0]);
	for (size_t i = 0; i < node->n; i++)
		if (!every_check_has_field(node->items[i]))
			return false;
	return true;
}

static void add_events(struct json_object *details, const struct ast *ast)
{
	struct interest events = filter_listed_events(ast);
	struct text_set names;

	set_begin(&names, details, "events");
	set_add(&names, SPAN("asyncevent"));
	for (unsigned i = 0; i < EVENT_TYPE_COUNT; i++) {
		const char *name = event_info(i)->name;

		if (interest_has(&events, i) && i != EVENT_GENERIC_X &&
		    i != EVENT_GENERIC_E)
			set_add(&names, name ? span_of(name) : SPAN("NA"));
	}
	for (unsigned i = 0; i < GENERIC_COUNT; i++)
		if (interest_has_generic(&events, i))
			set_add(&names, span_of(generic_name(i)));
	set_end(&names);
}

/* The condition as it was compiled; Falco reads it back with a smaller limit. (What
 * else could go wrong in that depends on quotes, which are not printed.) */
static int add_compiled(struct describing *d, struct json_object *details,
			const struct ast *ast)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct filter_error error;
	struct ast *again;

	filter_print(ast, &text);
	if (filter_parse(&arena, strbuf_span(&text), FILTER_DEPTH_DEFAULT,
			 &again, &error) &&
	    span_starts_with(span_of(error.text), SPAN("exceeded max depth")))
		return error_set(d->err, -EINVAL, "%s", error.text);
	if (!every_check_has_field(ast))
		return error_set(d->err, -EINVAL,
				 "can't find field info in binary check "
				 "expression");
	json_add_text(details, "condition_compiled", text.data);
	return 0;
}

/* Everything about a condition: as written, and with all in place. */
static int add_condition(struct describing *d, struct json_object *details,
			 struct span written, const struct ast *linked)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct filter_error error;
	struct ast *ast;

	set_begin(&d->macros, details, "macros");
	set_begin(&d->lists, details, "lists");
	set_begin(&d->operators, details, "condition_operators");
	set_begin(&d->fields, details, "condition_fields");
	if (!filter_parse(&arena, written, FILTER_DEPTH_LOADER, &ast, &error))
		filter_walk(ast, written_use, d);
	filter_walk(linked, linked_use, d);
	set_end(&d->macros);
	set_end(&d->lists);
	set_end(&d->operators);
	set_end(&d->fields);
	return add_compiled(d, details, linked);
}

static void add_plugins(struct json_object *details, bool container)
{
	struct json_object *plugins = json_add_array(details, "plugins");

	if (container)
		json_append_text(plugins, CONTAINER_PLUGIN_NAME);
}

/* --- Rules ----------------------------------------------------------------- */

static void add_rule_info(struct json_object *object, const struct rule *rule)
{
	const struct rule_values *v = &rule->def->v;
	struct json_object *info = json_add_object(object, "info");
	struct json_object *tags;

	add_text(info, "name", rule->def->name);
	add_text(info, "condition", text_span(&v->condition));
	add_text(info, "priority", span_of(priority_name(v->priority)));
	add_text(info, "output", text_span(&v->output));
	add_text(info, "description", text_span(&v->desc));
	json_add_bool(info, "enabled", v->enabled);
	add_text(info, "source", v->source);
	json_add_bool(info, "capture", v->capture);
	json_add_number(info, "capture_duration", v->capture_duration);
	tags = json_add_array(info, "tags");
	for (size_t i = 0; i < rule->info.ntags; i++)
		json_append_text(tags, rule->info.tags[i].data);
}

/* The fields of an output, as often as they stand in it. */
struct output_use {
	struct describing *d;
	struct json_object *fields;
};

static void add_to(struct json_object *array, struct span text)
{
	CLEANUP(freep) char *copy = xstrndup(text.data, text.n);

	json_append_text(array, copy);
}

static void output_field(void *ctx, struct span text)
{
	const struct output_use *u = ctx;

	add_to(u->fields, text);
	u->d->uses_plugin |= is_plugin_field(text);
}

static void add_extra_fields(struct json_object *details,
			     const struct rule *rule,
			     struct json_object *fields)
{
	struct json_object *formatted = NULL;

	for (size_t i = 0; i < rule->nextra; i++) {
		CLEANUP(freep) char *name = NULL;

		add_to(fields, rule->extra_texts[i]);
		if (!rule->extra_names[i].data)
			continue;
		if (!formatted)
			formatted = json_add_object(
				details, "extra_output_formatted_fields");
		name = xstrndup(rule->extra_names[i].data,
				rule->extra_names[i].n);
		add_text(formatted, name, rule->extra_texts[i]);
	}
}

static void add_output(struct describing *d, struct json_object *details,
		       const struct rule *rule)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct engine_env env = { .options = d->e->env.options,
				  .arena = &arena };
	struct output_use use = { d, json_add_array(details, "output_fields") };
	struct format *format;

	add_text(details, "output_compiled", rule->output_text);
	if (!format_compile(&env, rule->output_text, &format, NULL))
		format_fields(format, output_field, &use);
	add_extra_fields(details, rule, use.fields);
}

static void add_entries(struct text_set *set,
			const struct exception_entry *entry)
{
	if (!entry->is_list && entry->text.n)
		set_add(set, entry->text);
	for (size_t i = 0; entry->is_list && i < entry->n; i++)
		set_add(set, entry->items[i].text);
}

static void add_exceptions(struct json_object *details, const struct rule *rule)
{
	const struct rule_values *v = &rule->def->v;
	struct text_set names, fields, operators;

	set_begin(&names, details, "exception_names");
	set_begin(&fields, details, "exception_fields");
	set_begin(&operators, details, "exception_operators");
	for (size_t i = 0; i < v->exceptions.n; i++) {
		const struct exception *x = &v->exceptions.items[i];

		set_add(&names, x->name);
		add_entries(&operators, &x->comps);
		if (x->values.n)
			add_entries(&fields, &x->fields);
	}
	set_end(&names);
	set_end(&fields);
	set_end(&operators);
}

static int add_rule(struct describing *d, struct json_object *array,
		    const struct rule *rule)
{
	struct json_object *object = json_object_new_object();
	struct json_object *details = json_add_object(object, "details");
	int err;

	json_append(array, object);
	d->uses_plugin = false;
	add_rule_info(object, rule);
	err = add_condition(d, details, text_span(&rule->def->v.condition),
			    rule->ast);
	add_output(d, details, rule);
	add_exceptions(details, rule);
	add_events(details, rule->ast);
	add_plugins(details, d->uses_plugin);
	return err;
}

/* --- Macros and lists ------------------------------------------------------ */

static int add_macro(struct describing *d, struct json_object *array,
		     const struct linked_macro *macro)
{
	struct json_object *object = json_object_new_object();
	struct json_object *info = json_add_object(object, "info");
	struct json_object *details = json_add_object(object, "details");
	struct filter_error error;
	struct interest events;
	int err;

	json_append(array, object);
	add_text(info, "name", macro->def->name);
	add_text(info, "condition", text_span(&macro->def->condition));
	json_add_bool(details, "used", macro->is_used);
	err = add_condition(d, details, text_span(&macro->def->condition),
			    macro->ast);
	if (filter_events(NULL, macro->ast, &events, &error))
		return error_set(d->err, -EINVAL, "%s", error.text);
	add_events(details, macro->ast);
	add_plugins(details, false);
	return err;
}

static void add_list(struct describing *d, struct json_object *array,
		     const struct linked_list *list)
{
	const struct collector *c = &d->e->collector;
	struct json_object *object = json_object_new_object();
	struct json_object *info = json_add_object(object, "info");
	struct json_object *details = json_add_object(object, "details");
	struct json_object *items = json_add_array(info, "items");
	struct json_object *compiled =
		json_add_array(details, "items_compiled");
	struct text_set lists;

	json_append(array, object);
	add_text(info, "name", list->def->name);
	json_add_bool(details, "used", list->is_used);
	set_begin(&lists, details, "lists");
	for (size_t i = 0; i < list->def->items.n; i++) {
		struct span item = list->def->items.items[i];

		if (symtab_get(&c->list_names, item))
			set_add(&lists, item);
		else
			json_append_text(items, item.data);
	}
	for (size_t i = 0; i < list->nitems; i++)
		json_append_text(compiled, list->items[i].data);
	set_end(&lists);
	add_plugins(details, false);
}

/* --- JSON ------------------------------------------------------------------ */

static void add_requirement(struct json_object *object,
			    const struct plugin_requirement *p)
{
	add_text(object, "name", p->name);
	add_text(object, "version", p->version);
}

static void add_requirements(struct json_object *root,
			     const struct collector *c)
{
	CLEANUP(strbuf_done) struct strbuf version = STRBUF_INIT;
	struct json_object *plugins =
		json_add_array(root, "required_plugin_versions");

	semver_print(c->engine_version, &version);
	json_add_text(root, "required_engine_version", version.data);
	for (size_t i = 0; i < c->plugins.n; i++) {
		const struct plugin_choice *choice = &c->plugins.items[i];
		struct json_object *plugin = json_object_new_object();
		struct json_object *others =
			json_add_array(plugin, "alternatives");

		json_append(plugins, plugin);
		add_requirement(plugin, &choice->any.items[0]);
		for (size_t k = 1; k < choice->any.n; k++) {
			struct json_object *other = json_object_new_object();

			json_append(others, other);
			add_requirement(other, &choice->any.items[k]);
		}
	}
}

static int add_rules(struct describing *d, struct json_object *root,
		     const char *name)
{
	const struct compiled *c = d->e->compiled;
	struct json_object *array = json_add_array(root, "rules");
	int err = 0;

	for (size_t i = 0; !err && c && i < c->nrules; i++)
		if (!name || span_is(c->rules[i].def->name, name))
			err = add_rule(d, array, &c->rules[i]);
	return err;
}

static int add_all(struct describing *d, struct json_object *root)
{
	struct json_object *macros, *lists;
	int err = add_rules(d, root, NULL);

	add_requirements(root, &d->e->collector);
	macros = json_add_array(root, "macros");
	lists = json_add_array(root, "lists");
	for (size_t i = 0; !err && d->link && i < d->link->nmacros; i++)
		err = add_macro(d, macros, &d->link->macros[i]);
	for (size_t i = 0; !err && d->link && i < d->link->nlists; i++)
		add_list(d, lists, &d->link->lists[i]);
	return err;
}

static int describe_json(struct engine *e, const char *name,
			 struct strbuf *out, struct error *err)
{
	CLEANUP(json_putp) struct json_object *root = json_object_new_object();
	struct describing d = {
		.e = e,
		.link = e->compiled ? &e->compiled->link : NULL,
		.err = err,
	};
	int r = name ? add_rules(&d, root, name) : add_all(&d, root);

	if (!r)
		json_print(root, out);
	return r;
}

/* --- The table ------------------------------------------------------------- */

/* Where descriptions begin, and the column that they stay left of. */
#define TABLE_INDENT 51
#define TABLE_WIDTH 110

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct span next_word(struct span *rest)
{
	struct span word;
	size_t n = 0;

	while (rest->n && is_blank(rest->data[0]))
		*rest = span_from(*rest, 1);
	while (n < rest->n && !is_blank(rest->data[n]))
		n++;
	word = span_make(rest->data, n);
	*rest = span_from(*rest, n);
	return word;
}

static void table_row(const struct rule *rule, struct strbuf *out)
{
	struct span rest = text_span(&rule->def->v.desc);
	size_t column = TABLE_INDENT;

	strbuf_addf(out, "%-50s ", rule->info.name);
	for (;;) {
		struct span word = next_word(&rest);

		if (!word.n)
			break;
		if (column + word.n >= TABLE_WIDTH) {
			strbuf_addf(out, "\n%*s", TABLE_INDENT, "");
			column = TABLE_INDENT;
		}
		strbuf_addf(out, "%.*s ", SPAN_FMT(word));
		column += word.n + 1;
	}
	strbuf_adds(out, "\n\n");
}

static void describe_table(const struct engine *e, const char *name,
			   struct strbuf *out)
{
	const struct compiled *c = e->compiled;

	strbuf_addf(out, "%-50s %s\n%-50s %s\n", "Rule", "Description", "----",
		    "-----------");
	for (size_t i = 0; c && i < c->nrules; i++)
		if (!name || span_is(c->rules[i].def->name, name))
			table_row(&c->rules[i], out);
}

/* --- The door -------------------------------------------------------------- */

int engine_describe(struct engine *e, const char *rule, bool json,
		    struct strbuf *out, struct error *err)
{
	if (rule && !compiled_rule(e->compiled, rule))
		return error_set(err, -ENOENT, "Rule \"%s\" is not loaded",
				 rule);
	if (json)
		return describe_json(e, rule, out, err);

	describe_table(e, rule, out);
	return 0;
}

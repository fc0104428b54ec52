/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --list and --list-events: the tables of fields and of events in Falco's three
 * shapes. Reads tables only; what is deprecated, hidden or not there in this run is
 * left out.
 */
#include <errno.h>

#include "cleanup.h"
#include "json_node.h"
#include "strbuf.h"

#include "field.h"
#include "json.h"
#include "print.h"
#include "state.h"

/* Descriptions start here and lines end before there. */
#define TEXT_INDENT 30
#define TEXT_WIDTH 120

/* --- Fields ---------------------------------------------------------------- */

static const struct {
	const char *name, *title, *description;
	bool listed;
} classes[] = {
#define FIELD_CLASS(symbol, text, after, is_listed, about) \
	{ .name = text, \
	  .title = after, \
	  .description = about, \
	  .listed = is_listed },
#include "field_classes.def"
};

#define HIDDEN (FIELD_PRINT_ONLY | FIELD_TABLE_ONLY | FIELD_DEPRECATED)

static bool arg_is_required(enum field_arg arg)
{
	return arg != FIELD_ARG_NONE && arg != FIELD_ARG_INDEX &&
	       arg != FIELD_ARG_KEY;
}

static bool arg_has_index(enum field_arg arg)
{
	return arg == FIELD_ARG_REQUIRED_INDEX;
}

static bool arg_has_key(enum field_arg arg)
{
	return arg == FIELD_ARG_REQUIRED_INDEX || arg == FIELD_ARG_REQUIRED_KEY;
}

/* "(ARG_REQUIRED,EPF_NO_RHS) ", or nothing. */
static void print_flags(const struct field_info *f, struct strbuf *out)
{
	bool required = arg_is_required(f->arg);
	const struct {
		bool is_set;
		const char *name;
	} flags[] = {
		{ f->arg != FIELD_ARG_NONE && !required, "ARG_ALLOWED" },
		{ arg_has_index(f->arg), "ARG_INDEX" },
		{ arg_has_key(f->arg), "ARG_KEY" },
		{ required, "ARG_REQUIRED" },
		{ f->flags & FIELD_LIST, "EPF_IS_LIST" },
		{ f->flags & FIELD_NO_RHS, "EPF_NO_RHS" },
		{ f->flags & FIELD_NO_TRANSFORMER, "EPF_NO_TRANSFORMER" },
		{ f->flags & FIELD_FILTER_ONLY, "FILTER_ONLY" },
	};
	const char *before = "(";

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!flags[i].is_set)
			continue;
		strbuf_addf(out, "%s%s", before, flags[i].name);
		before = ",";
	}
	if (*before == ',')
		strbuf_adds(out, ") ");
}

/* `head` in the first column, the words of `text` in the second. */
static void print_row(const char *head, const char *text, struct strbuf *out)
{
	size_t column = TEXT_INDENT;

	strbuf_addf(out, "%-*s", TEXT_INDENT, head);
	if (strlen(head) >= TEXT_INDENT)
		strbuf_addf(out, "\n%*s", TEXT_INDENT, "");
	while (*text) {
		size_t n = strcspn(text, " ");

		if (n && column + n >= TEXT_WIDTH) {
			strbuf_addf(out, "\n%*s", TEXT_INDENT, "");
			column = TEXT_INDENT;
		}
		if (n) {
			strbuf_add(out, text, n);
			strbuf_addch(out, ' ');
			column += n + 1;
		}
		text += n + strspn(text + n, " ");
	}
	strbuf_addch(out, '\n');
}

/* One shape of the listing. */
struct field_shape {
	void (*begin)(struct strbuf *out, enum field_class class);
	void (*field)(struct strbuf *out, const struct field_info *f,
		      bool verbose);
};

static void text_begin(struct strbuf *out, enum field_class class)
{
	strbuf_addf(out, "-------------------------------\n%-*s%s%s\n",
		    TEXT_INDENT, "Field Class:", classes[class].name,
		    classes[class].title);
	if (classes[class].description)
		print_row("Description:", classes[class].description, out);
	print_row("Event Sources:", "syscall", out);
	strbuf_addch(out, '\n');
}

static void text_field(struct strbuf *out, const struct field_info *f,
		       bool verbose)
{
	CLEANUP(strbuf_done) struct strbuf about = STRBUF_INIT;

	if (verbose)
		strbuf_addf(&about, "(Type: %s) ", print_type_name(f->type));
	print_flags(f, &about);
	strbuf_adds(&about, f->description);
	print_row(f->name, about.data, out);
}

static void markdown_begin(struct strbuf *out, enum field_class class)
{
	strbuf_addf(out, "## Field Class: %s\n\n", classes[class].name);
	if (classes[class].description)
		strbuf_addf(out, "%s\n\n", classes[class].description);
	strbuf_adds(out, "Event Sources: syscall \n\n"
			 "Name | Type | Description\n"
			 ":----|:-----|:-----------\n");
}

static void markdown_field(struct strbuf *out, const struct field_info *f,
			   bool verbose)
{
	(void)verbose;
	strbuf_addf(out, "`%s` | %s | %s\n", f->name, print_type_name(f->type),
		    f->description);
}

static const struct field_shape shapes[] = {
	[LIST_TEXT] = { text_begin, text_field },
	[LIST_MARKDOWN] = { markdown_begin, markdown_field },
};

/* Calls fn for each field that is listed, class by class, in order. */
typedef void row_fn(void *ctx, const struct field_info *f, bool first,
		    bool last);

static bool is_listed(const struct engine_env *env, const struct field_info *f)
{
	return !(f->flags & HIDDEN) && classes[f->field_class].listed &&
	       field_class_exists(env, f->field_class);
}

static void walk_class(const struct engine_env *env, unsigned class,
		       row_fn *fn, void *ctx)
{
	const struct field_info *f, *before = NULL;
	bool first = true;
	size_t n;

	f = field_rows(&n);
	for (size_t i = 0; i < n; i++) {
		if (f[i].field_class != class || !is_listed(env, &f[i]))
			continue;
		if (before) {
			fn(ctx, before, first, false);
			first = false;
		}
		before = &f[i];
	}
	if (before)
		fn(ctx, before, first, true);
}

static void walk_fields(const struct engine_env *env, row_fn *fn, void *ctx)
{
	for (unsigned class = 0; class < FIELD_CLASS_COUNT; class ++)
		walk_class(env, class, fn, ctx);
}

struct text_list {
	struct strbuf *out;
	const struct field_shape *shape;
	bool verbose;
};

static void text_row(void *ctx, const struct field_info *f, bool first,
		     bool last)
{
	struct text_list *l = ctx;

	if (first)
		l->shape->begin(l->out, f->field_class);
	l->shape->field(l->out, f, l->verbose);
	if (last)
		strbuf_addch(l->out, '\n');
}

static void name_row(void *ctx, const struct field_info *f, bool first,
		     bool last)
{
	(void)first;
	(void)last;
	strbuf_addf(ctx, "%s\n", f->name);
}

static void json_name_row(void *ctx, const struct field_info *f, bool first,
			  bool last)
{
	(void)first;
	(void)last;
	json_append_text(ctx, f->name);
}

static void add_argument(struct json_object *object, enum field_arg arg)
{
	struct json_object *argument, *types;

	if (arg == FIELD_ARG_NONE) {
		json_add(object, "argument", NULL);
		return;
	}
	argument = json_add_object(object, "argument");
	json_add_bool(argument, "required", arg_is_required(arg));
	types = json_add_array(argument, "type");
	if (arg_has_index(arg))
		json_append_text(types, "INDEX");
	if (arg_has_key(arg))
		json_append_text(types, "KEY");
}

static struct json_object *json_class(enum field_class class)
{
	struct json_object *object = json_object_new_object();
	struct json_object *sources;

	json_add_text(object, "name", classes[class].name);
	if (classes[class].description)
		json_add_text(object, "desc", classes[class].description);
	sources = json_add_array(object, "event_sources");
	json_append_text(sources, "syscall");
	json_add_array(object, "fields");
	return object;
}

struct json_list {
	struct json_object *classes, *fields;
};

static void json_row(void *ctx, const struct field_info *f, bool first,
		     bool last)
{
	struct json_list *l = ctx;
	struct json_object *object = json_object_new_object();

	(void)last;
	if (first) {
		struct json_object *class = json_class(f->field_class);

		l->fields = json_get(class, "fields");
		json_append(l->classes, class);
	}
	add_argument(object, f->arg);
	json_add_text(object, "desc", f->description);
	json_add_bool(object, "is_list", f->flags & FIELD_LIST);
	json_add_text(object, "name", f->name);
	json_add_text(object, "type", print_type_name(f->type));
	json_append(l->fields, object);
}

static void list_json(const struct engine_env *env, bool names_only,
		      struct strbuf *out)
{
	CLEANUP(json_putp) struct json_object *top = json_object_new_object();
	struct json_list l = { NULL, NULL };

	if (names_only) {
		walk_fields(env, json_name_row,
			    json_add_array(top, "fieldnames"));
	} else {
		l.classes = json_add_array(top, "fieldclasses");
		walk_fields(env, json_row, &l);
	}
	json_print_pretty(top, out);
	strbuf_addch(out, '\n');
}

int engine_list_fields(struct engine *e, const char *source, bool names_only,
		       bool verbose, enum list_format format,
		       struct strbuf *out)
{
	struct text_list l = { .out = out, .verbose = verbose };

	if (source && *source && strcmp(source, "syscall") != 0)
		return -EINVAL;
	if (format == LIST_JSON) {
		list_json(&e->env, names_only, out);
		return 0;
	}
	if (names_only) {
		walk_fields(&e->env, name_row, out);
		return 0;
	}
	l.shape = &shapes[format];
	walk_fields(&e->env, text_row, &l);
	return 0;
}

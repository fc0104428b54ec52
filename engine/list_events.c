/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --list-events: the event schema in Falco's three shapes. Calls without an event
 * of their own are listed as the generic event that they become.
 */

#include "cleanup.h"
#include "json_node.h"
#include "strbuf.h"

#include "engine.h"
#include "event_info.h"
#include "flag_names.h"
#include "json.h"
#include "print.h"

/* Calls that happen too often to be watched unless a rule asks for them. */
static const enum event_type off_by_default[] = {
	EVENT_SYSCALL_READ_X,	EVENT_SYSCALL_WRITE_X,	EVENT_SOCKET_SEND_X,
	EVENT_SOCKET_RECV_X,	EVENT_SYSCALL_PREAD_X,	EVENT_SYSCALL_PWRITE_X,
	EVENT_SYSCALL_READV_X,	EVENT_SYSCALL_WRITEV_X, EVENT_SYSCALL_PREADV_X,
	EVENT_SYSCALL_PWRITEV_X, EVENT_SYSCALL_SENDFILE_X,
};

/* One line of the listing. */
struct row {
	bool is_exit, is_default;
	const char *name;
	const struct param_info *params;
	size_t nparams;
};

typedef void row_fn(void *ctx, const struct row *row);

static const struct section {
	const char *title;
	uint16_t classes; /* 1 << enum event_class, joined */
	bool has_generic;
} sections[] = {
	{ "Syscall events", 1 << CLASS_SYSCALL, true },
	{ "Tracepoint events", 1 << CLASS_TRACEPOINT, false },
	{ "Plugin events", 1 << CLASS_PLUGIN, false },
	{ "Metaevents", 1 << CLASS_META | 1 << CLASS_INTERNAL, false },
};

static bool is_default(enum event_type type)
{
	for (size_t i = 0; i < ARRAY_SIZE(off_by_default); i++)
		if (off_by_default[i] == type)
			return false;

	return true;
}

static void walk_generic(row_fn *fn, void *ctx)
{
	const struct event_info *info = event_info(EVENT_GENERIC_X);

	for (unsigned i = 0; i < GENERIC_COUNT; i++) {
		struct row row = { .is_default = true,
				   .name = generic_name(i),
				   .params = info->params,
				   .nparams = info->nparams };

		fn(ctx, &row);
		row.is_exit = true;
		fn(ctx, &row);
	}
}

/* The rows of a section, in the order of their codes. */
static void walk_section(const struct section *s, row_fn *fn, void *ctx)
{
	for (unsigned i = 0; i < EVENT_TYPE_COUNT; i++) {
		const struct event_info *info = event_info(i);

		if (!info->is_current || i == EVENT_GENERIC_X ||
		    !(s->classes >> info->event_class & 1))
			continue;
		fn(ctx, &(struct row){ .is_exit = event_is_exit(i),
				       .is_default = is_default(i),
				       .name = info->name,
				       .params = info->params,
				       .nparams = info->nparams });
	}
	if (s->has_generic)
		walk_generic(fn, ctx);
}

/* The names that are listed: those of modes are not. */
static const struct flag_name *listed_flags(const struct param_info *p,
					    size_t *ret_n)
{
	return flag_names(p->type == VALUE_MODE ? FLAGS_NONE : p->flags, ret_n);
}

/* --- Text and markdown ----------------------------------------------------- */

static void print_params(const struct row *row, const char *mark,
			 struct strbuf *out)
{
	for (size_t i = 0; i < row->nparams; i++) {
		const struct param_info *p = &row->params[i];
		size_t n;
		const struct flag_name *names = listed_flags(p, &n);

		strbuf_addf(out, "%s%s **%s**", i ? ", " : "",
			    print_type_name(p->type), p->name);
		for (size_t j = 0; j < n; j++)
			strbuf_addf(out, "%s %s%s%s", j ? "," : ":", mark,
				    names[j].name, mark);
	}
}

static void text_row(void *ctx, const struct row *row)
{
	struct strbuf *out = ctx;

	strbuf_addf(out, "%c %s(", row->is_exit ? '<' : '>', row->name);
	print_params(row, "", out);
	strbuf_adds(out, ")\n");
}

static void markdown_row(void *ctx, const struct row *row)
{
	struct strbuf *out = ctx;

	strbuf_addf(out, "%s | `%c` | `%s` | ", row->is_default ? "Yes" : "No",
		    row->is_exit ? '<' : '>', row->name);
	print_params(row, "*", out);
	strbuf_addch(out, '\n');
}

static void list_lines(bool markdown, struct strbuf *out)
{
	strbuf_adds(out, "The events below are valid for Falco *Schema "
			 "Version*: " EVENT_SCHEMA_VERSION "\n");
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		strbuf_addf(out, "## %s\n\n", sections[i].title);
		if (markdown)
			strbuf_adds(out, "Default | Dir | Name | Params \n"
					 ":-------|:----|:-----|:-----\n");
		walk_section(&sections[i], markdown ? markdown_row : text_row,
			     out);
		strbuf_addch(out, '\n');
	}
}

/* --- JSON ------------------------------------------------------------------ */

static struct json_object *json_param(const struct param_info *p)
{
	struct json_object *object = json_object_new_object();
	struct json_object *flags;
	size_t n;
	const struct flag_name *names = listed_flags(p, &n);

	json_add_text(object, "name", p->name);
	json_add_text(object, "type", print_type_name(p->type));
	if (!n)
		return object;
	flags = json_add_array(object, "flags");
	for (size_t i = 0; i < n; i++)
		json_append_text(flags, names[i].name);
	return object;
}

static void json_row(void *ctx, const struct row *row)
{
	struct json_object *object = json_object_new_object();
	struct json_object *params;

	json_add_bool(object, "available", row->is_default);
	json_add_text(object, "dir", row->is_exit ? "<" : ">");
	json_add_text(object, "name", row->name);
	params = json_add_array(object, "params");
	for (size_t i = 0; i < row->nparams; i++)
		json_append(params, json_param(&row->params[i]));
	json_append(ctx, object);
}

static void list_json(struct strbuf *out)
{
	CLEANUP(json_putp) struct json_object *top = json_object_new_object();

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		walk_section(&sections[i], json_row,
			     json_add_array(top, sections[i].title));
	json_add_text(top, "schema_version", EVENT_SCHEMA_VERSION);
	json_print_pretty(top, out);
	strbuf_addch(out, '\n');
}

void engine_list_events(enum list_format format, struct strbuf *out)
{
	if (format == LIST_JSON)
		list_json(out);
	else
		list_lines(format == LIST_MARKDOWN, out);
}

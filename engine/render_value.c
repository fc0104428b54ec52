/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of fields as outputs print them and as output_fields holds them
 * (filter-language.md section 10). A list prints in brackets; several candidates
 * of a scalar field (proc.aname alone) print in a row.
 */

#include "cleanup.h"
#include "json_node.h"
#include "strbuf.h"

#include "address.h"
#include "fields.h"
#include "json.h"
#include "op.h"
#include "print.h"
#include "render.h"

/* A list in brackets is cut here, as Falco cuts it. */
#define LIST_TEXT_MAX 1023

/* evt.rawarg.X prints as the event's own parameter does. */
static enum value_format format_of(const struct eval *e,
				   const struct field_ref *ref)
{
	int i;

	if (ref->info->extract != extract_evt_rawarg)
		return ref->info->format;
	i = event_param_index(e->ev->type, ref->arg.data);
	return i < 0 ? FORMAT_NA :
		       event_param_info(e->ev->type, (unsigned)i)->format;
}

static void print_addr(const struct sock_addr *a, struct strbuf *out)
{
	if (a->path.n) {
		strbuf_addspan(out, a->path);
		return;
	}
	address_print(&a->ip, out);
	strbuf_addf(out, ":%u", a->port);
}

static void print_tuple(const struct sock_tuple *t, struct strbuf *out)
{
	if (t->path.n) {
		strbuf_addspan(out, t->path);
		return;
	}
	address_print(&t->source, out);
	strbuf_addf(out, ":%u->", t->source_port);
	address_print(&t->dest, out);
	strbuf_addf(out, ":%u", t->dest_port);
}

static void print_texts(struct span_list texts, struct strbuf *out)
{
	for (size_t i = 0; i < texts.n; i++) {
		if (i)
			strbuf_addch(out, ' ');
		strbuf_addspan(out, texts.items[i]);
	}
}

static void print_scalar(const struct eval *e, const struct value *v,
			 enum value_format format, struct strbuf *out)
{
	switch (value_class_of(v->type)) {
	case VALUE_CLASS_INT:
	case VALUE_CLASS_UINT:
	case VALUE_CLASS_BOOL:
	case VALUE_CLASS_DOUBLE:
		print_number(v, v->type, format, out);
		break;
	case VALUE_CLASS_TEXT:
		strbuf_addspan(out, v->text);
		break;
	case VALUE_CLASS_BYTES:
		if (e->env->options.buffer_base64)
			print_base64(v->text, out);
		else
			print_bytes(v->text, out);
		break;
	case VALUE_CLASS_IP:
		address_print(v->ip, out);
		break;
	case VALUE_CLASS_NET:
		strbuf_adds(out, "<IPNET>");
		break;
	case VALUE_CLASS_ADDR:
		print_addr(v->addr, out);
		break;
	case VALUE_CLASS_TUPLE:
		print_tuple(v->tuple, out);
		break;
	case VALUE_CLASS_TEXTS:
		print_texts(v->texts, out);
		break;
	case VALUE_CLASS_POLL:
	case VALUE_CLASS_DYN:
	case VALUE_CLASS_NONE:
		break;
	}
}

/* The elements of a list, `by` between them. */
static void print_items(const struct eval *e, const struct value *v,
			const char *by, struct strbuf *out)
{
	for (size_t i = 0; i < v->list->n; i++) {
		if (i)
			strbuf_adds(out, by);
		print_scalar(e, &v->list->items[i], FORMAT_DEC, out);
	}
}

void render_value_text(const struct eval *e, const struct value *v,
		       enum value_format format, bool in_brackets,
		       struct strbuf *out)
{
	size_t before = out->n;

	if (v->outcome != OUTCOME_VALUE)
		return;
	if (!v->is_list) {
		print_scalar(e, v, format, out);
		return;
	}
	if (!in_brackets) {
		print_items(e, v, " ", out);
		return;
	}
	strbuf_addch(out, '(');
	print_items(e, v, ",", out);
	strbuf_cut(out, before + LIST_TEXT_MAX - 1);
	strbuf_addch(out, ')');
}

void render_field_text(struct eval *e, const struct field_ref *ref,
		       const struct value *v, struct strbuf *out)
{
	render_value_text(e, v, format_of(e, ref),
			  ref->info->flags & FIELD_LIST, out);
}

/* --- JSON ------------------------------------------------------------------ */

static struct json_object *json_of_text(const struct strbuf *b)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	json_lenient_utf8(strbuf_span(b), &text);
	return json_object_new_string(text.data);
}

static struct json_object *json_list(const struct eval *e,
				     const struct value *v)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < v->list->n; i++) {
		CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

		print_scalar(e, &v->list->items[i], FORMAT_DEC, &b);
		json_append(array, json_of_text(&b));
	}
	return array;
}

/* Numbers go in as they are written: a double cuts those of 64 bits. */
static struct json_object *json_number(const struct value *v,
				       enum value_format format)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;

	if (value_class_of(v->type) == VALUE_CLASS_DOUBLE && format == FORMAT_DEC)
		strbuf_addf(&b, "%lld", (long long)v->d);
	else if (value_class_of(v->type) == VALUE_CLASS_DOUBLE)
		print_double(v->d, &b);
	else
		print_number(v, v->type, FORMAT_DEC, &b);
	return json_digits(b.data);
}

static bool is_json_number(const struct value *v, enum value_format format)
{
	switch (value_class_of(v->type)) {
	case VALUE_CLASS_INT:
	case VALUE_CLASS_UINT:
		return format == FORMAT_DEC || format == FORMAT_ID ||
		       format == FORMAT_PADDED_DEC;
	case VALUE_CLASS_DOUBLE:
		return true;
	case VALUE_CLASS_NONE:
	case VALUE_CLASS_BOOL:
	case VALUE_CLASS_TEXT:
	case VALUE_CLASS_BYTES:
	case VALUE_CLASS_IP:
	case VALUE_CLASS_NET:
	case VALUE_CLASS_ADDR:
	case VALUE_CLASS_TUPLE:
	case VALUE_CLASS_POLL:
	case VALUE_CLASS_TEXTS:
	case VALUE_CLASS_DYN:
		break;
	}
	return false;
}

/* The event's time is a number of nanoseconds here, however it prints. */
static struct json_object *json_time(const struct eval *e)
{
	struct value v = { .type = VALUE_ABSTIME, .outcome = OUTCOME_VALUE };

	v.u = e->ev->time_ns;
	return json_number(&v, FORMAT_DEC);
}

struct json_object *render_field_json(struct eval *e,
				      const struct field_ref *ref,
				      const struct value *v)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	enum value_format format = format_of(e, ref);

	if (v->outcome != OUTCOME_VALUE)
		return NULL;
	if (ref->info->extract == extract_evt_time)
		return json_time(e);
	if (v->is_list && ref->info->flags & FIELD_LIST)
		return json_list(e, v);
	if (!v->is_list && value_class_of(v->type) == VALUE_CLASS_BOOL)
		return json_object_new_boolean(v->b);
	if (!v->is_list && is_json_number(v, format))
		return json_number(v, format);
	render_value_text(e, v, format, false, &b);
	return json_of_text(&b);
}

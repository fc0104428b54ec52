/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields from a record: JSON becomes the typed value that the engine would have
 * extracted.
 */
#include "harness/recorded.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "cleanup.h"
#include "json_node.h"
#include "strbuf.h"

#include "engine/env.h"
#include "engine/event_info.h"
#include "engine/field.h"
#include "engine/op.h"

/* What a number that became a text begins with. */
#define NUMBER '\1'

/* --- Reading
 * --------------------------------------------------------------------- */

struct json_object *recorded_parse(const char *line)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	bool in_string = false;

	for (size_t n; *line; line += n) {
		n = in_string ? strcspn(line, "\"\\")
			      : strspn(line, "0123456789+-.eE");
		/* "true" and "false" begin otherwise, and have no digit */
		if (!in_string && n && (line[0] == '-' || line[0] <= '9')) {
			strbuf_addf(&b, "\"\\u0001%.*s\"", (int)n, line);
			continue;
		}
		if (!in_string || !n)
			n = in_string && line[0] == '\\' && line[1] ? 2 : 1;
		if (line[0] == '"')
			in_string = !in_string;
		strbuf_add(&b, line, n);
	}
	return json_tokener_parse(b.data);
}

uint64_t recorded_number(struct json_object *object, const char *key)
{
	struct json_object *item = json_get(object, key);

	if (!json_text(item) || json_text(item)[0] != NUMBER)
		return 0;
	return strtoull(json_text(item) + 1, NULL, 10);
}

/* --- Values
 * ---------------------------------------------------------------------- */

/* How a number that JSON has as a text is written. */
static int base_of(const struct event *ev, const struct field_ref *ref)
{
	enum value_format format = ref->info->format;
	int i = -1;

	if (strcmp(ref->info->name, "evt.rawarg") == 0)
		i = event_param_index(ev->type, ref->arg.data);
	if (i >= 0)
		format = event_param_info(ev->type, (unsigned)i)->format;
	return format == FORMAT_OCT ? 8 : 16;
}

static void set_number(const struct event *ev, const struct field_ref *ref,
		       const char *text, struct value *ret)
{
	int base = text[0] == NUMBER ? 10 : base_of(ev, ref);

	text += text[0] == NUMBER;
	if (value_class_of(ref->type) == VALUE_CLASS_DOUBLE)
		ret->d = strtod(text, NULL);
	else if (text[0] == '-')
		ret->i = strtoll(text, NULL, base);
	else
		ret->u = strtoull(text, NULL, base);
}

static bool set_ip(struct event *ev, const char *text, struct value *ret)
{
	struct ip_address *ip = arena_zalloc(ev->arena, sizeof(*ip));

	ip->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	ret->ip = ip;
	return inet_pton(ip->family, text, ip->bytes) == 1;
}

static void set_texts(struct event *ev, const char *text, struct value *ret)
{
	struct span *only = arena_alloc(ev->arena, sizeof(*only));

	*only = span_of(text);
	ret->texts = (struct span_list){ only, 1 };
}

/* False: a value of this type is not to be had from a text. */
static bool set_text(struct event *ev, const struct field_ref *ref,
		     const char *text, struct value *ret)
{
	switch (value_class_of(ref->type)) {
	case VALUE_CLASS_INT:
	case VALUE_CLASS_UINT:
	case VALUE_CLASS_DOUBLE:
		set_number(ev, ref, text, ret);
		return true;
	case VALUE_CLASS_TEXT:
	case VALUE_CLASS_BYTES:
		ret->text = span_of(text);
		return true;
	case VALUE_CLASS_TEXTS:
		set_texts(ev, text, ret);
		return true;
	case VALUE_CLASS_IP:
	case VALUE_CLASS_NET:
		return set_ip(ev, text, ret);
	case VALUE_CLASS_BOOL:
	case VALUE_CLASS_NONE:
	case VALUE_CLASS_ADDR:
	case VALUE_CLASS_TUPLE:
	case VALUE_CLASS_POLL:
	case VALUE_CLASS_DYN:
		break;
	}
	return false;
}

static enum outcome set(struct event *ev, const struct field_ref *ref,
			struct json_object *json, struct value *ret)
{
	if (json_object_is_type(json, json_type_boolean))
		ret->b = json_is_true(json);
	else if (!json_text(json) || !set_text(ev, ref, json_text(json), ret))
		return OUTCOME_ABSENT;
	return OUTCOME_VALUE;
}

/* --- Lists
 * ----------------------------------------------------------------------- */

/* The texts as one value with an element for each; none of them: absent. */
static enum outcome set_list(struct event *ev, const struct field_ref *ref,
			     const struct span *texts, size_t n,
			     struct value *ret)
{
	struct value *items = arena_zalloc(ev->arena, (n + 1) * sizeof(*items));
	struct value_list *list = arena_zalloc(ev->arena, sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		const char *text =
			arena_strndup(ev->arena, texts[i].data, texts[i].n);

		items[list->n].type = ref->type;
		items[list->n].outcome = OUTCOME_VALUE;
		list->n += set_text(ev, ref, text, &items[list->n]);
	}
	list->items = items;
	ret->is_list = true;
	ret->list = list;
	return list->n ? OUTCOME_VALUE : OUTCOME_ABSENT;
}

static enum outcome set_array(struct event *ev, const struct field_ref *ref,
			      struct json_object *array, struct value *ret)
{
	size_t n = json_count(array);
	struct span *texts = arena_alloc(ev->arena, (n + 1) * sizeof(*texts));

	for (size_t i = 0; i < n; i++)
		texts[i] = span_of(json_text(json_at(array, i)));
	return set_list(ev, ref, texts, n, ret);
}

/* --- What JSON does not say
 * ------------------------------------------------------ */

/* False: no source has the key; *ret may be NULL, a null. */
static bool has(const struct recorded *r, const char *key,
		struct json_object **ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(r->sources); i++)
		if (json_object_object_get_ex(r->sources[i], key, ret))
			return true;
	return false;
}

static struct json_object *find(const struct recorded *r, const char *key)
{
	struct json_object *json = NULL;

	has(r, key, &json);
	return json;
}

static const char *find_text(const struct recorded *r, const char *key)
{
	return json_text(find(r, key));
}

/* Filter-only fields, by those that say the same. */
static const struct ends {
	const char *name, *from[2];
} ends[] = {
	{ "fd.ip", { "fd.cip", "fd.sip" } },
	{ "fd.port", { "fd.cport", "fd.sport" } },
	{ "fd.net", { "fd.cip", "fd.sip" } },
	{ "fd.cnet", { "fd.cip", "fd.cip" } },
	{ "fd.snet", { "fd.sip", "fd.sip" } },
	{ "fd.lnet", { "fd.lip", "fd.lip" } },
	{ "fd.rnet", { "fd.rip", "fd.rip" } },
};

static enum outcome set_ends(struct recorded *r, const struct field_ref *ref,
			     const struct ends *e, struct value *ret)
{
	struct span texts[2];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(e->from); i++) {
		const char *text = find_text(r, e->from[i]);

		if (text)
			texts[n++] = span_of(text);
	}
	return set_list(&r->fake.ev, ref, texts, n, ret);
}

/* What follows "name=" in "a=1 b=2"; NULL: it is not there. */
static const char *assigned(const char *text, struct span name)
{
	for (; text; text = strchr(text, ' ')) {
		text += *text == ' ';
		if (strncmp(text, name.data, name.n) == 0 &&
		    text[name.n] == '=')
			return text + name.n + 1;
	}
	return NULL;
}

/* The variable in what proc.env says; Falco finds an empty one where none is.
 */
static enum outcome set_variable(struct recorded *r,
				 const struct field_ref *ref, struct value *ret)
{
	const char *all = find_text(r, "proc.env");
	const char *hit, *end;

	ret->text = SPAN("");
	if (!all)
		return OUTCOME_ABSENT;
	hit = assigned(all, ref->arg);
	if (!hit)
		return OUTCOME_VALUE;
	end = strchrnul(hit, ' ');
	ret->text = span_make(hit, (size_t)(end - hit));
	return OUTCOME_VALUE;
}

static enum outcome set_on_host(const struct field_ref *ref, struct value *ret)
{
	static const char *const hosts[] = { "container.id", "container.name" };
	static const char *const empty[] = { "container.image.repository",
					     "container.image.tag" };

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		ret->text = SPAN("host");
		if (strcmp(ref->info->name, hosts[i]) == 0)
			return OUTCOME_VALUE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(empty); i++) {
		ret->text = SPAN("");
		if (strcmp(ref->info->name, empty[i]) == 0)
			return OUTCOME_VALUE;
	}
	return OUTCOME_ABSENT;
}

/* Falco cannot say every evt.rawarg.X in JSON. */
static enum outcome set_result(struct recorded *r, const struct field_ref *ref,
			       struct value *ret)
{
	return set(&r->fake.ev, ref, find(r, "evt.rawres"), ret);
}

/* The parameter in what evt.args says: "name=value" or "name=number(value)". */
static enum outcome set_param(struct recorded *r, const struct field_ref *ref,
			      struct value *ret)
{
	const char *hit = find_text(r, "evt.args");
	const char *end;

	hit = assigned(hit, ref->arg);
	if (!hit)
		return OUTCOME_ABSENT;
	end = hit + strcspn(hit, " (");
	if (*end == '(') {
		hit = end + 1;
		end = hit + strcspn(hit, ")");
	}
	ret->text = span_make(hit, (size_t)(end - hit));
	return OUTCOME_VALUE;
}

static enum outcome derive(struct recorded *r, const struct field_ref *ref,
			   struct value *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (strcmp(ref->info->name, ends[i].name) == 0)
			return set_ends(r, ref, &ends[i], ret);
	if (strcmp(ref->info->name, "proc.env") == 0 && ref->has_arg)
		return set_variable(r, ref, ret);
	if (strcmp(ref->text.data, "evt.rawarg.res") == 0)
		return set_result(r, ref, ret);
	if (strcmp(ref->info->name, "evt.arg") == 0)
		return set_param(r, ref, ret);
	return set_on_host(ref, ret);
}

/* proc.aname and its kin without an index: no blank is in a name. */
static bool is_of_ancestors(const struct field_ref *ref)
{
	return !ref->has_arg && (strcmp(ref->info->name, "proc.aname") == 0 ||
				 strcmp(ref->info->name, "proc.aexe") == 0 ||
				 strcmp(ref->info->name, "proc.aexepath") == 0);
}

static enum outcome set_ancestors(struct event *ev, const struct field_ref *ref,
				  const char *text, struct value *ret)
{
	struct span *texts =
		arena_alloc(ev->arena, (strlen(text) + 1) * sizeof(*texts));
	size_t n = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		texts[n++] = span_make(text, len);
		text += len + strspn(text + len, " ");
	}
	return set_list(ev, ref, texts, n, ret);
}

/* --- The door
 * -------------------------------------------------------------------- */

/* Latin-1 back to bytes; NULL: the field has no raw text, or is no text. */
static const char *raw_text(const struct recorded *r,
			    const struct field_ref *ref)
{
	struct json_object *json = json_get(r->texts, ref->text.data);
	char *bytes;
	size_t n = 0;

	if (!json_text(json) || value_class_of(ref->type) != VALUE_CLASS_TEXT)
		return NULL;
	bytes = arena_strdup(r->fake.ev.arena, json_text(json));
	for (const char *p = bytes; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c >= 0xc0)
			c = (unsigned char)(c << 6 | (*++p & 0x3f));
		bytes[n++] = (char)c;
	}
	bytes[n] = '\0';
	return bytes;
}

static enum outcome answer(struct recorded *r, const struct field_ref *ref,
			   struct value *ret)
{
	const char *raw = raw_text(r, ref);
	struct event *ev = &r->fake.ev;
	struct json_object *json;

	if (!has(r, ref->text.data, &json))
		return derive(r, ref, ret);
	if (raw && json_text(json)) {
		ret->text = span_of(raw);
		return OUTCOME_VALUE;
	}
	if (json_object_is_type(json, json_type_array))
		return set_array(ev, ref, json, ret);
	if (json_text(json) && is_of_ancestors(ref))
		return set_ancestors(ev, ref, json_text(json), ret);
	return set(ev, ref, json, ret);
}

const struct value *__wrap_field_value(struct eval *e,
				       const struct field_ref *ref);
const struct value *__real_field_value(struct eval *e,
				       const struct field_ref *ref);

/* The event's own time, however it is written: JSON has the number alone. */
static bool is_time(const struct field_ref *ref)
{
	return strncmp(ref->info->name, "evt.time", 8) == 0 ||
	       strncmp(ref->info->name, "evt.datetime", 12) == 0 ||
	       strcmp(ref->info->name, "evt.outputtime") == 0;
}

const struct value *__wrap_field_value(struct eval *e,
				       const struct field_ref *ref)
{
	struct value *v = ref->slot < e->nfields
				  ? &e->fields[ref->slot]
				  : arena_zalloc(e->ev->arena, sizeof(*v));

	if (v->outcome != OUTCOME_PENDING)
		return v;
	if (is_time(ref))
		return __real_field_value(e, ref);
	v->type = ref->type;
	v->outcome = answer((struct recorded *)e->ev, ref, v);
	eval_answered(e, ref->slot);
	return v;
}

bool recorded_init(struct recorded *r, const char *type, uint64_t time_ns)
{
	*r = (struct recorded){ 0 };
	if (!fake_event_init(&r->fake, span_of(type)))
		return false;
	r->fake.ev.time_ns = time_ns;
	return true;
}

void recorded_done(struct recorded *r)
{
	fake_event_done(&r->fake);
}

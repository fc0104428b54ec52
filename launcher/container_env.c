/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables, labels and names of images: see container_facts.h.
 */
#include "container_facts.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "arena.h"
#include "array.h"
#include "container.h"

#define LABELS_MAX 256

enum env_kind {
	ENV_TYPE,
	ENV_TEXT,
	ENV_LABEL,
	ENV_MARK,
};

static const struct env_row {
	enum env_kind kind;
	const char *variable;
	const char *key;   /* of a label; the type */
	const char *value; /* of a mark */
	size_t member;     /* of a text */
} rows[] = {
#define TYPE(variable, type) { ENV_TYPE, variable, type, NULL, 0 },
#define TEXT(variable, member) \
	{ ENV_TEXT, variable, NULL, NULL, \
	  offsetof(struct container_info, member) },
#define LABEL(variable, key) { ENV_LABEL, variable, key, NULL, 0 },
#define MARK(variable, key, value) { ENV_MARK, variable, key, value, 0 },
#include "container_env.def"
};

static void push(struct arena *arena, const struct key_value **labels,
		 size_t *n, struct key_value added)
{
	struct key_value *grown;

	for (size_t i = 0; i < *n; i++) {
		if (!strcmp((*labels)[i].key, added.key))
			return;
	}
	if (*n >= LABELS_MAX)
		return;
	grown = arena_alloc(arena, (*n + 1) * sizeof(*grown));
	if (*n)
		memcpy(grown, *labels, *n * sizeof(*grown));
	grown[(*n)++] = added;
	*labels = grown;
}

void container_add_label(struct arena *arena, struct container_info *info,
			 const char *key, const char *value)
{
	push(arena, &info->labels, &info->nlabels,
	     (struct key_value){ arena_strdup(arena, key),
				 arena_strdup(arena, value) });
}

static const char *find(char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; env && *env; env++) {
		if (!strncmp(*env, name, n) && (*env)[n] == '=')
			return *env + n + 1;
	}
	return NULL;
}

static void set_text(struct arena *arena, struct container_info *info,
		     size_t member, const char *value)
{
	const char **at = (const char **)(void *)((char *)info + member);

	if (!*at)
		*at = arena_strdup(arena, value);
}

const char *container_from_env(struct arena *arena, char *const *env,
			       struct container_info *info)
{
	const char *type = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct env_row *row = &rows[i];
		const char *value = find(env, row->variable);

		if (!value || !*value)
			continue;
		if (row->kind == ENV_TYPE && !type)
			type = row->key;
		if (row->kind == ENV_TEXT)
			set_text(arena, info, row->member, value);
		if (row->kind == ENV_LABEL)
			container_add_label(arena, info, row->key, value);
		if (row->kind == ENV_MARK)
			container_add_label(arena, info, row->key, row->value);
	}
	return type;
}

/* What Go's %q gives for label values, which are plain characters (RFC 1123). */
static char *unquote(struct arena *arena, struct span text)
{
	char *value = arena_alloc(arena, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.data[i] == '\\' && i + 1 < text.n)
			i++;
		value[n++] = text.data[i];
	}
	value[n] = '\0';
	return value;
}

static void take_label(struct arena *arena, struct span line,
		       struct container_info *info)
{
	const char *equal = memchr(line.data, '=', line.n);
	struct span value;

	if (!equal || equal == line.data)
		return;
	value = span_from(line, (size_t)(equal - line.data) + 1);
	if (value.n < 2 || value.data[0] != '"' ||
	    value.data[value.n - 1] != '"')
		return;
	push(arena, &info->pod_labels, &info->npod_labels,
	     (struct key_value){
		     arena_strndup(arena, line.data,
				   (size_t)(equal - line.data)),
		     unquote(arena, span_make(value.data + 1, value.n - 2)),
	     });
}

void container_from_labels(struct arena *arena, struct span text,
			   struct container_info *info)
{
	size_t at = 0;

	while (at < text.n) {
		const char *end = memchr(text.data + at, '\n', text.n - at);
		size_t n = end ? (size_t)(end - text.data) - at : text.n - at;

		take_label(arena, span_make(text.data + at, n), info);
		at += n + 1;
	}
}

/* registry:port/path:tag@digest; a colon before the last slash is of a port. */
void container_split_image(struct arena *arena, struct container_info *info)
{
	const char *image = info->image, *at, *slash, *colon;
	size_t n;

	if (!image)
		return;
	at = strchr(image, '@');
	n = at ? (size_t)(at - image) : strlen(image);
	slash = memrchr(image, '/', n);
	colon = memrchr(image, ':', n);
	if (colon && slash && colon < slash)
		colon = NULL;
	if (!info->image_digest && at)
		info->image_digest = arena_strdup(arena, at + 1);
	if (!info->image_tag && colon)
		info->image_tag = arena_strndup(
			arena, colon + 1, (size_t)(image + n - colon - 1));
	if (!info->image_tag && !at)
		info->image_tag = "latest";
	if (!info->image_repository)
		info->image_repository = arena_strndup(
			arena, image, colon ? (size_t)(colon - image) : n);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outputs of rules, put together from the rule and the configuration's
 * append_output.
 */
#include "rules_output.h"

#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "env.h"
#include "field.h"
#include "format.h"
#include "load_result.h"
#include "rule.h"

#define CONTAINER_INFO "%container.info"
#define WARNING_CONTAINER_INFO \
	"%container.info is deprecated and no more useful, and will be " \
	"dropped by Falco 1.0.0. The container plugin will automatically add " \
	"required fields to the output message."

/* What -p used to mean; these add nothing today. */
static const char *const print_presets[] = { "c", "container", "k",
					     "kubernetes" };

static bool tags_match(const struct rule *rule, const struct span_list *tags)
{
	for (size_t i = 0; i < tags->n; i++) {
		bool found = false;

		for (size_t k = 0; !found && k < rule->info.ntags; k++)
			found = span_eq(tags->items[i], rule->info.tags[k]);
		if (!found)
			return false;
	}
	return true;
}

static bool append_matches(const struct rule *rule,
			   const struct append_output *a)
{
	return (!a->source.n || span_is(a->source, rule->info.source)) &&
	       (!a->rule.n || span_eq(a->rule, rule->def->name)) &&
	       tags_match(rule, &a->tags);
}

static void suggested_field_add(const char *name, const char *key,
				struct strbuf *out)
{
	strbuf_addch(out, ' ');
	for (const char *p = name; *p; p++)
		strbuf_addch(out, *p == '.' ? '_' : *p);
	for (const char *p = key; *p; p++)
		strbuf_addch(out, *p == '.' ? '_' : *p);
	strbuf_addf(out, "=%%%s%s", name, key);
}

/* The fields that their class suggests for every output. */
static void suggested_add(const struct engine_env *env, struct strbuf *out)
{
	size_t n;
	const struct field_info *rows = field_rows(&n);

	for (size_t i = 0; i < n; i++)
		if (rows[i].flags & FIELD_FORMAT_SUGGESTED &&
		    field_class_exists(env, rows[i].field_class))
			suggested_field_add(rows[i].name, "", out);
	for (size_t i = 0; i < env->options.nstatic; i++)
		suggested_field_add("static.",
				    env->options.static_names[i].data, out);
}

static void print_option_add(const struct engine_env *env, struct strbuf *out)
{
	const char *format = env->options.extra_format;

	for (size_t i = 0; format && i < ARRAY_SIZE(print_presets); i++)
		if (strcmp(format, print_presets[i]) == 0)
			format = NULL;
	if (format)
		strbuf_addf(out, " %s", format);
}

/* Takes out every %container.info; says whether there was one. */
static bool container_info_drop(struct span text, struct strbuf *out)
{
	const size_t n = sizeof(CONTAINER_INFO) - 1;
	bool found = false;

	for (;;) {
		const char *hit =
			text.n ? memmem(text.data, text.n, CONTAINER_INFO, n) :
				 NULL;

		if (!hit)
			break;
		strbuf_add(out, text.data, (size_t)(hit - text.data));
		text = span_from(text, (size_t)(hit - text.data) + n);
		found = true;
	}
	strbuf_addspan(out, text);
	return found;
}

static void extra_fields_build(struct rule *rule, const struct engine_env *env,
			       struct arena *arena)
{
	const struct engine_options *o = &env->options;
	size_t total = 0;
	struct span *names, *texts;

	for (size_t i = 0; i < o->nappend_outputs; i++)
		total += o->append_outputs[i].nextra_fields;
	names = arena_zalloc(arena, total * sizeof(*names));
	texts = arena_zalloc(arena, total * sizeof(*texts));
	for (size_t i = 0; i < o->nappend_outputs; i++) {
		const struct append_output *a = &o->append_outputs[i];

		for (size_t k = 0; append_matches(rule, a) &&
				   k < a->nextra_fields;
		     k++) {
			struct span format = a->extra_field_formats[k];
			bool is_plain = !a->extra_field_names[k].data;

			names[rule->nextra] = a->extra_field_names[k];
			texts[rule->nextra].data =
				arena_printf(arena, &texts[rule->nextra].n,
					     "%s%.*s", is_plain ? "%" : "",
					     SPAN_FMT(format));
			rule->nextra++;
		}
	}
	rule->extra_names = names;
	rule->extra_texts = texts;
}

void output_build(struct rule *rule, const struct engine_env *env,
		  struct arena *arena, struct load_result *r)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	const struct engine_options *o = &env->options;

	if (container_info_drop(text_span(&rule->def->v.output), &text))
		load_add(r, LOAD_DEPRECATED_ITEM, rule->def->ctx, "%s",
			 WARNING_CONTAINER_INFO);
	for (size_t i = 0; i < o->nappend_outputs; i++) {
		const struct append_output *a = &o->append_outputs[i];

		if (!append_matches(rule, a))
			continue;
		if (a->suggested_output)
			suggested_add(env, &text);
		if (a->extra_output.n)
			strbuf_addf(&text, " %.*s", SPAN_FMT(a->extra_output));
	}
	print_option_add(env, &text);
	rule->output_text = span_make(arena_strndup(arena, text.data, text.n),
				      text.n);
	extra_fields_build(rule, env, arena);
}

/* Every load checks all rules so far, and engine_ready() wants them once more. Texts
 * live as long as the loads that made them, and these all stay. */
static int compile_once(struct engine_env *env, struct span text,
			struct format **ret, struct error *err)
{
	int r;

	*ret = env->formats ? symtab_get(env->formats, text) : NULL;
	if (*ret)
		return 0;
	r = format_compile(env, text, ret, err);
	if (r == 0 && env->formats)
		symtab_set(env->formats, text, *ret);
	return r;
}

int output_compile(struct rule *rule, struct engine_env *env, bool keep,
		   struct error *err)
{
	struct format **formats =
		arena_zalloc(env->arena, (rule->nextra + 1) * sizeof(*formats));
	int r = compile_once(env, rule->output_text, &formats[0], err);

	for (size_t i = 0; r == 0 && i < rule->nextra; i++)
		r = compile_once(env, rule->extra_texts[i], &formats[i + 1],
				 err);
	if (r == 0 && keep) {
		rule->output = formats[0];
		rule->extra_formats = formats + 1;
	}
	return r;
}

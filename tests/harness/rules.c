/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules from texts.
 */
#include "harness/rules.h"

#include <stdio.h>
#include <string.h>

void rules_init_options(struct rules *r, const struct engine_options *options)
{
	*r = (struct rules){ .engine = engine_new(options),
			     .findings = STRBUF_INIT };
}

void rules_init(struct rules *r)
{
	struct engine_options options;

	engine_options_default(&options);
	options.container_plugin = true;
	rules_init_options(r, &options);
}

void rules_done(struct rules *r)
{
	load_result_free(r->result);
	engine_free(r->engine);
	strbuf_done(&r->findings);
}

int rules_load(struct rules *r, const char *text)
{
	char name[32];

	snprintf(name, sizeof(name), "r%u.yaml", ++r->nfiles);
	load_result_free(r->result);
	r->result = NULL;
	return engine_load(r->engine, name, span_of(text), &r->result);
}

/* The code's name is what stands between the last line's start and its blank. */
static void add_findings(struct strbuf *out, const struct load_message *m,
			 size_t n)
{
	static const char *const names[] = {
#define LOAD_ERROR(code, text) [code] = #code,
#define LOAD_WARNING(code, text, description) [code] = #code,
#include "engine/load_codes.def"
	};

	for (size_t i = 0; i < n; i++)
		strbuf_addf(out, "%s %s\n", names[m[i].code], m[i].message);
}

const char *rules_findings(struct rules *r)
{
	strbuf_reset(&r->findings);
	add_findings(&r->findings, r->result->errors.items,
		     r->result->errors.n);
	add_findings(&r->findings, r->result->warnings.items,
		     r->result->warnings.n);
	return r->findings.data;
}

const char *rules_place(struct rules *r)
{
	const struct load_message *m = r->result->errors.n ?
					       r->result->errors.items :
					       r->result->warnings.items;
	const char *end = m->places + strlen(m->places) - 1;
	const char *start = end;

	while (start > m->places && start[-1] != '\n')
		start--;
	while (*start == ' ')
		start++;
	strbuf_reset(&r->findings);
	strbuf_add(&r->findings, start, (size_t)(end - start));
	return r->findings.data;
}

const char *rules_described(struct rules *r, const char *rule)
{
	strbuf_reset(&r->findings);
	if (engine_describe(r->engine, rule, true, &r->findings, NULL) < 0)
		return "";
	return r->findings.data;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of the calls that are intercepted for some rules files, with commas
 * between: for others to be restricted to the same ones.
 *
 *	calls RULES.yaml...
 */
#include <stdio.h>
#include <stdlib.h>

#include "strbuf.h"

#include "engine/engine.h"
#include "tests/harness/rules.h"
#include "tracer/tracer.h"

static void print_name(void *ctx, const char *name, bool always,
		       enum frequency frequency)
{
	const char **comma = ctx;

	(void)always;
	(void)frequency;
	printf("%s%s", *comma, name);
	*comma = ",";
}

static int load(struct engine *e, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	struct load_result *result = NULL;
	FILE *f = fopen(path, "re");
	char block[65536];
	size_t n;
	int r;

	if (!f) {
		perror(path);
		return -1;
	}
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		strbuf_add(&text, block, n);
	fclose(f);
	r = engine_load(e, path, strbuf_span(&text), &result);
	load_result_free(result);
	strbuf_done(&text);
	return r;
}

int main(int argc, char **argv)
{
	struct rules rules;
	const char *comma = "";

	rules_init(&rules);
	for (int i = 1; i < argc; i++)
		if (load(rules.engine, argv[i]) < 0)
			return 1;
	engine_ready(rules.engine);
	tracer_foresee_calls(engine_interest(rules.engine), print_name, &comma);
	printf("\n");
	rules_done(&rules);
	return 0;
}

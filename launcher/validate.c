/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -V: see validate.h. Everything is read before the first file is judged, so that a
 * file that is missing gives no half of an answer.
 */
#include "validate.h"

#include <errno.h>

#include "engine/engine.h"

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "describe.h"
#include "setup.h"

#define RULES_MAX (32u << 20)

/* A run over the files. */
struct validation {
	struct setup *s;
	bool failed;
	struct strbuf results;  /* as text */
	struct strbuf json;
	struct strbuf warnings; /* ... and of those with warnings */
};

static void validation_done(struct validation *v)
{
	strbuf_done(&v->results);
	strbuf_done(&v->json);
	strbuf_done(&v->warnings);
}

static int read_rules(const char *path, char **ret, size_t *ret_n,
		      struct error *err)
{
	int got = path_read(path, RULES_MAX, ret, ret_n);

	if (got == -ENOENT || got == -ENOTDIR || got == -EACCES)
		return error_set(err, got, "Could not open file %s for reading",
				 path);
	if (got < 0)
		return error_set(err, -EIO,
				 "Runtime error: basic_filebuf::underflow "
				 "error reading the file: %s. Exiting.",
				 strerror(-got));

	return 0;
}

/* Missing files are found before anything is said. */
static int check_readable(const struct setup *s, struct error *err)
{
	int ret = 0;

	for (size_t i = 0; i < s->options->given[OPT_VALIDATE].n && !ret; i++) {
		CLEANUP(freep) char *text = NULL;
		size_t n;

		ret = read_rules(s->options->given[OPT_VALIDATE].items[i],
				 &text, &n, err);
	}
	return ret;
}

static void load_result_freep(struct load_result **r)
{
	load_result_free(*r);
}

/* In the text form a file with nothing but warnings keeps them for the log. */
static void add_result(struct validation *v, const struct load_result *result)
{
	CLEANUP(strbuf_done) struct strbuf full = STRBUF_INIT;
	bool warned = load_result_ok(result) &&
		      load_result_has_warnings(result);

	v->failed |= !load_result_ok(result);
	load_result_text(result, true, &full);
	if (warned)
		strbuf_addf(&v->warnings, "%s\n", full.data);
	strbuf_adds(&v->results, v->results.n ? "\n" : "");
	if (warned)
		load_result_text(result, false, &v->results);
	else
		strbuf_addspan(&v->results, strbuf_span(&full));
	strbuf_adds(&v->json, v->json.n ? "," : "");
	load_result_json(result, &v->json);
}

static int load_one(struct validation *v, const char *path, struct error *err)
{
	CLEANUP(load_result_freep) struct load_result *result = NULL;
	CLEANUP(freep) char *text = NULL;
	size_t n;
	int ret = read_rules(path, &text, &n, err);

	if (ret < 0)
		return ret;
	engine_load(v->s->engine, path, span_make(text, n), &result);
	if (load_result_fatal(result))
		return error_set(err, -EIO, "Runtime error: %s. Exiting.",
				 load_result_fatal(result));
	add_result(v, result);
	return 0;
}

static int load_all(struct validation *v, struct error *err)
{
	const struct options *o = v->s->options;
	int ret = check_readable(v->s, err);

	if (ret < 0)
		return ret;
	log_say(&v->s->log, LOG_LEVEL_INFO, "Validating rules file(s):");
	for (size_t i = 0; i < o->given[OPT_VALIDATE].n; i++)
		log_say(&v->s->log, LOG_LEVEL_INFO, "   %s",
			o->given[OPT_VALIDATE].items[i]);
	for (size_t i = 0; i < o->given[OPT_VALIDATE].n && ret == 0; i++)
		ret = load_one(v, o->given[OPT_VALIDATE].items[i], err);
	/* Without its plugins a file gives no result at all. */
	if (ret == 0 && engine_check_plugins(v->s->engine, err) < 0)
		ret = -EINVAL;

	return ret;
}

static int add_description(struct validation *v, struct strbuf *out,
			   struct error *err)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	const struct options *o = v->s->options;
	int ret;

	if (v->failed || (!options_has(o, OPT_DESCRIBE_ALL) &&
			  !options_has(o, OPT_DESCRIBE)))
		return 0;
	v->s->validating = true;
	engine_ready(v->s->engine);
	ret = describe_rules(v->s, &text, err);
	if (ret < 0)
		return ret;
	while (v->s->config.json_output && text.n &&
	       text.data[text.n - 1] == '\n')
		strbuf_cut(&text, text.n - 1);
	strbuf_adds(out, v->s->config.json_output ?
				 "\"falco_describe_results\":" :
				 "\n");
	strbuf_addspan(out, strbuf_span(&text));
	return 0;
}

/* The keys of the JSON object in their order. */
static void add_json(struct strbuf *out, const struct validation *v,
		     const struct strbuf *description)
{
	strbuf_addf(out, "{%s%s\"falco_load_results\":[%s]}\n",
		    description->data, description->n ? "," : "",
		    v->json.data);
}

static void add_text(struct strbuf *out, const struct validation *v,
		     const struct strbuf *description)
{
	strbuf_addspan(out, strbuf_span(&v->results));
	strbuf_addch(out, '\n');
	strbuf_addspan(out, strbuf_span(description));
}

int validate_files(struct setup *s, struct strbuf *out, struct error *err)
{
	CLEANUP(validation_done) struct validation v = {
		s, false, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT,
	};
	CLEANUP(strbuf_done) struct strbuf description = STRBUF_INIT;
	int ret = load_all(&v, err);

	if (ret == 0)
		ret = add_description(&v, &description, err);
	if (ret < 0)
		return ret;
	if (v.warnings.n)
		log_say(&s->log, LOG_LEVEL_WARNING, "%s", v.warnings.data);
	if (s->config.json_output)
		add_json(out, &v, &description);
	else
		add_text(out, &v, &description);

	/* Falco's one error is all that it said of the files. */
	if (v.failed)
		strbuf_addspan(&s->report, strbuf_span(&v.results));

	return v.failed ? -EINVAL : 0;
}

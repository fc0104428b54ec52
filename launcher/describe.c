/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listings: see describe.h.
 */
#include "describe.h"

#include <errno.h>
#include <strings.h>

#include "engine/engine.h"

#include "error.h"
#include "strbuf.h"

#include "setup.h"

static const struct {
	const char *name;
	enum list_format format;
} format_words[] = {
	{ "text", LIST_TEXT },
	{ "markdown", LIST_MARKDOWN },
	{ "json", LIST_JSON },
};

/* To standard error, log or no log. */
static void say(const struct setup *s, const char *text)
{
	write_all(s->error_fd, text, strlen(text));
}

static int read_format(const struct setup *s, enum list_format *ret,
		       struct error *err)
{
	const char *name = options_last(s->options, OPT_FORMAT);
	bool markdown = options_has(s->options, OPT_MARKDOWN);

	if (markdown && name)
		return error_set(err, -EINVAL,
				 "Cannot specify both --markdown and --format "
				 "options together");
	*ret = markdown ? LIST_MARKDOWN : LIST_TEXT;
	if (markdown)
		say(s, "WARNING: --markdown is deprecated, use --format "
		       "markdown instead.\n");
	if (!name)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(format_words); i++)
		if (!strcasecmp(name, format_words[i].name)) {
			*ret = format_words[i].format;
			return 0;
		}

	return error_set(err, -EINVAL,
			 "Invalid format '%s'. Valid values are: text, "
			 "markdown, json",
			 name);
}

int describe_fields(struct setup *s, struct strbuf *out, struct error *err)
{
	const char *source = options_last(s->options, OPT_LIST);
	enum list_format format;
	int ret = read_format(s, &format, err);

	if (ret < 0)
		return ret;
	ret = engine_list_fields(s->engine, *source ? source : NULL,
				 options_has(s->options, OPT_NAMES_ONLY),
				 options_has(s->options, OPT_VERBOSE), format,
				 out);
	if (ret < 0)
		return error_set(err, ret,
				 "Value for --list must be a valid source "
				 "type");

	return 0;
}

int describe_events(struct setup *s, struct strbuf *out, struct error *err)
{
	enum list_format format;
	int ret = read_format(s, &format, err);

	if (ret < 0)
		return ret;

	engine_list_events(format, out);
	return 0;
}

/* -EIO tells modes.c that the text is whole as it is. */
static int runtime_error(struct error *err, const char *text)
{
	return error_set(err, -EIO, "Runtime error: %s. Exiting.", text);
}

static int not_loaded(struct error *err, const char *rule)
{
	return error_set(err, -EIO,
			 "Runtime error: Rule \"%s\" is not loaded. Exiting.",
			 rule);
}

int describe_rules(struct setup *s, struct strbuf *out, struct error *err)
{
	const char *rule = options_last(s->options, OPT_DESCRIBE);
	struct error why = { "" };
	int ret;

	if (options_has(s->options, OPT_DESCRIBE_ALL) || (rule && !*rule))
		rule = NULL;
	if (!s->rules.paths.n && !s->builtin_rules && !s->validating)
		return runtime_error(err, "rules must be loaded before describing "
					  "them");
	ret = engine_describe(s->engine, rule, s->config.json_output, out,
			      &why);
	if (ret == -ENOENT)
		return not_loaded(err, rule);
	if (ret < 0)
		return runtime_error(err, why.text);

	return 0;
}

/* --- Plugins ---------------------------------------------------------------- */

/* The one that is built in; the version is what rules files ask for. */
static void add_container_plugin(struct strbuf *out)
{
	strbuf_adds(out, "Name: container\n"
			 "Description: Container and Kubernetes fields, built "
			 "into falco-run\n"
			 "Contact: falco-run\n"
			 "Version: 0.7.1\n"
			 "Capabilities: \n"
			 "  - Field Extraction\n"
			 "  - Event Parsing\n"
			 "\n");
}

int describe_plugins(struct setup *s, struct strbuf *out, struct error *err)
{
	bool container = s->config.container_plugin;

	(void)err;
	strbuf_addf(out, "%d Plugins Loaded:\n\n", container);
	if (container)
		add_container_plugin(out);
	strbuf_addch(out, '\n');
	return 0;
}

int describe_plugin(struct setup *s, struct strbuf *out, struct error *err)
{
	const char *name = options_last(s->options, OPT_PLUGIN_INFO);

	if (!s->config.container_plugin || strcmp(name, "container"))
		return error_set(err, -ENOENT,
				 "can't find plugin and print its info: %s",
				 name);

	add_container_plugin(out);
	return 0;
}

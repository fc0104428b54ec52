/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --version and --support: see support.h.
 */
#include "support.h"

#include <errno.h>
#include <sys/utsname.h>

#include "cleanup.h"
#include "error.h"
#include "json_node.h"
#include "strbuf.h"

#include "builtin.h"
#include "pack/pack.h"
#include "setup.h"
#include "tree.h"

/* The Falco that we are compatible with. */
#define FALCO_VERSION "0.45.0"
#define OUR_VERSION FALCO_VERSION "+falco-run." FALCO_RUN_VERSION
#define ENGINE_VERSION "0.63.0"
#define ENGINE_MINOR "63"
#define PLUGIN_API_VERSION "3.12.0"
#define DRIVER_API_VERSION "10.0.0"
#define SCHEMA_VERSION "4.3.0"
#define RULES_MAX (32u << 20)

/* Rows of the version in JSON, keys sorted, and the lines of the text. */
static const struct {
	const char *key, *value;
} version_rows[] = {
	{ "default_driver_version", "none" },
	{ "driver_api_version", DRIVER_API_VERSION },
	{ "driver_schema_version", SCHEMA_VERSION },
	{ "engine_version", ENGINE_MINOR },
	{ "engine_version_semver", ENGINE_VERSION },
	{ "falco_version", OUR_VERSION },
	{ "libs_version", OUR_VERSION },
	{ "plugin_api_version", PLUGIN_API_VERSION },
};

static struct json_object *version_json(void)
{
	struct json_object *json = json_object_new_object();

	for (size_t i = 0; i < ARRAY_SIZE(version_rows); i++)
		json_add_text(json, version_rows[i].key, version_rows[i].value);

	return json;
}

/* Owns the object. */
static void add_json(struct strbuf *out, struct json_object *json)
{
	engine_json_print(json, out);
	strbuf_addch(out, '\n');
	json_object_put(json);
}

const char *support_version_text(void)
{
	return OUR_VERSION;
}

void support_version_json(struct strbuf *out)
{
	add_json(out, version_json());
	strbuf_cut(out, out->n - 1);
}

int support_version(struct setup *s, struct strbuf *out, struct error *err)
{
	(void)err;
	if (s->config.json_output) {
		add_json(out, version_json());
		return 0;
	}
	strbuf_adds(out, "Falco version: " OUR_VERSION "\n"
			 "Libs version:  " OUR_VERSION "\n"
			 "Plugin API:    " PLUGIN_API_VERSION "\n"
			 "Engine:        " ENGINE_VERSION "\n"
			 "Driver:\n"
			 "  API version:    " DRIVER_API_VERSION "\n"
			 "  Schema version: " SCHEMA_VERSION "\n"
			 "  Default driver: none\n");
	if (static_lacks)
		strbuf_addf(out, "Static:        without %s\n", static_lacks());
	return 0;
}

static void add_command_line(struct json_object *json, char *const *argv)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;

	for (size_t i = 0; argv[i]; i++)
		strbuf_addf(&line, "%s%s", i ? " " : "", argv[i]);
	json_add_text(json, "cmdline", line.data);
}

static void add_config(struct json_object *json, struct tree *root)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	tree_print(root, &text);
	json_add_text(json, "config", text.data);
}

static void add_system(struct json_object *json)
{
	struct json_object *info = json_add_object(json, "system_info");
	struct utsname system;

	if (uname(&system) < 0)
		return;
	json_add_text(info, "machine", system.machine);
	json_add_text(info, "nodename", system.nodename);
	json_add_text(info, "release", system.release);
	json_add_text(info, "sysname", system.sysname);
	json_add_text(info, "version", system.version);
}

static void add_file(struct json_object *files, const char *path)
{
	CLEANUP(freep) char *text = NULL;
	struct json_object *file = json_object_new_object();
	struct json_object *variants, *variant;
	size_t n;

	path_read(path, RULES_MAX, &text, &n);
	json_add_text(file, "name", path);
	variants = json_add_array(file, "variants");
	variant = json_object_new_object();
	json_add_text(variant, "content", text ? text : "");
	json_append(variants, variant);
	json_append(files, file);
}

int support_bundle(struct setup *s, struct strbuf *out, struct error *err)
{
	struct json_object *json = json_object_new_object();
	struct json_object *files;

	(void)err;
	add_command_line(json, s->argv);
	add_config(json, s->config.root);
	json_add(json, "engine_info", version_json());
	files = json_add_array(json, "rules_files");
	for (size_t i = 0; i < s->rules.paths.n; i++)
		add_file(files, s->rules.paths.items[i]);
	add_system(json);
	json_add_text(json, "version", OUR_VERSION);
	add_json(out, json);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --version and --support: see support.h.
 */
#include "support.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <sys/utsname.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "builtin.h"
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

static cJSON *version_json(void)
{
	cJSON *json = cJSON_CreateObject();

	for (size_t i = 0; i < ARRAY_SIZE(version_rows); i++)
		cJSON_AddStringToObject(json, version_rows[i].key,
					version_rows[i].value);

	return json;
}

static void add_json(struct strbuf *out, cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);

	strbuf_addf(out, "%s\n", text);
	cJSON_free(text);
	cJSON_Delete(json);
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
	return 0;
}

static void add_command_line(cJSON *json, char *const *argv)
{
	CLEANUP(strbuf_done) struct strbuf line = STRBUF_INIT;

	for (size_t i = 0; argv[i]; i++)
		strbuf_addf(&line, "%s%s", i ? " " : "", argv[i]);
	cJSON_AddStringToObject(json, "cmdline", line.data);
}

static void add_config(cJSON *json, struct tree *root)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	tree_print(root, &text);
	cJSON_AddStringToObject(json, "config", text.data);
}

static void add_system(cJSON *json)
{
	cJSON *info = cJSON_AddObjectToObject(json, "system_info");
	struct utsname system;

	if (uname(&system) < 0)
		return;
	cJSON_AddStringToObject(info, "machine", system.machine);
	cJSON_AddStringToObject(info, "nodename", system.nodename);
	cJSON_AddStringToObject(info, "release", system.release);
	cJSON_AddStringToObject(info, "sysname", system.sysname);
	cJSON_AddStringToObject(info, "version", system.version);
}

static void add_file(cJSON *files, const char *path)
{
	CLEANUP(freep) char *text = NULL;
	cJSON *file = cJSON_CreateObject();
	cJSON *variants, *variant;
	size_t n;

	path_read(path, RULES_MAX, &text, &n);
	cJSON_AddStringToObject(file, "name", path);
	variants = cJSON_AddArrayToObject(file, "variants");
	variant = cJSON_CreateObject();
	cJSON_AddStringToObject(variant, "content", text ? text : "");
	cJSON_AddItemToArray(variants, variant);
	cJSON_AddItemToArray(files, file);
}

int support_bundle(struct setup *s, struct strbuf *out, struct error *err)
{
	cJSON *json = cJSON_CreateObject();
	cJSON *files;

	(void)err;
	add_command_line(json, s->argv);
	add_config(json, s->config.root);
	cJSON_AddItemToObject(json, "engine_info", version_json());
	files = cJSON_AddArrayToObject(json, "rules_files");
	for (size_t i = 0; i < s->rules.paths.n; i++)
		add_file(files, s->rules.paths.items[i]);
	add_system(json);
	cJSON_AddStringToObject(json, "version", OUR_VERSION);
	add_json(out, json);
	return 0;
}

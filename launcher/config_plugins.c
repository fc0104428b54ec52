/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules files and plugins that a configuration names. The container plugin
 * is built in, whatever its entry calls its library; others are found out about
 * here and refused later.
 */
#include "config_checking.h"

#include <errno.h>

#include "arena.h"
#include "error.h"

#include "config.h"
#include "config_check.h"

/* The old, singular key. */
int check_rules_file(struct checking *k)
{
	struct config *c = k->c;
	const struct tree *old = tree_child(c->root, SPAN("rules_file"));

	if (!old)
		return 0;
	checking_notice(
		k, "Using deprecated config key 'rules_file' (singular form). "
		   "Please use new 'rules_files' config key (plural form).");
	if (tree_child(c->root, SPAN("rules_files")))
		return checking_bad(
			k, "both 'rules_files' and 'rules_file' keys set");

	c->rules_files = config_texts(&c->arena, old);
	return 0;
}

#define CONTAINER_PLUGIN "container"

/* Where Falco keeps the plugins that are not named by an absolute path. */
#define PLUGIN_FOLDER "/usr/share/falco/plugins/"

/* Does a relative path lead out of the folder that it starts in? By its text.
 */
static bool leads_out(const char *path)
{
	int depth = 0;

	while (*path && depth >= 0) {
		size_t n = strcspn(path, "/");
		struct span part = span_make(path, n);

		if (span_is(part, ".."))
			depth--;
		else if (n && !span_is(part, "."))
			depth++;
		path += n + (path[n] == '/');
	}
	return depth < 0;
}

static int check_library(struct checking *k, const char *path)
{
	if (path[0] == '/' || !leads_out(path))
		return 0;

	return error_set(
		k->err, -EINVAL,
		"Error reading config file(%s): could not load plugins "
		"config: plugin library_path '%s' resolves outside the "
		"plugins directory (" PLUGIN_FOLDER ")",
		k->path ? k->path : "no file", path);
}

/* Every entry of plugins has a name and a library. */
static int check_plugin_entries(struct checking *k, const struct tree *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct tree *entry = list->items[i];
		const char *path =
			checking_text(tree_child(entry, SPAN("library_path")));

		if (!path || !checking_text(tree_child(entry, SPAN("name"))))
			return error_set(k->err, -EINVAL,
					 "Error reading config file(%s): could "
					 "not load plugins config: %sa plugin "
					 "needs name and library_path",
					 k->path ? k->path : "no file",
					 tree_place(entry).text);
		if (check_library(k, path) < 0)
			return -EINVAL;
	}
	return 0;
}

/* The container plugin is built in; that no other can be loaded so far is said
 * when plugins are loaded. */
static void want_plugin(struct checking *k, const struct tree *entry)
{
	const char *path =
		checking_text(tree_child(entry, SPAN("library_path")));
	const char *name = checking_text(tree_child(entry, SPAN("name")));

	if (!strcmp(name, CONTAINER_PLUGIN)) {
		k->c->container_plugin = true;
		return;
	}
	k->c->other_plugin = name;
	k->c->other_library = path[0] == '/'
				      ? path
				      : arena_printf(&k->c->arena, NULL, "%s%s",
						     PLUGIN_FOLDER, path);
}

static const struct tree *find_plugin(const struct tree *list, struct span name)
{
	for (size_t i = 0; i < list->n; i++)
		if (span_is(name, checking_text(tree_child(list->items[i],
							   SPAN("name")))))
			return list->items[i];

	return NULL;
}

/* load_plugins says which and in what order; without it all are loaded, and the
 * one that is built in anyway. */
int check_plugins(struct checking *k)
{
	struct config *c = k->c;
	struct tree list = checking_list(c, SPAN("plugins"));
	bool all = !tree_child(c->root, SPAN("load_plugins"));
	int ret = check_plugin_entries(k, &list);

	c->container_plugin = all;
	for (size_t i = 0; all && i < list.n && ret == 0; i++)
		want_plugin(k, list.items[i]);
	for (size_t i = 0; i < c->load_plugins.n && ret == 0; i++) {
		struct span name = c->load_plugins.items[i];
		const struct tree *entry = find_plugin(&list, name);

		if (!entry)
			return error_set(k->err, -EINVAL,
					 "Cannot load plugin '%.*s': plugin "
					 "config not found for given name",
					 SPAN_FMT(name));
		want_plugin(k, entry);
	}
	return ret;
}

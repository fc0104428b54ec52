/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration's texts: files, includes, -o; then each row of config_keys.def
 * into its member. What the members mean together is config_check.c's.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "config_check.h"
#include "config_schema.h"
#include "config_shape.h"
#include "config_typo.h"
#include "config_values.h"
#include "paths.h"
#include "tree.h"

#define FILE_MAX (8u << 20)

/* --- Files ----------------------------------------------------------------- */

static const char *lookup_environment(const char *name)
{
	return getenv(name);
}

static int read_file(struct config *c, const char *path, struct tree **ret,
		     struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t n;
	int got = path_read(path, FILE_MAX, &text, &n);

	if (got < 0)
		return error_set(err, got, "%s", strerror(-got));
	got = tree_parse(&c->arena, span_make(text, n), ret, err);
	if (got < 0)
		return got;

	tree_expand(&c->arena, *ret, lookup_environment);
	return 0;
}

/* Remembers a file and what the schema says of it. */
static void note_file(struct config *c, const char *path,
		      const struct tree *root, size_t at)
{
	CLEANUP(strbuf_done) struct strbuf verdict = STRBUF_INIT;
	struct config_file file = {
		.path = arena_strdup(&c->arena, path),
		.valid = config_schema_check(root, &verdict),
	};

	file.verdict = arena_strdup(&c->arena, verdict.data);
	array_push(&c->files);
	memmove(&c->files.items[at + 1], &c->files.items[at],
		(c->files.n - 1 - at) * sizeof(file));
	c->files.items[at] = file;
}

static int read_main(struct config *c, const char *path, struct error *err)
{
	struct tree *root;
	int ret = read_file(c, path, &root, err);

	if (ret == -ENOENT)
		return error_set(err, ret,
				 "Could not find configuration file at %s",
				 path);
	if (ret < 0) {
		error_wrap(err, "Cannot read config file (%s)", path);
		return ret;
	}
	if (root->kind == TREE_MAP || root->kind == TREE_SCALAR)
		c->root = root;
	note_file(c, path, root, 0);
	return 0;
}

/* --- Includes -------------------------------------------------------------- */

/* What an entry of config_files asks for. */
struct include {
	const char *path;
	enum tree_strategy strategy;
};

static enum tree_strategy strategy_named(const struct tree *node)
{
	if (!node || node->kind != TREE_SCALAR)
		return TREE_APPEND;
	if (!strcmp(node->text, "override"))
		return TREE_OVERRIDE;

	return strcmp(node->text, "add-only") ? TREE_APPEND : TREE_ADD_ONLY;
}

static int read_include(const struct tree *node, struct include *ret,
			struct error *err)
{
	const struct tree *path = node;

	if (node->kind == TREE_MAP)
		path = tree_child(node, SPAN("path"));
	if (!path || path->kind != TREE_SCALAR)
		return error_set(err, -EINVAL,
				 "%san entry of config_files needs a path",
				 tree_place(node).text);
	ret->path = path->text;
	ret->strategy = strategy_named(tree_child(node, SPAN("strategy")));
	return 0;
}

static bool was_read(const struct config *c, const char *path)
{
	for (size_t i = 0; i < c->files.n; i++)
		if (!strcmp(c->files.items[i].path, path))
			return true;

	return false;
}

/* Merges one included file. The main file's note stays the last. */
static int include_file(struct config *c, const char *path,
			enum tree_strategy strategy, struct error *err)
{
	struct tree *root;
	size_t at = c->files.n ? c->files.n - 1 : 0;
	int ret = read_file(c, path, &root, err);

	if (ret < 0)
		return ret;
	if (tree_child(root, SPAN("config_files")))
		return error_set(err, -EINVAL,
				 "Config error: 'config_files' directive in "
				 "included config file %s.",
				 path);
	if (!was_read(c, path))
		note_file(c, path, root, at);
	return tree_merge(&c->arena, c->root, root, strategy, err);
}

static int is_regular(const struct dirent *entry)
{
	return entry->d_name[0] != '.' ||
	       (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."));
}

/* The names in a directory, for CLEANUP. */
struct names {
	struct dirent **items;
	int n;
};

static void names_done(struct names *names)
{
	for (int i = 0; i < names->n; i++)
		free(names->items[i]);
	free(names->items);
}

static int include_directory(struct config *c, const struct include *include,
			     struct error *err)
{
	CLEANUP(names_done) struct names names = { NULL, 0 };
	int ret = 0;

	names.n = scandir(include->path, &names.items, is_regular, alphasort);
	for (int i = 0; i < names.n && ret == 0; i++) {
		CLEANUP(strbuf_done) struct strbuf path = STRBUF_INIT;
		struct stat st;

		strbuf_addf(&path, "%s/%s", include->path,
			    names.items[i]->d_name);
		if (stat(path.data, &st) == 0 && S_ISREG(st.st_mode))
			ret = include_file(c, path.data, include->strategy,
					   err);
	}
	return ret;
}

static int include_entry(struct config *c, const struct tree *node,
			 const char *main_path, struct error *err)
{
	struct include include = { NULL, TREE_APPEND };
	struct stat st;
	int ret = read_include(node, &include, err);

	if (ret < 0)
		return ret;
	if (main_path && !strcmp(include.path, main_path))
		return error_set(err, -EINVAL,
				 "Config error: 'config_files' directive tried "
				 "to recursively include main config file: %s.",
				 main_path);
	if (stat(include.path, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return include_directory(c, &include, err);

	return include_file(c, include.path, include.strategy, err);
}

static int read_includes(struct config *c, const char *main_path,
			 struct error *err)
{
	struct tree *list;
	int ret = tree_get(c->root, "config_files", &list, err);

	if (ret < 0)
		return ret;
	if (!list || list->kind == TREE_NULL)
		return 0;
	if (list->kind == TREE_SCALAR)
		return include_entry(c, list, main_path, err);
	for (size_t i = 0; list->kind == TREE_LIST && i < list->n && !ret; i++)
		ret = include_entry(c, list->items[i], main_path, err);

	return ret;
}

/* --- The command line ------------------------------------------------------ */

static bool is_include_key(const char *set)
{
	return strncmp(set, "config_files", strlen("config_files")) == 0;
}

/* "{...}" is YAML, everything else is one scalar. */
static int read_value(struct config *c, const char *text, struct tree **ret,
		      struct error *err)
{
	size_t n = strlen(text);

	if (n >= 2 && text[0] == '{' && text[n - 1] == '}')
		return tree_parse(&c->arena, span_make(text, n), ret, err);

	*ret = tree_new(&c->arena, TREE_SCALAR, text);
	return 0;
}

static int apply_set(struct config *c, const char *set, struct error *err)
{
	CLEANUP(freep) char *key = NULL;
	const char *equals = strchr(set, '=');
	struct tree *value;
	int ret;

	if (!equals)
		return error_set(err, -EINVAL,
				 "Error parsing config option \"%s\". Must be "
				 "of the form key=val or key.subkey=val",
				 set);
	key = xstrndup(set, (size_t)(equals - set));
	ret = read_value(c, equals + 1, &value, err);
	if (ret < 0)
		return ret;

	return tree_set(&c->arena, c->root, key, value, err);
}

/* The first that is wrong becomes the error. */
static void on_unknown_set(void *ctx, const char *key, const char *near)
{
	struct error *err = ctx;

	if (err->text[0])
		return;
	if (near)
		error_set(err, -EINVAL, "-o %s: no such key; did you mean %s?",
			  key, near);
	else
		error_set(err, -EINVAL,
			  "-o %s: no such key; falco-run --config-schema "
			  "shows them, with =falco-run our own",
			  key);
}

static void on_wrong_set(void *ctx, const char *key, const char *complaint,
			 bool is_beyond)
{
	struct error *err = ctx;

	(void)is_beyond;
	if (!err->text[0])
		error_set(err, -EINVAL, "-o %s: %s", key, complaint);
}

static int check_set_tree(const struct schema *schema, const struct tree *root,
			  struct error *err)
{
	struct error wrong = { "" };

	config_typos(schema, root, on_unknown_set, &wrong);
	config_wrong_values(schema, root, on_wrong_set, &wrong);
	return wrong.text[0] ? error_set(err, -EINVAL, "%s", wrong.text) : 0;
}

/* What one -o says, alone in an empty tree; what is wrong with it besides its names
 * and values, apply_set() says. */
static int check_set(struct config *c, const struct schema *schema,
		     const char *set, struct error *err)
{
	CLEANUP(strbuf_done) struct strbuf path = STRBUF_INIT;
	CLEANUP(freep) char *key = NULL;
	struct tree *root = tree_new(&c->arena, TREE_MAP, NULL);
	struct tree *value;
	struct error other;
	const char *equals = strchr(set, '=');

	if (!equals || read_value(c, equals + 1, &value, &other) < 0)
		return 0;
	key = xstrndup(set, (size_t)(equals - set));
	config_typo_path(key, &path);
	if (tree_set(&c->arena, root, path.data, value, &other) < 0)
		return 0;
	return check_set_tree(schema, root, err);
}

/* What run mode checks by. NULL: nothing; most runs have no value, and the program
 * waits. */
static const struct schema *shape_of(struct config *c,
				     const struct config_request *request)
{
	return request->run_mode && (request->path || request->nsets) ?
		       config_shape(&c->arena, "", true) :
		       NULL;
}

static int check_sets(struct config *c, const struct config_request *request,
		      const struct schema *schema, struct error *err)
{
	int ret = 0;

	for (size_t i = 0; schema && i < request->nsets && ret == 0; i++)
		ret = check_set(c, schema, request->sets[i], err);

	return ret;
}

/* The includes' own keys first, for they say what is read; then all in order, those
 * again, as Falco does. */
static int apply_sets(struct config *c, const struct config_request *request,
		      bool includes, struct error *err)
{
	for (size_t i = 0; i < request->nsets; i++) {
		int ret = 0;

		if (!includes || is_include_key(request->sets[i]))
			ret = apply_set(c, request->sets[i], err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* --- Members --------------------------------------------------------------- */

/* One reader for each type of config_keys.def; `to` is the member. What cannot be
 * converted leaves the default, as in Falco. */
static void read_BOOL(struct arena *arena, const struct tree *node, bool *to)
{
	(void)arena;
	tree_bool(node, to);
}

static void read_INTEGER(struct arena *arena, const struct tree *node,
			 int64_t *to)
{
	(void)arena;
	tree_integer(node, to);
}

static void read_NUMBER(struct arena *arena, const struct tree *node,
			double *to)
{
	(void)arena;
	tree_number(node, to);
}

static void read_TEXT(struct arena *arena, const struct tree *node,
		      const char **to)
{
	(void)arena;
	if (node->kind == TREE_SCALAR)
		*to = node->text;
	else if (node->kind == TREE_NULL)
		*to = "null";
}

static void read_TEXTS(struct arena *arena, const struct tree *node,
		       struct span_list *to)
{
	*to = config_texts(arena, node);
}

static int read_members(struct config *c, struct error *err)
{
	struct tree *node;
	int ret;

#define KEY(path, type, member) \
	ret = tree_get(c->root, path, &node, err); \
	if (ret < 0) \
		return ret; \
	if (node) \
		read_##type(&c->arena, node, &c->member);
#define CHECKED(path, type, member) KEY(path, type, member)
#define LISTED(path, type)
#define ACCEPTED(path, type)
#include "config_keys.def"

	return 0;
}

/* --- Keys and values of files ----------------------------------------------- */

/* Ours are refused; Falco's are said, for a file that Falco reads must do. */
struct file_values {
	struct config *c;
	struct error *err;
	int ret;
};

static void complain(struct file_values *v, const char *key, const char *what,
		     const char *consequence)
{
	size_t n = strlen(CONFIG_OWN);

	if (strncmp(key, CONFIG_OWN, n) == 0 && v->ret == 0)
		v->ret = error_set(v->err, -EINVAL, "%s: %s", key, what);
	else
		*array_push(&v->c->notices) = arena_printf(
			&v->c->arena, NULL, "%s: %s%s", key, what, consequence);
}

static void on_wrong_value(void *ctx, const char *key, const char *complaint,
			   bool is_beyond)
{
	complain(ctx, key, complaint,
		 is_beyond ? "" : "; the default is taken, as by Falco");
}

static void on_unknown_key(void *ctx, const char *key, const char *near)
{
	CLEANUP(strbuf_done) struct strbuf what = STRBUF_INIT;

	strbuf_addf(&what, "no such key%s%s%s", near ? "; did you mean " : "",
		    near ? near : "", near ? "?" : "");
	complain(ctx, key, what.data, near ? "" : "; it has no effect");
}

static int check_values(struct config *c, const struct schema *schema,
			struct error *err)
{
	struct file_values v = { c, err, 0 };

	if (!schema)
		return 0;
	config_typos(schema, c->root, on_unknown_key, &v);
	config_wrong_values(schema, c->root, on_wrong_value, &v);
	return v.ret;
}

void config_without_effect(const struct config *c, struct strbuf *out)
{
	static const char *const paths[] = {
#define KEY(path, type, member)
#define CHECKED(path, type, member) path,
#define LISTED(path, type)
#define ACCEPTED(path, type) path,
#include "config_keys.def"
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct tree *node;
		struct error err;

		if (tree_get(c->root, paths[i], &node, &err) == 0 && node)
			strbuf_addf(out, "%s%s", out->n ? ", " : "", paths[i]);
	}
}

static void set_defaults(struct config *c, bool run_mode)
{
	c->root = tree_new(&c->arena, TREE_MAP, NULL);
	c->json_include_output = true;
	c->json_include_output_fields = true;
	c->json_include_tags = true;
	c->watch_files = !run_mode;
	c->log_stderr = run_mode;
	c->log_syslog = !run_mode;
	c->stdout_enabled = run_mode;
	c->output_timeout_ms = 2000;
	c->hold_limit_ms = 1000;
	c->http_user_agent = "falcosecurity/falco";
	c->http_ca_path = "/etc/ssl/certs";
	c->http_client_cert = "/etc/ssl/certs/client.crt";
	c->http_client_key = "/etc/ssl/certs/client.key";
	c->http_max_timeouts = 5;
	c->max_timeouts = 1000;
	c->drops_threshold = 0.1;
	c->kmod_buffer = c->ebpf_buffer = 4;
	/* Falco's own default is one that it refuses; its file says 1h. */
	c->metrics_interval = run_mode ? "1h" : "5000";
	c->metrics_file = "";
	c->metrics_rules = c->metrics_resources = c->metrics_state = true;
	c->metrics_events = c->metrics_in_mb = true;
	c->webserver_address = "0.0.0.0";
	c->webserver_port = 8765;
	c->webserver_health = "/healthz";
	c->webserver_certificate = "/etc/falco/falco.pem";
}

int config_load(struct config *c, const struct config_request *request,
		struct error *err)
{
	const struct schema *schema;
	int ret;

	*c = (struct config){ .arena = ARENA_INIT };
	set_defaults(c, request->run_mode);
	schema = shape_of(c, request);
	ret = check_sets(c, request, schema, err);
	if (ret == 0 && request->path)
		ret = read_main(c, request->path, err);
	if (ret == 0)
		ret = apply_sets(c, request, true, err);
	if (ret == 0)
		ret = read_includes(c, request->path, err);
	if (ret == 0)
		ret = apply_sets(c, request, false, err);
	if (ret == 0)
		ret = check_values(c, schema, err);
	if (ret == 0)
		ret = read_members(c, err);
	if (ret == 0)
		ret = config_check(c, request->path, err);

	return ret;
}

void config_done(struct config *c)
{
	array_done(&c->files);
	array_done(&c->notices);
	array_done(&c->choices);
	array_done(&c->appends);
	array_done(&c->static_names);
	array_done(&c->static_values);
	arena_done(&c->arena);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What mountinfo and the bounds of this process tell of the container: see
 * container_facts.h. proc(5) has the fields of a line; all but the numbers are the
 * workload's neighbours' to choose.
 */
#include "container_facts.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "array.h"
#include "container.h"

#define MOUNTS_MAX 512

struct mount {
	const char *device; /* major:minor */
	const char *root, *point, *options, *optional, *type, *source;
};

static const char *const no_propagation = "rprivate";

/* \ooo stands for one byte. */
static void unescape(char *text)
{
	char *out = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' &&
		    text[2] >= '0' && text[2] <= '7' && text[3] >= '0' &&
		    text[3] <= '7') {
			*out++ = (char)((text[1] - '0') << 6 |
					(text[2] - '0') << 3 | (text[3] - '0'));
			text += 3;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

/* Splits a line, which is changed and lent to *ret. */
static bool parse(char *line, struct mount *ret)
{
	char *rest = line, *dash = strstr(line, " - ");
	const char **before[] = { NULL,	       NULL,	     &ret->device,
				  &ret->root,  &ret->point,  &ret->options };
	char *type, *source, *word;

	if (!dash)
		return false;
	*dash = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		word = strsep(&rest, " ");
		if (!word)
			return false;
		unescape(word);
		if (before[i])
			*before[i] = word;
	}
	ret->optional = rest ? rest : "";
	rest = dash + 3;
	type = strsep(&rest, " ");
	source = strsep(&rest, " ");
	ret->type = type;
	ret->source = source ? source : "";
	return type;
}

/* Where the root of a file system is on a host, for those that have a place. */
static const struct {
	const char *type, *place;
} places[] = {
	{ "proc", "/proc" },	 { "sysfs", "/sys" },
	{ "devtmpfs", "/dev" },	 { "cgroup", "/sys/fs/cgroup" },
	{ "tmpfs", "/run" },	 { "cgroup2", "/sys/fs/cgroup" },
	{ "devpts", "/dev/pts" }, { "mqueue", "/dev/mqueue" },
};

static const char *place_of(const struct mount *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (!strcmp(places[i].type, m->type))
			return places[i].place;
	}
	return NULL;
}

static bool is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strncmp(path, directory, n) &&
	       (path[n] == '/' || path[n] == '\0');
}

/* Files that every runtime makes for its containers. */
static const char *const own_files[] = {
	"/etc/hosts",	   "/etc/hostname",
	"/etc/resolv.conf", "/dev/termination-log",
	"/run/.containerenv", "/run/secrets",
	"/var/run/secrets",
};

static bool is_own_file(const struct mount *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(own_files); i++) {
		if (is_below(m->point, own_files[i]))
			return true;
	}
	return false;
}

/* The runtime's: the root, and file systems of the kernel in their own places. */
static bool is_usual(const struct mount *m)
{
	const char *place = place_of(m);

	if (!strcmp(m->point, "/") || is_own_file(m))
		return true;
	if (!strcmp(m->type, "tmpfs"))
		return !strcmp(m->root, "/") || !strcmp(m->root, "/null");
	if (place)
		return is_below(m->point, place) ||
		       !strcmp(m->root, "/null");
	return !strcmp(m->type, "overlay");
}

static char *source_of(struct arena *arena, const struct mount *m,
		       const char *host_device)
{
	const char *place = place_of(m);
	bool whole = !strcmp(m->root, "/");

	if (place)
		return arena_printf(arena, NULL, "%s%s", place,
				    whole ? "" : m->root);
	if (whole && (!host_device || strcmp(host_device, m->device)))
		return arena_strdup(arena, m->source);
	return arena_strdup(arena, m->root);
}

static bool is_writable(const struct mount *m)
{
	return !strncmp(m->options, "rw", 2);
}

static struct container_mount describe(struct arena *arena,
				       const struct mount *m,
				       const char *host_device)
{
	return (struct container_mount){
		.source = source_of(arena, m, host_device),
		.dest = arena_strdup(arena, m->point),
		.mode = is_writable(m) ? "" : "ro",
		.propagation = strstr(m->optional, "shared:") ? "rshared" :
			       strstr(m->optional, "master:") ? "rslave" :
								no_propagation,
		.writable = is_writable(m),
	};
}

/* Calls fn for each mount; `text` is changed. */
static void each(char *text, void (*fn)(void *ctx, const struct mount *m),
		 void *ctx)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		struct mount m;

		if (parse(line, &m))
			fn(ctx, &m);
	}
}

/* The device of the host's root: where a runtime keeps its files. */
struct host_search {
	struct arena *arena;
	const char *device;
};

static void find_host(void *ctx, const struct mount *m)
{
	struct host_search *s = ctx;

	if (!s->device && is_own_file(m) && !place_of(m) &&
	    strncmp(m->root, "/var/lib/", 9) == 0)
		s->device = arena_strdup(s->arena, m->device);
}

struct collection {
	struct arena *arena;
	const char *host_device;
	struct container_mount *mounts;
	size_t n;
};

static void collect(void *ctx, const struct mount *m)
{
	struct collection *c = ctx;

	if (c->n < MOUNTS_MAX && !is_usual(m))
		c->mounts[c->n++] = describe(c->arena, m, c->host_device);
}

void container_from_mounts(struct arena *arena, const char *mountinfo,
			   struct container_info *info)
{
	struct host_search search = { arena, NULL };
	struct collection c = { .arena = arena };

	if (!mountinfo)
		return;
	each(arena_strdup(arena, mountinfo), find_host, &search);
	c.host_device = search.device;
	c.mounts = arena_alloc(arena, MOUNTS_MAX * sizeof(*c.mounts));
	each(arena_strdup(arena, mountinfo), collect, &c);
	info->mounts = c.mounts;
	info->nmounts = c.n;
}

/* --- Bounds ------------------------------------------------------------------ */

/* Something lies over a part of /proc: a mask, or a read-only copy of itself. */
static void find_mask(void *ctx, const struct mount *m)
{
	bool *masked = ctx;

	if (is_below(m->point, "/proc") && strcmp(m->point, "/proc") &&
	    strcmp(m->type, "binfmt_misc") && strcmp(m->type, "autofs"))
		*masked = true;
}

static bool has_everything(const struct container_bounds *b)
{
	uint64_t all;

	if (b->cap_last > 62)
		return false;
	all = (UINT64_C(1) << (b->cap_last + 1)) - 1;
	/* Hosts that load no modules keep it from everybody. */
	all &= ~(UINT64_C(1) << CAP_SYS_MODULE);
	return (b->cap_bounding & all) == all;
}

#define INIT_IPC 0xEFFFFFFFu
#define INIT_PID 0xEFFFFFFCu
#define INIT_NET 0xEFFFFFF9u

void container_from_bounds(const struct container_bounds *bounds,
			   struct container_info *info)
{
	bool masked = false;
	char *text = bounds->mountinfo ? strdup(bounds->mountinfo) : NULL;

	each(text, find_mask, &masked);
	free(text);
	info->privileged = bounds->mountinfo && !masked &&
			   has_everything(bounds);
	info->host_pid = bounds->pid_ns == INIT_PID;
	info->host_ipc = bounds->ipc_ns == INIT_IPC;
	info->host_network = bounds->net_ns == INIT_NET;
}

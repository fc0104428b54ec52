/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container around us: see container_judge.h. An id is 64 hexadecimal digits
 * somewhere in the path of our cgroup or in the source of a mount that a runtime
 * makes for every container (/etc/hostname and kin, the root itself); what stands
 * around it tells the runtime.
 */
#include "container_judge.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "container.h"
#include "span.h"

#include "paths.h"

#define ID_LENGTH 64
#define SHORT_ID_LENGTH 12
#define PROC_MAX (4u << 20)

/* Words near an id, the most telling first. */
static const struct {
	const char *word, *type;
} runtime_words[] = {
	{ "cri-containerd", "containerd" }, { "crio", "cri-o" },
	{ "libpod", "podman" },             { "overlay-containers", "podman" },
	{ "docker", "docker" },             { "containerd", "containerd" },
	{ "kubepods", "cri" },              { "lxc", "lxc" },
	{ "garden", "garden" },
};

/* Mounts whose source names the container. */
static const char *const telling_mounts[] = {
	"/", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/dev/shm",
	"/run/.containerenv", "/dev/termination-log",
};

/* The first run of exactly 64 hexadecimal digits; empty when there is none. */
static struct span find_id(struct span text)
{
	size_t run = 0;

	for (size_t i = 0; i <= text.n; i++) {
		if (i < text.n && isxdigit((unsigned char)text.data[i])) {
			run++;
			continue;
		}
		if (run == ID_LENGTH)
			return span_make(text.data + i - run, run);
		run = 0;
	}
	return span_make("", 0);
}

static const char *find_type(struct span text)
{
	for (size_t i = 0; i < ARRAY_SIZE(runtime_words); i++)
		if (memmem(text.data, text.n, runtime_words[i].word,
			   strlen(runtime_words[i].word)))
			return runtime_words[i].type;

	return NULL;
}

/* The uid behind "pod" or "pods/" in a path, its dashes perhaps underscores. */
static const char *find_pod(struct arena *arena, struct span text)
{
	static const char *const marks[] = { "/pods/", "-pod", "/pod" };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const char *at = memmem(text.data, text.n, marks[i],
					strlen(marks[i]));
		char *uid;
		size_t n;

		if (!at)
			continue;
		at += strlen(marks[i]);
		n = (size_t)(text.data + text.n - at);
		if (n < 36)
			continue;
		uid = arena_strndup(arena, at, 36);
		if (strspn(uid, "0123456789abcdef-_") != 36)
			continue;
		for (char *c = uid; *c; c++)
			*c = *c == '_' ? '-' : *c;
		return uid;
	}
	return NULL;
}

/* Takes from one line what is not known yet. */
static void judge_line(struct arena *arena, struct span line,
		       struct container_info *info)
{
	struct span id = find_id(line);

	if (!info->full_id && id.n) {
		info->full_id = arena_strndup(arena, id.data, id.n);
		info->type = find_type(line);
	}
	if (!info->pod_uid)
		info->pod_uid = find_pod(arena, line);
}

static bool is_telling(struct span mount_point)
{
	for (size_t i = 0; i < ARRAY_SIZE(telling_mounts); i++)
		if (span_is(mount_point, telling_mounts[i]))
			return true;

	return false;
}

/* proc(5): the fields are id, parent, device, root, mount point, ... */
static void judge_mount(struct arena *arena, struct span line,
			struct container_info *info)
{
	const char *at = line.data, *end = line.data + line.n;
	struct span field = { at, 0 };

	for (int i = 0; i < 5 && at < end; i++) {
		const char *space = memchr(at, ' ', (size_t)(end - at));

		field = span_make(at, (size_t)((space ? space : end) - at));
		at = space ? space + 1 : end;
	}
	if (is_telling(field))
		judge_line(arena, line, info);
}

/* Calls judge for each line of a text. */
static void each_line(struct arena *arena, const char *text,
		      struct container_info *info,
		      void (*judge)(struct arena *, struct span,
				    struct container_info *))
{
	while (text && *text) {
		size_t n = strcspn(text, "\n");

		judge(arena, span_make(text, n), info);
		text += n + (text[n] == '\n');
	}
}

static const char *type_of(const struct container_clues *clues,
			   const struct container_info *info)
{
	if (info->type)
		return info->type;
	if (clues->variable && *clues->variable)
		return clues->variable;
	if (clues->has_docker_file)
		return "docker";
	if (clues->has_podman_file)
		return "podman";

	return clues->has_kubernetes ? "cri" : NULL;
}

/* What podman writes there: key="value" lines. */
static void judge_containerenv(struct arena *arena, const char *text,
			       struct container_info *info)
{
	struct container_info lines = { .full_id = NULL };
	const struct {
		const char *key, **member;
	} rows[] = {
		{ "id", &info->full_id },
		{ "name", &info->name },
		{ "image", &info->image },
		{ "imageid", &info->image_id },
	};

	container_from_labels(arena, span_of(text), &lines);
	for (size_t i = 0; i < lines.npod_labels; i++) {
		const struct key_value *line = &lines.pod_labels[i];

		for (size_t j = 0; j < ARRAY_SIZE(rows); j++)
			if (!strcmp(rows[j].key, line->key) &&
			    !*rows[j].member && *line->value)
				*rows[j].member = line->value;
	}
}

static void judge_file(struct arena *arena, const char *text,
		       const char **member)
{
	size_t n = text ? strcspn(text, "\n") : 0;

	if (!*member && n)
		*member = arena_strndup(arena, text, n);
}

static void judge_pod(struct arena *arena, const struct container_clues *clues,
		      struct container_info *info)
{
	judge_file(arena, clues->pod_name, &info->pod_name);
	judge_file(arena, clues->pod_namespace, &info->pod_namespace);
	judge_file(arena, clues->pod_uid, &info->pod_uid);
	container_from_labels(arena, span_of(clues->pod_labels), info);
	if (!info->pod_name && (info->pod_uid || clues->has_kubernetes))
		judge_file(arena, clues->hostname, &info->pod_name);
}

/* On a host only labels count: other words may be about anything. */
static bool judge_host(struct container_info *info)
{
	*info = (struct container_info){
		.labels = info->labels,
		.nlabels = info->nlabels,
	};
	return info->nlabels;
}

static void judge_inside(struct arena *arena,
			 const struct container_clues *clues,
			 struct container_info *info)
{
	judge_pod(arena, clues, info);
	if (!info->full_id)
		judge_file(arena, clues->hostname, &info->full_id);
	if (info->full_id)
		info->id = arena_strndup(
			arena, info->full_id,
			strnlen(info->full_id, SHORT_ID_LENGTH));
	info->known = info->full_id || info->pod_uid;
	container_split_image(arena, info);
	container_from_mounts(arena, clues->mountinfo, info);
	container_from_bounds(&clues->bounds, info);
}

bool container_judge(struct arena *arena, const struct container_clues *clues,
		     struct container_info *ret)
{
	struct container_info info = { .full_id = NULL };
	const char *type = container_from_env(arena, clues->env, &info);
	const char *claimed = info.full_id;

	info.full_id = NULL;
	each_line(arena, clues->cgroup, &info, judge_line);
	each_line(arena, clues->mountinfo, &info, judge_mount);
	judge_containerenv(arena, clues->containerenv, &info);
	if (claimed)
		info.full_id = claimed;
	info.type = type_of(clues, &info);
	if (!info.type)
		info.type = type;
	if (!info.full_id && !info.type) {
		if (!judge_host(&info))
			return false;
	} else {
		judge_inside(arena, clues, &info);
	}
	if (info.type)
		info.type = arena_strdup(arena, info.type);

	*ret = info;
	return true;
}

/* --- Collecting -------------------------------------------------------------- */

#define SERVICE_ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount/"

/* Files whose text is a clue; the first that is there counts. */
static const struct {
	const char *path;
	size_t clue;
} files[] = {
#define FILE_CLUE(path, name) { path, offsetof(struct container_clues, name) }
	FILE_CLUE("/proc/self/cgroup", cgroup),
	FILE_CLUE("/proc/self/mountinfo", mountinfo),
	FILE_CLUE("/run/.containerenv", containerenv),
	FILE_CLUE("/etc/podinfo/labels", pod_labels),
	FILE_CLUE("/etc/podinfo/name", pod_name),
	FILE_CLUE("/etc/podinfo/namespace", pod_namespace),
	FILE_CLUE(SERVICE_ACCOUNT "namespace", pod_namespace),
	FILE_CLUE("/etc/podinfo/uid", pod_uid),
#undef FILE_CLUE
};

static void read_files(struct arena *arena, struct container_clues *clues)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char **at =
			(const char **)(void *)((char *)clues + files[i].clue);
		CLEANUP(freep) char *text = NULL;
		size_t n;

		if (!*at && path_read(files[i].path, PROC_MAX, &text, &n) == 0)
			*at = arena_strndup(arena, text, n);
	}
}

static uint64_t namespace_of(const char *name)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

static void read_bounds(const char *mountinfo, struct container_bounds *ret)
{
	CLEANUP(freep) char *status = NULL;
	CLEANUP(freep) char *last = NULL;
	const char *bounding = NULL;
	size_t n;

	if (path_read("/proc/self/status", PROC_MAX, &status, &n) == 0)
		bounding = strstr(status, "\nCapBnd:");
	if (path_read("/proc/sys/kernel/cap_last_cap", 64, &last, &n) < 0)
		bounding = NULL;
	*ret = (struct container_bounds){
		.mountinfo = mountinfo,
		.cap_bounding = bounding ? strtoull(bounding + 8, NULL, 16) : 0,
		.cap_last = last ? (unsigned)strtoul(last, NULL, 10) : 63,
		.pid_ns = namespace_of("pid"),
		.net_ns = namespace_of("net"),
		.ipc_ns = namespace_of("ipc"),
	};
}

bool container_detect(struct arena *arena, struct container_info *ret)
{
	char hostname[256] = "";
	struct container_clues clues = {
		.variable = getenv("container"),
		.hostname = hostname,
		.env = environ,
		.has_docker_file = access("/.dockerenv", F_OK) == 0,
		.has_podman_file = access("/run/.containerenv", F_OK) == 0,
		.has_kubernetes = getenv("KUBERNETES_SERVICE_HOST") != NULL,
	};

	gethostname(hostname, sizeof(hostname) - 1);
	read_files(arena, &clues);
	read_bounds(clues.mountinfo, &clues.bounds);
	return container_judge(arena, &clues, ret);
}

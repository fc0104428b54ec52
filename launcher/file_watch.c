/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watching files: see file_watch.h. What happens to other names in a directory is of
 * no interest, except for new rules files, and for Kubernetes' "..data".
 */
#include "file_watch.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "alloc.h"
#include "cleanup.h"

#define FILE_MASK (IN_CLOSE_WRITE | IN_MOVE_SELF | IN_DELETE_SELF)
#define FOLDER_MASK \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MASK_ADD)

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool has_name(const struct file_watch *watch, const char *name)
{
	for (size_t i = 0; i < watch->names.paths.n; i++)
		if (!strcmp(watch->names.paths.items[i], name))
			return true;

	return false;
}

static void add_folder(const struct file_watch *watch, const char *path)
{
	size_t n = (size_t)(last_part(path) - path);
	CLEANUP(freep) char *folder = n ? xstrndup(path, n) : xstrdup(".");

	inotify_add_watch(watch->fd, folder, FOLDER_MASK | IN_ONLYDIR);
}

int file_watch_add(struct file_watch *watch, const char *path)
{
	if (watch->fd < 0)
		watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->fd < 0)
		return -errno;
	if (!has_name(watch, last_part(path)))
		path_list_add(&watch->names, last_part(path));
	add_folder(watch, path);
	if (inotify_add_watch(watch->fd, path, FOLDER_MASK | IN_ONLYDIR) < 0)
		inotify_add_watch(watch->fd, path, FILE_MASK | IN_MASK_ADD);

	return 0;
}

static bool is_rules_file(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

static bool concerns(const struct file_watch *watch,
		     const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW)
		return true;
	if (!event->len)
		return event->mask & FILE_MASK;

	return !strncmp(event->name, "..", 2) || is_rules_file(event->name) ||
	       has_name(watch, event->name);
}

bool file_watch_take(struct file_watch *watch)
{
	_Alignas(struct inotify_event) char buffer[4096];
	bool found = false;
	ssize_t n;

	while ((n = read(watch->fd, buffer, sizeof(buffer))) > 0) {
		const char *at = buffer;

		while (at < buffer + n) {
			const struct inotify_event *event =
				(const void *)at;

			found |= concerns(watch, event);
			at += sizeof(*event) + event->len;
		}
	}
	return found;
}

void file_watch_done(struct file_watch *watch)
{
	if (watch->fd >= 0)
		close(watch->fd);
	watch->fd = -1;
	path_list_done(&watch->names);
}

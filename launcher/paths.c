/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding files: see paths.h. What is found may change before it is used; nothing
 * here is a security decision.
 */
#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "span.h"
#include "strbuf.h"

/* What execvp(3) takes for an unset PATH: confstr(_CS_PATH). */
#define DEFAULT_SEARCH "/bin:/usr/bin"
#define READ_CHUNK 8192

void path_list_done(struct path_list *list)
{
	for (size_t i = 0; i < list->paths.n; i++)
		free(list->paths.items[i]);
	array_done(&list->paths);
}

void path_list_add(struct path_list *list, const char *path)
{
	*array_push(&list->paths) = xstrdup(path);
}

/* 0 when the path is a file that may be executed. */
static int check_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS))
		return -EACCES;

	return 0;
}

static int search_path(const char *name, const char *search, char **ret_path)
{
	int result = -ENOENT;

	for (const char *dir = search;; dir++) {
		CLEANUP(strbuf_done) struct strbuf path = STRBUF_INIT;
		size_t n = strcspn(dir, ":");
		int ret;

		strbuf_add(&path, n ? dir : ".", n ? n : 1);
		strbuf_addf(&path, "/%s", name);
		ret = check_executable(path.data);
		if (ret == 0) {
			*ret_path = strbuf_take(&path);
			return 0;
		}
		if (ret == -EACCES)
			result = -EACCES;
		dir += n;
		if (!*dir)
			break;
	}
	return result;
}

int path_find_executable(const char *name, const char *search, char **ret_path)
{
	int ret;

	if (!*name)
		return -ENOENT;
	if (!strchr(name, '/'))
		return search_path(name, search ? search : DEFAULT_SEARCH,
				   ret_path);
	ret = check_executable(name);
	if (ret < 0)
		return ret;

	*ret_path = xstrdup(name);
	return 0;
}

static bool is_rules_name(const char *name)
{
	struct span s = span_of(name);

	return span_ends_with(s, SPAN(".yaml")) ||
	       span_ends_with(s, SPAN(".yml"));
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int expand_directory(struct path_list *list, const char *path)
{
	CLEANUP(closedirp) DIR *dir = opendir(path);
	size_t first = list->paths.n;
	struct dirent *entry;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		CLEANUP(strbuf_done) struct strbuf full = STRBUF_INIT;
		struct stat st;

		if (!is_rules_name(entry->d_name))
			continue;
		strbuf_addf(&full, "%s%s%s", path,
			    span_ends_with(span_of(path), SPAN("/")) ? "" : "/",
			    entry->d_name);
		if (stat(full.data, &st) == 0 && S_ISREG(st.st_mode))
			path_list_add(list, full.data);
	}
	if (list->paths.n > first)
		qsort(list->paths.items + first, list->paths.n - first,
		      sizeof(char *), compare_paths);
	return 0;
}

int path_expand_rules(struct path_list *list, const char *path, size_t *ret_n)
{
	size_t before = list->paths.n;
	struct stat st;
	int ret = 0;

	if (stat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		ret = expand_directory(list, path);
	else if (is_rules_name(path))
		path_list_add(list, path);
	if (ret < 0)
		return ret;

	*ret_n = list->paths.n - before;
	return 0;
}

int path_read(const char *path, size_t max, char **ret, size_t *ret_n)
{
	CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

	if (fd < 0)
		return -errno;
	for (;;) {
		ssize_t got;

		strbuf_grow(&text, READ_CHUNK);
		got = read(fd, text.data + text.n, READ_CHUNK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		text.n += (size_t)got;
		text.data[text.n] = '\0';
		if (text.n > max)
			return -EFBIG;
	}
	*ret_n = text.n;
	*ret = strbuf_take(&text);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door of the bundle: a small static program that starts lib/falco-run beside it
 * with the bundle's own loader, in any root file system. Nothing of that is passed on
 * or shown: environment, arguments, descriptors, /proc/self/exe and the names in ps are
 * as if the program had been started alone.
 *
 * The program names /proc/self/fd/97 as its loader, which is opened here and closed by
 * the exec; its libraries it finds beside itself ($ORIGIN). Where that is impossible
 * (97 is taken, /proc is not there) the loader is run as a program, which is the same
 * but for the arguments in ps: also therefore it is called falco-run.
 *
 * lib/files names all that the bundle has, made with it. What lacks is said before
 * anything is started: the loader would take the image's library of that name.
 *
 * The image's LD_PRELOAD and kin are for the program that is watched, not for us: its
 * libraries are another system's. They are hidden from the loader by their first letter,
 * which launcher/main.c gives back.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "alloc.h"
#include "array.h"

#include "pack.h"

#define LOADER_FD      97 /* bundle.mk has it too */
#define STATUS_FAILURE 125
#define OWN_NAME       "/proc/self/exe"
#define LIST_MAX       16384

extern char **environ;

/* The folder that this program is in, with the slash; without /proc, by the name that
 * it was called by. False: too long. */
static bool own_folder(char path[PATH_MAX])
{
	ssize_t n = readlink(OWN_NAME, path, PATH_MAX);
	const char *called = (const char *)getauxval(AT_EXECFN);

	if (n < 0)
		n = realpath(called, path) ?
			    (ssize_t)strlen(path) :
			    snprintf(path, PATH_MAX, "%s", called);
	if (n >= PATH_MAX)
		return false;
	while (n && path[n - 1] != '/')
		n--;
	path[n] = '\0';
	return true;
}

static bool name_file(const char *folder, const char *name, char *path,
		      size_t size)
{
	return (size_t)snprintf(path, size, "%s%s", folder, name) < size;
}

/* 0 or negative errno; text ends with a zero. */
static int read_list(const char *path, char text[LIST_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, LIST_MAX);
	int err = n < 0 ? -errno : n == LIST_MAX ? -EFBIG : 0;

	if (fd >= 0)
		close(fd);
	if (!err)
		text[n] = '\0';
	return err;
}

/* 0, or negative errno of what `path` then names. */
static int check_whole(const char *folder, char path[PATH_MAX])
{
	char text[LIST_MAX], *rest = text, *name;
	int err;

	if (!name_file(folder, "lib/files", path, PATH_MAX))
		return -ENAMETOOLONG;
	err = read_list(path, text);
	while (!err && (name = strsep(&rest, "\n")) && *name) {
		if (!name_file(folder, name, path, PATH_MAX))
			err = -ENAMETOOLONG;
		else if (access(path, R_OK) < 0)
			err = -errno;
	}
	return err;
}

static int fail(const char *path, int err)
{
	const char *why = "is the bundle whole?";

	if (err == EACCES)
		why = "who runs the bundle must be able to read all of it";
	else if (access(OWN_NAME, F_OK) < 0)
		why = "is the bundle whole? It was looked for by the name "
		      "that it was called by: /proc is not mounted";
	dprintf(STDERR_FILENO, "falco-run: %s: %s: %s\n", path, strerror(err),
		why);
	return STATUS_FAILURE;
}

static void hide_from_loader(void)
{
	for (char **variable = environ; *variable; variable++)
		if (strncmp(*variable, "LD_", 3) == 0)
			**variable = HIDDEN_LETTER;
}

/* Where the program looks for it. */
static bool open_loader(const char *path)
{
	int fd;

	if (fcntl(LOADER_FD, F_GETFD) >= 0)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && dup3(fd, LOADER_FD, O_CLOEXEC) == LOADER_FD;
}

/* Returns where it fails. */
static void run_by_loader(char *loader, char *program, int argc, char **argv)
{
	char argv0[] = "--argv0", *command[] = { loader, argv0, argv[0],
						 program };
	size_t n = ARRAY_SIZE(command);
	char **all = xcalloc(n + (size_t)argc + 1, sizeof(*all));

	memcpy(all, command, sizeof(command));
	for (int i = 1; i < argc; i++)
		all[n++] = argv[i];
	execve(loader, all, environ);
	free(all);
}

int main(int argc, char **argv)
{
	char folder[PATH_MAX], program[PATH_MAX], loader[PATH_MAX];
	int err;

	if (!own_folder(folder))
		return fail(OWN_NAME, ENAMETOOLONG);
	err = check_whole(folder, program);
	if (err < 0)
		return fail(program, -err);
	if (!name_file(folder, "lib/falco-run", program, sizeof(program)) ||
	    !name_file(folder, "lib/loader/falco-run", loader, sizeof(loader)))
		return fail(folder, ENAMETOOLONG);
	hide_from_loader();
	if (open_loader(loader))
		execve(program, argv, environ);
	if (argc)
		run_by_loader(loader, program, argc, argv);
	return fail(loader, errno);
}

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
 * The image's LD_PRELOAD and kin are for the program that is watched, not for us: its
 * libraries are another system's. They are hidden from the loader by their first letter,
 * which launcher/main.c gives back.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "alloc.h"
#include "array.h"

#include "pack.h"

#define LOADER_FD      97 /* bundle.mk has it too */
#define STATUS_FAILURE 125

extern char **environ;

/* The folder that this program is in, with the slash; without /proc, by the name that
 * it was called by. False: too long. */
static bool own_folder(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size);

	if (n < 0)
		n = snprintf(path, size, "%s",
			     (const char *)getauxval(AT_EXECFN));
	if ((size_t)n >= size)
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

	if (!own_folder(folder, sizeof(folder)) ||
	    !name_file(folder, "lib/falco-run", program, sizeof(program)) ||
	    !name_file(folder, "lib/loader/falco-run", loader, sizeof(loader)))
		return STATUS_FAILURE;
	hide_from_loader();
	if (open_loader(loader))
		execve(program, argv, environ);
	if (argc)
		run_by_loader(loader, program, argc, argv);
	dprintf(STDERR_FILENO, "falco-run: %s: %s: is the bundle whole?\n",
		loader, strerror(errno));
	return STATUS_FAILURE;
}

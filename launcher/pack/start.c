/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door of the bundle: a small static program that starts lib/falco-run
 * beside it with the bundle's own loader, in any root file system. Nothing of
 * that is passed on or shown: environment, arguments, descriptors,
 * /proc/self/exe and the names in ps are as if the program had been started
 * alone. It has no C library, whose start took longer than all of this; text
 * and stack are a few pages (start_calls.h).
 *
 * The program names /proc/self/fd/97 as its loader, which is opened here and
 * closed by the exec; its libraries it finds beside itself ($ORIGIN). Where
 * that is impossible (97 is taken, /proc is not there) the loader is run as a
 * program, which is the same but for the arguments in ps: also therefore it is
 * called falco-run.
 *
 * lib/files names all that the bundle has, made with it. What lacks is said
 * before anything is started: the loader would take the image's library of that
 * name.
 *
 * The image's LD_PRELOAD and kin are for the program that is watched, not for
 * us: its libraries are another system's. They are hidden from the loader by
 * their first letter, which launcher/main.c gives back.
 */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "pack.h"
#include "start_calls.h"

#define LOADER_FD 97 /* bundle.mk has it too */
#define STATUS_FAILURE 125
#define OWN_NAME "/proc/self/exe"
#define LIST_NAME "lib/files"
#define PROGRAM_NAME "lib/falco-run"
#define LOADER_NAME "lib/loader/falco-run"
#define LIST_MAX 4096
#define LINE_MAX_SIZE (PATH_MAX + 512)
#define LINKS_MAX 40

struct door {
	/* As the kernel gave them. */
	char **argv;
	char **environment;
	const char *called; /* the name that was executed */

	int at;              /* our folder */
	size_t folder;       /* the length of its name, with the slash */
	char path[PATH_MAX]; /* its name, and after it what is looked for */
};

void begin(long *stack) __attribute__((noreturn, used));

ENTRY(begin);

/* In path: the folder and `name`, or no name at all when that is too long. */
static bool name_file(struct door *door, const char *name)
{
	if (text_put(door->path, PATH_MAX, door->folder, name) < PATH_MAX)
		return true;
	door->path[door->folder] = '\0';
	return false;
}

/* Cuts `n` bytes of path to its folder. */
static void keep_folder(struct door *door, size_t n)
{
	while (n && door->path[n - 1] != '/')
		n--;
	door->path[n] = '\0';
	door->folder = n;
}

/* Without /proc: the name that was executed, and where its links lead. Links in
 * the names of folders are the kernel's to follow. 0 or negative errno. */
static long follow_name(struct door *door)
{
	char link[PATH_MAX];
	long n;

	door->folder = 0;
	if (!name_file(door, door->called))
		return -ENAMETOOLONG;
	for (int i = 0; i < LINKS_MAX; i++) {
		n = call_readlink(door->path, link, sizeof(link));
		if (n < 0 || n == sizeof(link))
			break;
		link[n] = '\0';
		keep_folder(door, text_length(door->path));
		if (link[0] == '/')
			door->folder = 0;
		if (!name_file(door, link))
			return -ENAMETOOLONG;
	}
	keep_folder(door, text_length(door->path));
	return 0;
}

/* The folder that this program is in. 0 or negative errno, of what path then
 * names. */
static long find_folder(struct door *door)
{
	long n = call_readlink(OWN_NAME, door->path, PATH_MAX), err;

	if (n == PATH_MAX)
		return -ENAMETOOLONG;
	if (n > 0 && door->path[0] == '/') {
		keep_folder(door, (size_t)n);
	} else {
		err = follow_name(door);
		if (err)
			return err;
	}
	err = call_open(AT_FDCWD, door->folder ? door->path : ".",
			O_PATH | O_DIRECTORY | O_CLOEXEC);
	door->at = (int)err;
	return err < 0 ? err : 0;
}

/* 0 or negative errno; text ends with a zero. */
static long read_list(const struct door *door, char text[LIST_MAX])
{
	long fd = call_open(door->at, LIST_NAME, O_RDONLY | O_CLOEXEC), n;

	if (fd < 0)
		return fd;
	n = call_read(fd, text, LIST_MAX);
	call_close(fd);
	if (n == LIST_MAX)
		return -EFBIG;
	if (n >= 0)
		text[n] = '\0';
	return n < 0 ? n : 0;
}

/* Ends the line that `text` starts with; returns where the next one starts. */
static char *cut_line(char *text)
{
	while (*text && *text != '\n')
		text++;
	if (*text)
		*text++ = '\0';
	return text;
}

/* 0, or negative errno of what `path` then names. */
static long check_whole(struct door *door)
{
	char text[LIST_MAX], *name = text, *next;
	long err = read_list(door, text);

	if (err) {
		name_file(door, LIST_NAME);
		return err;
	}
	for (; *name; name = next) {
		next = cut_line(name);
		err = call_access(door->at, name, R_OK);
		if (err) {
			name_file(door, name);
			return err;
		}
	}
	return 0;
}

/* What perror(3) would say of what can happen here. */
static const char *reason(long err)
{
	static const struct {
		int err;
		const char *text;
	} reasons[] = {
		{ ENOENT, "No such file or directory" },
		{ EACCES, "Permission denied" },
		{ EPERM, "Operation not permitted" },
		{ ENOTDIR, "Not a directory" },
		{ ENAMETOOLONG, "File name too long" },
		{ ELOOP, "Too many levels of symbolic links" },
		{ EFBIG, "File too large" },
		{ E2BIG, "Argument list too long" },
		{ ENOEXEC, "Exec format error" },
		{ ENOMEM, "Cannot allocate memory" },
		{ EMFILE, "Too many open files" },
		{ ENFILE, "Too many open files in system" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].err == err)
			return reasons[i].text;
	return "it cannot be opened";
}

static void __attribute__((noreturn)) fail(const struct door *door, long err)
{
	const char *why = "is the bundle whole?";
	char line[LINE_MAX_SIZE];
	size_t n = 0;

	if (err == EACCES)
		why = "who runs the bundle must be able to read all of it";
	else if (call_access(AT_FDCWD, OWN_NAME, F_OK) < 0)
		why = "is the bundle whole? It was looked for by the name "
		      "that it was called by: /proc is not mounted";
	n = text_put(line, sizeof(line), n, "falco-run: ");
	n = text_put(line, sizeof(line), n, door->path);
	n = text_put(line, sizeof(line), n, ": ");
	n = text_put(line, sizeof(line), n, reason(err));
	n = text_put(line, sizeof(line), n, ": ");
	n = text_put(line, sizeof(line), n, why);
	n = text_put(line, sizeof(line), n, "\n");
	call_write(STDERR_FILENO, line, n);
	for (;;)
		system_call(SYS_exit_group, STATUS_FAILURE, 0, 0, 0);
}

static void hide_from_loader(char **environment)
{
	for (; *environment; environment++)
		if (text_starts(*environment, "LD_"))
			**environment = HIDDEN_LETTER;
}

/* Where the program looks for it. */
static bool open_loader(const struct door *door)
{
	long fd;

	if (system_call(SYS_fcntl, LOADER_FD, F_GETFD, 0, 0) >= 0)
		return false;
	fd = call_open(door->at, LOADER_NAME, O_RDONLY | O_CLOEXEC);
	return fd >= 0 &&
	       system_call(SYS_dup3, fd, LOADER_FD, O_CLOEXEC, 0) == LOADER_FD;
}

/* Returns where it fails, with negative errno; path then names the loader. */
static long run_by_loader(struct door *door)
{
	char **command = door->argv - 3, program[PATH_MAX], argv0[] = "--argv0";

	if (!name_file(door, PROGRAM_NAME))
		return -ENAMETOOLONG;
	text_put(program, sizeof(program), 0, door->path);
	if (!name_file(door, LOADER_NAME))
		return -ENAMETOOLONG;
	/* argc and the two words before it */
	command[0] = door->path;
	command[1] = argv0;
	command[2] = door->argv[0];
	command[3] = program;
	return call_execve(door->path, command, door->environment);
}

static void read_stack(struct door *door, long *stack)
{
	char **next;
	const Elf64_auxv_t *value;

	door->argv = (char **)(stack + 1);
	door->environment = door->argv + *stack + 1;
	for (next = door->environment; *next; next++)
		;
	for (value = (const Elf64_auxv_t *)(next + 1); value->a_type; value++)
		if (value->a_type == AT_EXECFN)
			door->called = (const char *)value->a_un.a_val;
}

void begin(long *stack)
{
	struct door door;
	long err;

	door.called = "";
	door.path[0] = '\0';
	read_stack(&door, stack);
	err = find_folder(&door);
	if (!err)
		err = check_whole(&door);
	if (err)
		fail(&door, -err);
	hide_from_loader(door.environment);
	err = -ENAMETOOLONG;
	if (name_file(&door, PROGRAM_NAME) && open_loader(&door))
		err = call_execve(door.path, door.argv, door.environment);
	if (door.argv[0])
		err = run_by_loader(&door);
	fail(&door, -err);
}

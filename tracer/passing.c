/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In a stop of its tracer /proc/tid/syscall is still the call's, but the entry's stop
 * comes before the notification: any stop after that is past the call.
 */
#include "passing.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"

#include "procfs.h"

#define LOOKS 40
#define PAUSE_NS 100000

/* Fields of proc_pid_stat(5): the state; where code and stack, arguments and
 * environment lie. */
#define FIELD_STATE 3
#define FIELD_CODE 26
#define CODE_FIELDS 3
#define FIELD_ARGUMENTS 48
#define ARGUMENT_FIELDS 4

static bool read_text(int proc_fd, pid_t pid, const char *name, char *buf,
		      size_t cap)
{
	CLEANUP(closep) int fd = procfs_open(proc_fd, pid, name, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, cap - 1);

	buf[n < 0 ? 0 : n] = '\0';
	return n > 0;
}

/* The text of stat from a field on; "" when there is none. */
static const char *field(const char *stat, unsigned n)
{
	const char *at = strrchr(stat, ')');

	for (unsigned i = 2; at && i < n; i++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at ? at : "";
}

static int length(const char *at, unsigned fields)
{
	const char *end = at;

	for (unsigned i = 0; i < fields; i++) {
		end += strspn(end, " ");
		end += strcspn(end, " \n");
	}
	return (int)(end - at);
}

static void read_image(const struct passing *p, char *ret, size_t cap)
{
	const char *code, *arguments;
	char text[1024];
	struct stat exe;

	*ret = '\0';
	if (!read_text(p->proc_fd, p->process, "stat", text, sizeof(text)) ||
	    strchr("ZX", *field(text, FIELD_STATE)) ||
	    procfs_stat_link(p->proc_fd, p->process, "exe", &exe) < 0)
		return;
	code = field(text, FIELD_CODE);
	arguments = field(text, FIELD_ARGUMENTS);
	snprintf(ret, cap, "%ju %ju %.*s %.*s", (uintmax_t)exe.st_dev,
		 (uintmax_t)exe.st_ino, length(code, CODE_FIELDS), code,
		 length(arguments, ARGUMENT_FIELDS), arguments);
}

void passing_start(struct passing *p, int proc_fd, pid_t tid, pid_t process)
{
	p->proc_fd = proc_fd;
	p->tid = tid;
	p->process = process;
	read_text(proc_fd, tid, "syscall", p->call, sizeof(p->call));
	read_image(p, p->image, sizeof(p->image));
}

/* "running" may be in the call still. */
static enum passed look(const struct passing *p)
{
	char call[sizeof(p->call)], stat[1024];

	if (!read_text(p->proc_fd, p->tid, "stat", stat, sizeof(stat)) ||
	    strchr("tTZX", *field(stat, FIELD_STATE)))
		return PASSED;
	if (!read_text(p->proc_fd, p->tid, "syscall", call, sizeof(call)) ||
	    !strncmp(call, "running", 7))
		return PASSED_NOT_KNOWN;
	return strcmp(call, p->call) ? PASSED : PASSED_NOT_YET;
}

enum passed passing_wait(const struct passing *p, void (*amid)(void *ctx),
			 void *ctx)
{
	const struct timespec pause = { 0, PAUSE_NS };
	enum passed seen = PASSED_NOT_KNOWN;

	if (!*p->call)
		return PASSED_NOT_KNOWN;
	for (unsigned i = 0; i < LOOKS; i++) {
		seen = look(p);
		if (seen == PASSED)
			return PASSED;
		if (amid)
			amid(ctx);
		nanosleep(&pause, NULL);
	}
	return passing_image(p) == IMAGE_NEW ? PASSED : seen;
}

enum image passing_image(const struct passing *p)
{
	char image[sizeof(p->image)];

	read_image(p, image, sizeof(image));
	if (!*image || !*p->image)
		return IMAGE_NOT_KNOWN;
	return strcmp(image, p->image) ? IMAGE_NEW : IMAGE_SAME;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interpreters: see interpreter.h. Only a regular file is read, and of it a bounded
 * part.
 */
#include "interpreter.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "strbuf.h"

/* The first line of a script counts so far: BINPRM_BUF_SIZE of linux/binfmts.h. */
#define LINE_SIZE 256
#define HEADERS_MAX 64
/* How deep the kernel goes from script to script (fs/exec.c). */
#define DEPTH_MAX 5

/* The name of an interpreter; empty: none. */
struct name {
	char text[PATH_MAX];
};

static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)))
		closep(&fd);

	return fd;
}

static size_t read_at(int fd, void *to, size_t n, off_t offset)
{
	ssize_t got = pread(fd, to, n, offset);

	return got < 0 ? 0 : (size_t)got;
}

/* "#! /bin/sh -e": the first word. */
static void of_script(const char *line, struct name *ret)
{
	size_t n;

	line += 2;
	line += strspn(line, " \t");
	n = strcspn(line, " \t\n");
	memcpy(ret->text, line, n);
	ret->text[n] = '\0';
}

static void of_program(int fd, const ElfW(Ehdr) *header, struct name *ret)
{
	ElfW(Phdr) part;
	size_t n;

	for (unsigned i = 0; i < header->e_phnum && i < HEADERS_MAX; i++) {
		off_t at = (off_t)(header->e_phoff + i * sizeof(part));

		if (read_at(fd, &part, sizeof(part), at) != sizeof(part))
			return;
		if (part.p_type != PT_INTERP)
			continue;
		n = part.p_filesz < PATH_MAX ? part.p_filesz : 0;
		n = read_at(fd, ret->text, n, (off_t)part.p_offset);
		ret->text[n] = '\0';
		return;
	}
}

static bool interpreter_of(const char *path, struct name *ret)
{
	CLEANUP(closep) int fd = open_regular(path);
	union {
		char line[LINE_SIZE + 1];
		ElfW(Ehdr) header;
	} start = { .line = "" };
	size_t n = fd < 0 ? 0 : read_at(fd, &start, LINE_SIZE, 0);

	ret->text[0] = '\0';
	if (!strncmp(start.line, "#!", 2))
		of_script(start.line, ret);
	else if (n >= sizeof(start.header) &&
		 !memcmp(start.line, ELFMAG, SELFMAG) &&
		 start.header.e_phentsize == sizeof(ElfW(Phdr)))
		of_program(fd, &start.header, ret);

	return ret->text[0];
}

bool interpreter_missing(const char *path, struct strbuf *out)
{
	struct name names[2];

	for (unsigned i = 0; i < DEPTH_MAX; i++) {
		struct name *name = &names[i % 2];

		if (!interpreter_of(path, name))
			return false;
		if (access(name->text, F_OK) < 0 && errno == ENOENT) {
			strbuf_adds(out, name->text);
			return true;
		}
		path = name->text;
	}
	return false;
}

bool interpreter_is_unnamed(const char *path)
{
	CLEANUP(closep) int fd = open_regular(path);
	char start[LINE_SIZE];
	size_t n = fd < 0 ? 0 : read_at(fd, start, sizeof(start), 0);

	return n && memcmp(start, "#!", n < 2 ? n : 2) != 0 &&
	       !memchr(start, '\0', n);
}

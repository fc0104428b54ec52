/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One mapping is asked for by PROCMAP_QUERY (Linux 6.11), or looked for in the text.
 */
#include "mappings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "cleanup.h"
#include "strbuf.h"

#include "procfs.h"

/* linux/fs.h of 6.11. */
struct map_query {
	uint64_t size, query_flags, query_addr;
	uint64_t start, end, flags, page_size, offset, inode;
	uint32_t dev_major, dev_minor, name_size, build_id_size;
	uint64_t name_addr, build_id_addr;
};
#define MAP_QUERY _IOWR('f', 17, struct map_query)
#define MAP_QUERY_OR_NEXT 0x10
#define MAP_IS_SHARED 0x08

#define MAPS_MAX (16U << 20)

struct mapping {
	uint64_t start, end;
	bool shared;
};

/* The mapping that a line of the text is about: "start-end rwxp ...". */
static bool parse_line(const char *line, struct mapping *ret)
{
	char *end;

	ret->start = strtoull(line, &end, 16);
	if (*end != '-')
		return false;
	ret->end = strtoull(end + 1, &end, 16);
	if (*end != ' ' || strnlen(end, 5) < 5)
		return false;
	ret->shared = end[4] == 's';
	return true;
}

/* The text's first mapping behind `text` that ends after addr, or is shared if that is all
 * that counts; NULL: there is none, else what comes after it. */
static const char *find_in_text(const char *text, uint64_t addr, bool shared_only,
				struct mapping *ret)
{
	while (text && *text) {
		const char *line = text + (*text == '\n');

		text = strchr(line, '\n');
		if (parse_line(line, ret) && ret->end > addr &&
		    (ret->shared || !shared_only))
			return text ? text : "";
	}
	return NULL;
}

static bool read_text(int proc_fd, pid_t pid, struct strbuf *out)
{
	ssize_t n = procfs_read_table(proc_fd, pid, "maps", MAPS_MAX, out);

	return n >= 0 && n < MAPS_MAX;
}

bool mappings_any_shared(int proc_fd, pid_t pid)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct mapping m;

	return !read_text(proc_fd, pid, &text) ||
	       find_in_text(text.data, 0, true, &m);
}

/* The mapping at addr, or the next one; false: there is none, *ret_errno says why. */
static bool query(int fd, uint64_t addr, struct mapping *ret, int *ret_errno)
{
	struct map_query q = { .size = sizeof(q),
			       .query_flags = MAP_QUERY_OR_NEXT,
			       .query_addr = addr };

	if (ioctl(fd, MAP_QUERY, &q) < 0) {
		*ret_errno = errno;
		return false;
	}
	*ret = (struct mapping){ q.start, q.end, q.flags & MAP_IS_SHARED };
	return true;
}

/* Where the mappings are found: by asking, or in the text. */
struct source {
	int proc_fd;
	pid_t pid;
	int maps_fd;
	struct strbuf text; /* empty: not read */
	const char *at;     /* what is left of it */
};

static void source_done(struct source *s)
{
	strbuf_done(&s->text);
}

/* 1, 0 if there is none from addr on, -1 where that cannot be told. */
static int find(struct source *s, uint64_t addr, struct mapping *ret)
{
	int why;

	if (!s->text.n && query(s->maps_fd, addr, ret, &why))
		return 1;
	if (!s->text.n && why == ENOENT)
		return 0;
	if (!s->text.n && !read_text(s->proc_fd, s->pid, &s->text))
		return -1;
	s->at = find_in_text(s->at ? s->at : s->text.data, addr, false, ret);
	return s->at ? 1 : 0;
}

static void remember(struct mappings_own *own, const struct mapping *m)
{
	own->last = (own->last + 1) % MAPPINGS_OWN;
	own->start[own->last] = m->start;
	own->end[own->last] = m->end;
}

static bool is_known(const struct mappings_own *own, uint64_t addr, uint64_t end)
{
	for (size_t i = 0; i < MAPPINGS_OWN; i++) {
		if (addr >= own->start[i] && end <= own->end[i])
			return true;
	}
	return false;
}

static bool are_private(struct source *s, struct mappings_own *own, uint64_t addr,
			uint64_t end)
{
	struct mapping m;
	int found;

	while (addr < end) {
		found = find(s, addr, &m);
		if (found <= 0 || m.start >= end)
			return found >= 0;
		if (m.shared || m.end <= addr)
			return false;
		if (m.start <= addr && m.end >= end)
			remember(own, &m);
		addr = m.end;
	}
	return true;
}

bool mappings_are_private(int proc_fd, pid_t pid, int *kept,
			  struct mappings_own *own, uint64_t addr, uint64_t n)
{
	CLEANUP(source_done) struct source s = { proc_fd, pid, -1, STRBUF_INIT, NULL };

	if (addr + n < addr)
		return false;
	if (is_known(own, addr, addr + n))
		return true;
	if (*kept < 0)
		*kept = procfs_open(proc_fd, pid, "maps", O_RDONLY);
	s.maps_fd = *kept;
	return *kept >= 0 && are_private(&s, own, addr, addr + n);
}

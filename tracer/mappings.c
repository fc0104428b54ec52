/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One mapping is asked for by PROCMAP_QUERY (Linux 6.11), or looked for in the text.
 */
#include "mappings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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
	unsigned long long start, end;
	char perms[5];

	if (sscanf(line, "%llx-%llx %4s", &start, &end, perms) != 3)
		return false;
	*ret = (struct mapping){ start, end, perms[3] == 's' };
	return true;
}

/* The first shared mapping of the text that has bytes in [start, end). */
static bool text_has_shared(const char *text, uint64_t start, uint64_t end)
{
	struct mapping m;

	while (text && *text) {
		text += *text == '\n';
		if (*text && parse_line(text, &m) && m.shared &&
		    m.start < end && start < m.end)
			return true;
		text = strchr(text, '\n');
	}
	return false;
}

static bool has_shared(int proc_fd, pid_t pid, uint64_t start, uint64_t end)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	ssize_t n = procfs_read_table(proc_fd, pid, "maps", MAPS_MAX, &text);

	return n < 0 || n >= MAPS_MAX ||
	       text_has_shared(text.data, start, end);
}

bool mappings_any_shared(int proc_fd, pid_t pid)
{
	return has_shared(proc_fd, pid, 0, UINT64_MAX);
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

bool mappings_are_private(int proc_fd, pid_t pid, int *kept, uint64_t addr,
			  uint64_t n)
{
	uint64_t end = addr + n;
	struct mapping m;
	int why = ENOENT;

	if (*kept < 0)
		*kept = procfs_open(proc_fd, pid, "maps", O_RDONLY);
	if (*kept < 0 || end < addr)
		return false;
	while (addr < end && query(*kept, addr, &m, &why)) {
		if (m.start >= end)
			return true;
		if (m.shared || m.end <= addr)
			return false;
		addr = m.end;
	}
	return why == ENOENT || !has_shared(proc_fd, pid, addr, end);
}

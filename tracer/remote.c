/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three ways into another process's memory, the cheapest first.
 */
#include "remote.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "alloc.h"
#include "cleanup.h"

#include "mappings.h"
#include "patience.h"
#include "procfs.h"

/* process_vm_readv(2) gives whole iovecs or nothing of them, so that one for each
 * page makes it as fine as the mappings are. */
#define REMOTE_PAGE 4096
#define REMOTE_IOVS 17
/* Most strings are short: the first look is not for a whole PATH_MAX. */
#define REMOTE_FIRST 256

static size_t page_rest(uint64_t addr)
{
	return REMOTE_PAGE - (size_t)(addr % REMOTE_PAGE);
}

static size_t fill_iovs(struct iovec *iovs, uint64_t addr, size_t n,
			size_t *ret_bytes)
{
	size_t used = 0, bytes = 0;

	while (bytes < n && used < REMOTE_IOVS) {
		size_t part = page_rest(addr + bytes);

		part = part > n - bytes ? n - bytes : part;
		iovs[used].iov_base = (void *)(uintptr_t)(addr + bytes);
		iovs[used++].iov_len = part;
		bytes += part;
	}
	*ret_bytes = bytes;
	return used;
}

static ssize_t read_vm(const struct remote *r, uint64_t addr, char *buf,
		       size_t n)
{
	struct iovec iovs[REMOTE_IOVS];
	size_t done = 0;

	while (done < n) {
		size_t want, used = fill_iovs(iovs, addr + done, n - done, &want);
		struct iovec local = { buf + done, want };
		ssize_t got = process_vm_readv(r->tid, &local, 1, iovs, used, 0);

		if (got < 0)
			return done ? (ssize_t)done : -errno;
		done += (size_t)got;
		if ((size_t)got < want)
			break;
	}
	return (ssize_t)done;
}

static int open_mem(const struct remote *r)
{
	int fd = procfs_open(r->proc_fd, r->tid, "mem", O_RDONLY);

	return fd == -EACCES ? -EPERM : fd;
}

static ssize_t read_mem_fd(int fd, uint64_t addr, char *buf, size_t n)
{
	ssize_t got = pread(fd, buf, n, (off_t)addr);

	/* A gone address space reads as end of file. */
	if (got == 0)
		return -ESRCH;
	if (got < 0)
		return errno == EIO ? -EFAULT : -errno;

	return got;
}

static ssize_t read_mem(const struct remote *r, uint64_t addr, char *buf,
			size_t n)
{
	CLEANUP(closep) int own = -1;

	if (r->mem_fd && *r->mem_fd >= 0)
		return read_mem_fd(*r->mem_fd, addr, buf, n);
	own = open_mem(r);
	if (own < 0)
		return own == -ENOENT ? -ESRCH : own;
	if (r->mem_fd) {
		*r->mem_fd = TAKE_FD(own);
		return read_mem_fd(*r->mem_fd, addr, buf, n);
	}
	return read_mem_fd(own, addr, buf, n);
}

static ssize_t read_peek(const struct remote *r, uint64_t addr, char *buf,
			 size_t n)
{
	size_t done = 0;

	while (done < n) {
		uint64_t at = (addr + done) & ~(uint64_t)(sizeof(long) - 1);
		size_t skip = (size_t)(addr + done - at);
		size_t part = sizeof(long) - skip;
		long word;

		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, r->tid, (void *)(uintptr_t)at, 0);
		if (errno)
			break;
		part = part > n - done ? n - done : part;
		memcpy(buf + done, (const char *)&word + skip, part);
		done += part;
	}
	if (done)
		return (ssize_t)done;
	/* EIO is refusal as well as nothing mapped: what may be is not denied. */
	return errno == ESRCH ? -ESRCH : -EPERM;
}

static bool is_in_scope(const struct remote *r, uint64_t addr, size_t n)
{
	CLEANUP(closep) int maps_fd = -1;
	struct mappings_own own = { 0 };

	if (r->scope != REMOTE_PRIVATE)
		return r->scope == REMOTE_ALL;
	return mappings_are_private(r->proc_fd, r->tid,
				    r->maps_fd ? r->maps_fd : &maps_fd,
				    r->own ? r->own : &own, addr, n);
}

static ssize_t read_now(const struct remote *r, uint64_t addr, void *buf,
			size_t n)
{
	ssize_t got = read_vm(r, addr, buf, n);

	if (got != -EPERM && got != -ENOSYS)
		return got;
	got = read_mem(r, addr, buf, n);
	if (got >= 0 || got == -EFAULT || got == -ESRCH)
		return got;
	return r->attached ? read_peek(r, addr, buf, n) : -EPERM;
}

/* A reading that may outlive who asks for it. */
struct reading {
	struct remote remote;
	int mem_fd;
	uint64_t addr;
	size_t n;
	char buf[];
};

static long do_reading(void *job)
{
	struct reading *r = job;

	return read_now(&r->remote, r->addr, r->buf, r->n);
}

static void end_reading(void *job)
{
	struct reading *r = job;

	closep(&r->mem_fd);
	free(r);
}

static struct reading *reading_new(const struct remote *r, uint64_t addr,
				   size_t n)
{
	struct reading *new = xmalloc(sizeof(*new) + n);
	bool open = r->mem_fd && *r->mem_fd >= 0;

	*new = (struct reading){ .remote = *r, .addr = addr, .n = n };
	new->mem_fd = open ? fcntl(*r->mem_fd, F_DUPFD_CLOEXEC, 0) : -1;
	new->remote.mem_fd = &new->mem_fd;
	new->remote.attached = false;
	return new;
}

static ssize_t read_patiently(const struct remote *r, uint64_t addr, void *buf,
			      size_t n)
{
	struct reading *reading;
	ssize_t got;

	if (*r->stalls)
		return -ETIMEDOUT;
	reading = reading_new(r, addr, n);
	got = patience_ask(r->patience, do_reading, end_reading, reading);
	*r->stalls = got == -ETIMEDOUT;
	if (*r->stalls)
		return got;
	if (got > 0)
		memcpy(buf, reading->buf, (size_t)got);
	end_reading(reading);
	return got;
}

ssize_t remote_read(const struct remote *r, uint64_t addr, void *buf, size_t n)
{
	if (!n)
		return 0;
	if (addr >= INT64_MAX)
		return -EFAULT;
	if (n > INT64_MAX - addr)
		n = (size_t)(INT64_MAX - addr);
	if (!is_in_scope(r, addr, n))
		return -EAGAIN;
	if (r->patience && r->patience->served)
		return read_patiently(r, addr, buf, n);
	return read_now(r, addr, buf, n);
}

ssize_t remote_string(const struct remote *r, uint64_t addr, char *buf,
		      size_t cap)
{
	size_t n = 0, want = REMOTE_FIRST;

	if (!cap)
		return -EINVAL;
	while (n < cap - 1) {
		const char *end;
		ssize_t got;

		want = want > cap - 1 - n ? cap - 1 - n : want;
		if (__builtin_add_overflow(addr, n, &(uint64_t){ 0 }))
			return -EFAULT;
		got = remote_read(r, addr + n, buf + n, want);
		if (got < 0)
			return got;
		end = memchr(buf + n, '\0', (size_t)got);
		if (end)
			return end - buf;
		n += (size_t)got;
		want = cap;
	}
	buf[n] = '\0';
	return (ssize_t)n;
}

void remote_prepare(const struct remote *r)
{
	int fd;

	if (!r->mem_fd || *r->mem_fd >= 0)
		return;
	fd = open_mem(r);
	if (fd >= 0)
		*r->mem_fd = fd;
}

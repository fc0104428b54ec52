/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program is libseccomp's, exported: version 2.5 cannot ask the kernel for
 * WAIT_KILLABLE_RECV, so spawn.c installs it with seccomp(2) itself.
 */
#include "filter.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "array.h"
#include "cleanup.h"
#include "error.h"

struct filter {
	enum filter_kind kind;
	bool allow_io_uring;
	ARRAY(int) calls;
	struct sock_filter *code;
	struct sock_fprog program;
};

/* FILTER_NONE has no program, and no action. */
static const uint32_t actions[FILTER_KIND_COUNT] = {
	[FILTER_NOTIFY] = SCMP_ACT_NOTIFY,
	[FILTER_TRACE] = SCMP_ACT_TRACE(0),
};

static const int io_uring_calls[] = {
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
};

struct filter *filter_new(enum filter_kind kind, bool allow_io_uring)
{
	struct filter *f = xcalloc(1, sizeof(*f));

	f->kind = kind;
	f->allow_io_uring = allow_io_uring;
	return f;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	array_done(&f->calls);
	free(f->code);
	free(f);
}

bool filter_has(const struct filter *f, int nr)
{
	for (size_t i = 0; i < f->calls.n; i++) {
		if (f->calls.items[i] == nr)
			return true;
	}

	return false;
}

void filter_add(struct filter *f, int nr)
{
	if (nr < 0 || filter_has(f, nr))
		return;
	*array_push(&f->calls) = nr;
}

static void releasep(scmp_filter_ctx *c)
{
	if (*c)
		seccomp_release(*c);
}

/* Level 6 is what the actions need; the library would look at the kernel that runs
 * now, and gVisor has less than it needs for nothing that we use. */
static int attributes(scmp_filter_ctx c)
{
	int r;

	seccomp_api_set(6);
	r = seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW);
	if (r < 0)
		return r;

	return seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2);
}

/* Without a program nobody but us refuses them. */
static void add_refused(struct filter *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(io_uring_calls); i++) {
		if (!f->allow_io_uring)
			filter_add(f, io_uring_calls[i]);
	}
}

static int rules(const struct filter *f, scmp_filter_ctx c)
{
	int r;

	for (size_t i = 0; i < f->calls.n; i++) {
		r = seccomp_rule_add(c, actions[f->kind], f->calls.items[i], 0);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(io_uring_calls); i++) {
		if (f->allow_io_uring || filter_has(f, io_uring_calls[i]))
			continue;
		r = seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS),
				     io_uring_calls[i], 0);
		if (r < 0)
			return r;
	}

	return 0;
}

/* Takes the program out of the descriptor it was exported to. */
static int fetch(struct filter *f, int fd)
{
	struct stat st;
	size_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	n = (size_t)st.st_size / sizeof(*f->code);
	if (n > BPF_MAXINSNS)
		return -EINVAL;
	f->code = xcalloc(n, sizeof(*f->code));
	if (pread(fd, f->code, (size_t)st.st_size, 0) != st.st_size)
		return -EIO;

	f->program = (struct sock_fprog){ (unsigned short)n, f->code };
	return 0;
}

static int build(struct filter *f)
{
	CLEANUP(releasep) scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
	CLEANUP(closep) int fd = memfd_create("filter", MFD_CLOEXEC);
	int r;

	if (!c)
		return -ENOMEM;
	if (fd < 0)
		return -errno;
	r = attributes(c);
	if (r < 0)
		return r;
	r = rules(f, c);
	if (r < 0)
		return r;
	r = seccomp_export_bpf(c, fd);
	if (r < 0)
		return r;

	return fetch(f, fd);
}

int filter_build(struct filter *f, struct error *err)
{
	int r = 0;

	if (f->kind == FILTER_NONE)
		add_refused(f);
	else
		r = build(f);
	if (r < 0)
		return error_set(err, r, "seccomp program of %zu calls: %s",
				 f->calls.n, strerror(-r));

	return 0;
}

const struct sock_fprog *filter_program(const struct filter *f)
{
	return &f->program;
}

size_t filter_count(const struct filter *f)
{
	return f->calls.n;
}

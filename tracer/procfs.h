/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /proc says of one process or thread, parsed. Everything goes through a
 * descriptor of /proc that was opened at the start, so that no mount over it
 * deceives us. A process may vanish between any two reads: -ESRCH. Texts come from
 * the tracee (its name, its arguments) and may hold any byte.
 *
 * Errors of all functions:
 *   -ESRCH   no such process (any more)
 *   -EACCES  the kernel refuses
 *   -EINVAL  the file does not look as proc(5) says
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stat;
struct strbuf;

/* /proc/pid/stat, see proc_pid_stat(5). */
struct procfs_stat {
	char comm[16];
	int64_t ppid, pgrp, session;
	uint32_t tty;
	uint64_t minor_faults, major_faults;
	uint64_t start_ticks; /* since boot */
};

/* /proc/pid/status, see proc_pid_status(5). */
struct procfs_status {
	char comm[16]; /* empty: the line is missing */
	int64_t tgid, tracer; /* tracer: 0 when there is none */
	int64_t vtid, vpid, vpgid, vsid; /* in its own pid namespace */
	unsigned depth;                  /* pid namespaces below /proc's own */
	uint32_t uid[4], gid[4];         /* real, effective, saved, file system */
	uint64_t cap_inheritable, cap_permitted, cap_effective;
	uint64_t vm_size, vm_rss, vm_swap; /* KiB */
	uint64_t threads;
	/* Bit 0 is signal 1. */
	uint64_t sig_pending, sig_blocked, sig_ignored, sig_caught;
};

/* A directory descriptor (O_PATH) of /proc; the caller closes it. -ESRCH: it is not that of
 * our own pid namespace, and would answer for other processes. Else open(2)'s errno. */
int procfs_open_own(void);

/* Opens /proc/pid/name; the caller closes it. pid 0: /proc/name. */
int procfs_open(int proc_fd, pid_t pid, const char *name, int flags);

/* A whole file of unknown size, at most cap bytes, appended to out: one that is there at
 * once (cmdline, environ, comm, fdinfo). Returns the number of bytes. */
ssize_t procfs_read(int proc_fd, pid_t pid, const char *name, size_t cap,
		    struct strbuf *out);

/* The same of one that has a line for each of something (maps, mountinfo, net/tcp), and
 * gives a page of them with each read(2). */
ssize_t procfs_read_table(int proc_fd, pid_t pid, const char *name, size_t cap,
			  struct strbuf *out);

/* A link's text, NUL-terminated; longer ones are cut. Returns its length. */
ssize_t procfs_link(int proc_fd, pid_t pid, const char *name, char *buf,
		    size_t cap);

/* What a magic link leads to. */
int procfs_stat_link(int proc_fd, pid_t pid, const char *name,
		     struct stat *ret);

int procfs_stat(int proc_fd, pid_t pid, struct procfs_stat *ret);
int procfs_status(int proc_fd, pid_t pid, struct procfs_status *ret);
/* UINT32_MAX when unset, and where the kernel has no audit. */
int procfs_loginuid(int proc_fd, pid_t pid, uint32_t *ret);
/* The soft limit of descriptors; INT64_MAX when there is none. */
int procfs_fdlimit(int proc_fd, pid_t pid, int64_t *ret);
/* The supplementary groups, at most cap; returns how many. */
int procfs_groups(int proc_fd, pid_t pid, uint32_t *ret, size_t cap);
/* Calls fn with the number of each open descriptor. */
int procfs_fds(int proc_fd, pid_t pid, void (*fn)(void *ctx, int fd),
	       void *ctx);

/* The same with each thread's. */
int procfs_threads(int proc_fd, pid_t pid, void (*fn)(void *ctx, pid_t tid),
		   void *ctx);

/* The same with each process's. */
int procfs_processes(int proc_fd, void (*fn)(void *ctx, pid_t pid), void *ctx);

/* The parsers alone, for files that were read. */
int procfs_stat_parse(const char *text, size_t n, struct procfs_stat *ret);
int procfs_status_parse(const char *text, struct procfs_status *ret);

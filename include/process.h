/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process as rules may read it. The resolver fills it part by part, each when
 * first asked for; only the members of a part that was answered with a value
 * count. Texts are borrowed from the process table until the event's call returns.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

/* What can be asked for at once. Each names the members that it fills. */
enum process_part {
	PROCESS_IDS,     /* tid pid ppid vtid vpid, start_* */
	PROCESS_COMM,    /* comm */
	PROCESS_ARGS,    /* exe args */
	PROCESS_EXEPATH, /* exepath, exelink */
	PROCESS_EXEFILE, /* exe_* */
	PROCESS_ENV,     /* env */
	PROCESS_CWD,     /* cwd */
	PROCESS_USER,    /* uid gid cap_* */
	PROCESS_LOGIN,   /* loginuid */
	PROCESS_SESSION, /* sid pgid vpgid tty */
	PROCESS_CGROUPS, /* cgroups */
	PROCESS_MEMORY,  /* vm_* pf_* nthreads fdlimit */
	PROCESS_FDS,     /* nfds */
	PROCESS_PIDNS,   /* pidns_start_ns in_child_pidns */
	PROCESS_PART_COUNT
};

struct process {
	/* PROCESS_IDS: -1 when not known. start_ns: since the epoch, 0 unknown; it may
	 * be as much as start_slack_ns too early (/proc/PID/stat counts in ticks). */
	int64_t tid, pid, ppid, vtid, vpid;
	uint64_t start_ns, start_slack_ns;
	/* PROCESS_COMM: at most 15 bytes. */
	struct span comm;
	/* PROCESS_ARGS: argv[0], and the arguments after it. */
	struct span exe;
	struct span_list args;
	/* PROCESS_EXEPATH: without " (deleted)", and in the kernel's own words. */
	struct span exepath;
	struct span exelink;
	/* PROCESS_EXEFILE: times in ns since the epoch. */
	uint64_t exe_ino, exe_ctime_ns, exe_mtime_ns;
	bool exe_writable, exe_upper_layer, exe_lower_layer, exe_from_memfd;
	/* PROCESS_ENV: NAME=value each. */
	struct span_list env;
	/* PROCESS_CWD: ends with '/'. */
	struct span cwd;
	/* PROCESS_USER: effective ids; capability sets as the kernel's bits. */
	uint32_t uid, gid;
	uint64_t cap_permitted, cap_effective, cap_inheritable;
	/* PROCESS_LOGIN: the audit login uid, UINT32_MAX when unset. */
	uint32_t loginuid;
	/* PROCESS_SESSION: sid as seen in the process's own pid namespace; tty is
	 * the device number of the controlling terminal, 0 for none. */
	int64_t sid, pgid, vpgid;
	uint32_t tty;
	/* PROCESS_CGROUPS: subsystem=path each. */
	struct span_list cgroups;
	/* PROCESS_MEMORY: KiB; counts of page faults and of live threads; the soft
	 * limit of descriptors, -1 when not known. */
	uint64_t vm_size, vm_rss, vm_swap, pf_major, pf_minor, nthreads;
	int64_t fdlimit;
	/* PROCESS_FDS: open descriptors. */
	uint64_t nfds;
	/* PROCESS_PIDNS: when the first process of its pid namespace started, ns
	 * since the epoch, 0 unknown. */
	uint64_t pidns_start_ns;
	bool in_child_pidns;
};

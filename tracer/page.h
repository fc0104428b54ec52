/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one page that monitor, keeper and the child before its exec share. What is in
 * it must make sense whichever of them is killed at whatever instant: each member
 * has one writer.
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

enum page_stage {
	PAGE_SETUP,  /* the launcher's own steps */
	PAGE_FILTER, /* installing the filter */
	PAGE_EXEC,   /* execve(2) */
};

/* What the child is told when it may start. */
struct page_orders {
	unsigned flags;      /* SECCOMP_FILTER_FLAG_* */
	bool keep_privilege; /* CAP_SYS_ADMIN: try without no_new_privs */
	bool wait_for_go;    /* page->go must be set before the filter */
	unsigned short ncode; /* 0: no filter is installed */
	struct sock_filter code[BPF_MAXINSNS];
};

/* How many notifications may wait for their turn. */
#define PAGE_SLOTS 32

struct page {
	/* By the child: its filter's descriptor, in the table that all share until
	 * it execs; -1 before. */
	_Atomic int listener;
	/* By the child: how far it has come (enum page_stage), and why no further:
	 * a positive errno, 0 before. */
	_Atomic int stage;
	_Atomic int failure;
	/* By the keeper: the child's pid or why there is none (a negative errno); 0:
	 * not yet. */
	_Atomic pid_t born;
	/* By the monitor: the child has its orders, and may start. */
	_Atomic int spawning;
	/* By the monitor: who that is; 0 before. */
	_Atomic pid_t spawned;
	/* Engine trace. By the child: it may be attached to; then by the monitor:
	 * it may install its filter, or (-1) is to give up. */
	_Atomic int ready;
	_Atomic int go;
	/* By the keeper: it has a descriptor table of its own (1), or could get none
	 * (-1). Until then what the monitor closes is closed for the keeper. */
	_Atomic int parted;
	/* By the monitor: it is about to end as it should. */
	_Atomic int released;
	/*
	 * By the monitor, through the kernel: the notifications that it has
	 * received and not answered yet; the id of a free slot is 0. Nobody can
	 * receive them a second time, so whoever survives answers the ids found
	 * here.
	 */
	struct seccomp_notif slots[PAGE_SLOTS];
	/* The same, by the monitor's fuse. */
	struct seccomp_notif late;
	/* By the monitor, before `spawning`. */
	struct page_orders orders;
};

/* A page, present in memory. NULL: no memory. */
struct page *page_new(void);

/* Gives it back; other processes keep theirs. NULL is fine. */
void page_free(struct page *p);

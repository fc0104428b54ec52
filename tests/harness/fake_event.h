/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events from one line of text, with a resolver that knows what the line says and
 * nothing else, so that conditions can be tested as data:
 *
 *	openat@entry arg.name=/etc/passwd arg.fd=? proc.comm=cat parent.comm=sh
 *
 * The first word is the event's name: the newest exit event of that name, or the
 * generic event of a call. @entry and @unconfirmed say the phase, none is exit.
 * Then, separated by blanks (in quotes where the value has any):
 *   arg.NAME=V       a parameter; one that is not named is absent
 *   num=N time=N cpu=N   of the event
 *   proc.K=V         K: comm exe args exepath cwd pid uid
 *   parent.K=V       the same of the parent; p2.K to p7.K of ancestors further up
 *   fd.K=V           K: num name kind sip dip sport dport: the event's
 *                    descriptor; kind (file directory) after name
 * V is ? for unknown, ! for failed; ~V for partial parameters.
 */
#pragma once

#include "arena.h"
#include "event.h"
#include "fd_info.h"
#include "process.h"

#define FAKE_PROCESSES 8

struct fake_event {
	struct event ev; /* first: the resolver finds the rest from it */
	struct arena arena;
	struct process processes[FAKE_PROCESSES];
	uint8_t parts[FAKE_PROCESSES][PROCESS_PART_COUNT]; /* enum outcome */
	size_t nprocesses;
	struct fd_info fd;
	uint8_t fd_parts[FD_PART_COUNT]; /* enum outcome */
};

/* Makes the event of a line. False: the line is not understood. Needs
 * fake_event_done() either way. */
bool fake_event_init(struct fake_event *f, struct span line);
void fake_event_done(struct fake_event *f);

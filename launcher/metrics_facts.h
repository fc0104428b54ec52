/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What metrics say that is no number: which files the run was loaded from, and the
 * addresses of the host's interfaces.
 */
#pragma once

#include "array.h"

#include "sha256.h"

struct setup;

struct metrics_file {
	const char *kind; /* "rules", "config" */
	char *name;       /* the path's last part; owned */
	char hash[SHA256_TEXT_SIZE];
};

struct metrics_files {
	ARRAY(struct metrics_file) files;
};

/* Reads the files again that the setup was made of; each name and hash is there once,
 * what cannot be read is left out. */
void metrics_files_read(struct metrics_files *f, const struct setup *s);
void metrics_files_done(struct metrics_files *f);

/* Calls fn for each interface but the loopback and each protocol, "ipv4" or "ipv6",
 * with its addresses, commas between. Borrowed for the call. */
typedef void metrics_interface_fn(void *ctx, const char *interface,
				  const char *protocol, const char *addresses);
void metrics_interfaces(metrics_interface_fn *fn, void *ctx);

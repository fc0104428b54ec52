/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What live_suppose() (live.h) keeps in an event.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

/* The file of a supposed open. */
struct supposed_file {
	int64_t number; /* its descriptor, if it is opened */
	bool known; /* false: nothing below counts, it is taken for a file */
	bool is_directory;
	uint32_t dev; /* as the schema's "dev" parameter */
	uint64_t ino;
};

/* What an exec was given, read at its entry. */
struct given_image {
	bool known;
	struct span name; /* as the kernel makes it of the path */
	struct span path; /* of the file, links resolved where we can */
	struct span args; /* each with its NUL */
};

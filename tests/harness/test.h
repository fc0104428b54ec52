/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every unit test starts from: cmocka with the headers it wants before it, and
 * assertions in our own vocabulary. Knows span.h and nothing else of ours.
 */
#pragma once

/* cmocka.h wants these first, in this order. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "span.h"

/* Runs the named tests and gives main's result: `return RUN_TESTS(tests);`. */
#define RUN_TESTS(tests) cmocka_run_group_tests(tests, NULL, NULL)

/* The text of `got` is exactly `want`, a C string. */
#define assert_span_text(got, want) \
	do { \
		struct span got_ = (got); \
		const char *want_ = (want); \
		assert_int_equal(got_.n, strlen(want_)); \
		assert_memory_equal(got_.data, want_, got_.n); \
	} while (0)

/* `part` occurs in `whole`; both are C strings. */
#define assert_contains(whole, part) \
	do { \
		const char *whole_ = (whole); \
		const char *part_ = (part); \
		if (!whole_ || !strstr(whole_, part_)) { \
			print_error("\"%s\" does not contain \"%s\"\n", \
				    whole_ ? whole_ : "(null)", part_); \
			fail(); \
		} \
	} while (0)

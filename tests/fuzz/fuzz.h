/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fuzz harness is: one function, called with hostile bytes. The name is
 * libFuzzer's.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Must not crash, leak or take long, whatever the bytes; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Loads a rules text into a fresh engine and makes it show its result in both
 * forms; enables and describes what was loaded. */
void fuzz_load(const char *data, size_t size);

/* The same for a rule with this condition or, when that is NULL, this output. */
void fuzz_rule(const char *condition, const char *output, size_t size);

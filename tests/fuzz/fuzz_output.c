/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz harness: the bytes are the output of a rule.
 */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_rule(NULL, (const char *)data, size);
	return 0;
}

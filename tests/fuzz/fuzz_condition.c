/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz harness: the bytes are the condition of a rule.
 */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_rule((const char *)data, NULL, size);
	return 0;
}

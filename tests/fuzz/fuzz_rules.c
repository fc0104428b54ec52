/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz harness: the bytes are a whole rules file.
 */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_load((const char *)data, size);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz harness: the bytes are an output format, printed for an event about which
 * nearly nothing is known.
 */
#include "fuzz/fuzz.h"
#include "harness/fake_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct fake_state s;

	fake_state_init(&s, EVENT_SYSCALL_OPENAT_2_X);
	s.nprocesses = 2;
	s.env.options.container_plugin = true;
	fake_output(&s, text);
	fake_json(&s, text);
	fake_state_done(&s);
	free(text);
	return 0;
}

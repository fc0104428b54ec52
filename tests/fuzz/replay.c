/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main of a fuzz harness when there is no fuzzing compiler: gives it every file
 * named on the command line as it is, and then changed a little, some dozens of
 * times, from a fixed seed, so that each run is the same. Under clang build the
 * harness with -fsanitize=fuzzer instead of this file.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

#include "fuzz/fuzz.h"

#define INPUT_MAX 65536
#define CHANGES 40

/* xorshift64: good enough to choose bytes. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A few bytes are replaced, one piece is doubled, or the end is lost. */
static size_t change(uint8_t *data, size_t n, uint64_t *state)
{
	static const char favourites[] = "()[]{}\"'\\%,:=-&*!|>\n\t #.0\x80";
	size_t at, length;

	if (n == 0)
		return 0;
	for (uint64_t i = next_random(state) % 6; i > 0; i--)
		data[next_random(state) % n] = (uint8_t)favourites
			[next_random(state) % (sizeof(favourites) - 1)];
	at = next_random(state) % n;
	switch (next_random(state) % 4) {
	case 0:
		return at;
	case 1:
		length = n - at < 64 ? n - at : 64;
		if (n + length > INPUT_MAX)
			return n;
		memmove(data + at + length, data + at, n - at);
		return n + length;
	default:
		return n;
	}
}

/* Reads a whole file, cut at INPUT_MAX. */
static int read_file(const char *path, uint8_t *data, size_t *ret_n)
{
	CLEANUP(fclosep) FILE *file = fopen(path, "rbe");

	if (!file)
		return -1;
	*ret_n = fread(data, 1, INPUT_MAX, file);
	return 0;
}

int main(int argc, char **argv)
{
	static uint8_t data[INPUT_MAX], copy[INPUT_MAX];
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	size_t n;

	for (int i = 1; i < argc; i++) {
		if (read_file(argv[i], data, &n) < 0) {
			fprintf(stderr, "replay: cannot read %s\n", argv[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput(data, n);
		for (int round = 0; round < CHANGES; round++) {
			memcpy(copy, data, n);
			LLVMFuzzerTestOneInput(copy, change(copy, n, &state));
		}
	}
	return 0;
}

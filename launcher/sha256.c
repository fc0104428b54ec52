/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256: see sha256.h. Letters are those of FIPS 180-4, section 6.2. No library that we
 * link has it; libnettle.a would add 37 KB to a static binary for these 2 KB, and the
 * LGPL. No secret depends on it.
 */
#include "sha256.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "array.h"

#define BLOCK 64u
#define LENGTH_AT (BLOCK - 8)

/* The first 32 bits of the fractions of the cube roots of the first 64 primes.
 */
static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static void schedule(const unsigned char *block, uint32_t w[64])
{
	for (size_t t = 0; t < 16; t++)
		w[t] = (uint32_t)block[4 * t] << 24 |
		       (uint32_t)block[4 * t + 1] << 16 |
		       (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
	for (size_t t = 16; t < 64; t++) {
		uint32_t x = w[t - 15], y = w[t - 2];

		w[t] = (turn(y, 17) ^ turn(y, 19) ^ y >> 10) + w[t - 7] +
		       (turn(x, 7) ^ turn(x, 18) ^ x >> 3) + w[t - 16];
	}
}

static void add_block(uint32_t hash[8], const unsigned char *block)
{
	uint32_t w[64], v[8];

	schedule(block, w);
	memcpy(v, hash, sizeof(v));
	for (size_t t = 0; t < 64; t++) {
		uint32_t a = v[0], e = v[4];
		uint32_t one = v[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
			       ((e & v[5]) ^ (~e & v[6])) + constants[t] + w[t];
		uint32_t two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
			       ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += one;
		v[0] = one + two;
	}
	for (size_t i = 0; i < 8; i++)
		hash[i] += v[i];
}

/* What is left, a bit that is set, zeros, and the length in bits. */
static void add_end(uint32_t hash[8], struct span rest, uint64_t bits)
{
	unsigned char block[2 * BLOCK] = { 0 };
	size_t n = rest.n < LENGTH_AT ? BLOCK : 2 * BLOCK;

	if (rest.n)
		memcpy(block, rest.data, rest.n);
	block[rest.n] = 0x80;
	for (size_t i = 0; i < 8; i++)
		block[n - 1 - i] = (unsigned char)(bits >> (8 * i));
	add_block(hash, block);
	if (n > BLOCK)
		add_block(hash, block + BLOCK);
}

void sha256_text(struct span data, char ret[SHA256_TEXT_SIZE])
{
	/* The same of the square roots of the first 8 primes. */
	uint32_t hash[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	uint64_t bits = (uint64_t)data.n * 8;

	for (; data.n >= BLOCK; data = span_from(data, BLOCK))
		add_block(hash, (const unsigned char *)data.data);
	add_end(hash, data, bits);
	for (size_t i = 0; i < ARRAY_SIZE(hash); i++)
		snprintf(ret + 8 * i, 9, "%08x", hash[i]);
}

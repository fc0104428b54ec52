/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/sha256.h: the examples of FIPS 180-4, and every length around a
 * block's end against sums that coreutils' sha256sum gave.
 */
#include "harness/test.h"

#include "launcher/sha256.h"

static void assert_hash(struct span data, const char *want)
{
	char got[SHA256_TEXT_SIZE];

	sha256_text(data, got);
	assert_string_equal(got, want);
}

static void the_standards_examples(void **state)
{
	(void)state;
	assert_hash(SPAN(""), "e3b0c44298fc1c149afbf4c8996fb924"
			      "27ae41e4649b934ca495991b7852b855");
	assert_hash(SPAN("abc"), "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad");
	assert_hash(SPAN("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmno"
			 "mnopnopq"),
		    "248d6a61d20638b8e5c026930c3e6039"
		    "a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_letters(void **state)
{
	size_t n = 1000000;
	char *data = malloc(n);

	(void)state;
	assert_non_null(data);
	memset(data, 'a', n);
	assert_hash(span_make(data, n), "cdc76e5c9914fb9281a1c7e284d73e67"
					"f1809a48a497200e046d39ccc7112cd0");
	free(data);
}

static void lengths_around_the_end_of_a_block(void **state)
{
	static const struct {
		size_t n;
		const char *want;
	} rows[] = {
		{ 54, "45f316e10b2c99abf374b22bda893cf3"
		      "300d77263f1e272349ed414680522952" },
		{ 55, "d5e285683cd4efc02d021a5c62014694"
		      "958901005d6f71e89e0989fac77e4072" },
		{ 56, "04c26261370ee7541549d16dee320c72"
		      "3e3fd14671e66a099afe0a377c16888e" },
		{ 57, "ae14a2563ccf969d99aca69ce6bb7498"
		      "1f734bbf9f655f73b8f06db68cab5217" },
		{ 63, "75220b47218278e656f2013bb8f0c455"
		      "a25eaf01e86c64924e9d48d89776d6f2" },
		{ 64, "7ce100971f64e7001e8fe5a51973ecdf"
		      "e1ced42befe7ee8d5fd6219506b5393c" },
		{ 65, "9537c5fdf120482f7d58d25e9ed583f5"
		      "2c02b4e304ea814db1633ad565aed7e9" },
		{ 119, "000b48d4edf0fa7bee3c6236ecd2785b"
		       "aa5db4eeb8bb54341b029e0d9fa5fb0c" },
		{ 120, "13f05a0b594787f5ecd315edc96141bd"
		       "3243203d1b7d4f0836f37308b276ba98" },
		{ 127, "70156a14adbabf98cff3a71c7084b417"
		       "abf057a8efd27329ca36b7202c87d81f" },
		{ 128, "24da1b81d0b16df6428eee73c69fcb2a"
		       "93c76bc6df706f0c6670fe6bfe800464" },
	};
	char data[130];

	(void)state;
	memset(data, 'x', sizeof(data));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_hash(span_make(data, rows[i].n), rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_examples),
		cmocka_unit_test(a_million_letters),
		cmocka_unit_test(lengths_around_the_end_of_a_block),
	};

	return RUN_TESTS(tests);
}

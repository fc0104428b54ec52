/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/file_watch.h: every way of changing a file is noticed; what happens
 * to other files beside it is not.
 */
#include "harness/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

#include "launcher/file_watch.h"

/* Every test gets a folder of its own to be in. */
static char folder[64];

static int enter_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_watch.XXXXXX");
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
	static const char *const names[] = { "a.conf", "b.conf", "new.conf",
					     "d/x.yaml", "d/x.txt" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(names[i]);
	rmdir("d");
	return chdir("/") || rmdir(folder);
}

static void put(const char *name)
{
	FILE *f = fopen(name, "we");

	assert_non_null(f);
	fputs("x", f);
	fclose(f);
}

static void watch(struct file_watch *w, const char *name)
{
	*w = FILE_WATCH_INIT;
	assert_int_equal(file_watch_add(w, name), 0);
	assert_false(file_watch_take(w));
}

static void a_file_that_is_written_to_is_noticed(void **state)
{
	CLEANUP(file_watch_done) struct file_watch w;

	(void)state;
	put("a.conf");
	watch(&w, "a.conf");
	put("a.conf");
	assert_true(file_watch_take(&w));
	assert_false(file_watch_take(&w));
}

static void a_file_that_is_replaced_is_noticed_each_time(void **state)
{
	CLEANUP(file_watch_done) struct file_watch w;

	(void)state;
	put("a.conf");
	watch(&w, "a.conf");
	for (int i = 0; i < 3; i++) {
		put("new.conf");
		rename("new.conf", "a.conf");
		assert_true(file_watch_take(&w));
	}
}

static void a_file_that_goes_and_comes_is_noticed(void **state)
{
	CLEANUP(file_watch_done) struct file_watch w;

	(void)state;
	put("a.conf");
	watch(&w, "a.conf");
	unlink("a.conf");
	assert_true(file_watch_take(&w));
	put("a.conf");
	assert_true(file_watch_take(&w));
}

static void a_file_that_is_not_there_yet_is_waited_for(void **state)
{
	CLEANUP(file_watch_done) struct file_watch w;

	(void)state;
	watch(&w, "a.conf");
	put("a.conf");
	assert_true(file_watch_take(&w));
}

static void other_files_beside_it_are_of_no_interest(void **state)
{
	CLEANUP(file_watch_done) struct file_watch w;

	(void)state;
	put("a.conf");
	watch(&w, "a.conf");
	put("b.conf");
	unlink("b.conf");
	assert_false(file_watch_take(&w));
}

static void new_rules_files_of_a_folder_are_noticed(void **state)
{
	CLEANUP(file_watch_done) struct file_watch w;

	(void)state;
	mkdir("d", 0755);
	watch(&w, "d");
	put("d/x.txt");
	assert_false(file_watch_take(&w));
	put("d/x.yaml");
	assert_true(file_watch_take(&w));
}

static void nothing_is_watched_at_first(void **state)
{
	CLEANUP(file_watch_done) struct file_watch w = FILE_WATCH_INIT;

	(void)state;
	assert_int_equal(w.fd, -1);
	assert_false(file_watch_take(&w));
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_file_that_is_written_to_is_noticed),
		IN_FOLDER(a_file_that_is_replaced_is_noticed_each_time),
		IN_FOLDER(a_file_that_goes_and_comes_is_noticed),
		IN_FOLDER(a_file_that_is_not_there_yet_is_waited_for),
		IN_FOLDER(other_files_beside_it_are_of_no_interest),
		IN_FOLDER(new_rules_files_of_a_folder_are_noticed),
		IN_FOLDER(nothing_is_watched_at_first),
	};

	return RUN_TESTS(tests);
}

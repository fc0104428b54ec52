/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/paths.h: a command's first word finds its file as a shell would find it,
 * a path of rules its files as Falco would.
 */
#include "harness/test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "strbuf.h"

#include "launcher/paths.h"

/*
 * Every test is in a folder with
 *	bin/tool (executable)  bin/plain (not)  other/tool (executable)
 *	rules/b.yaml rules/a.yml rules/c.txt rules/sub.yaml/ rules/.hidden.yaml
 */
static char folder[64];

static const char *const folders[] = { "bin", "other", "rules",
				       "rules/sub.yaml", "empty" };
static const struct {
	const char *name;
	mode_t mode;
} files[] = {
	{ "bin/tool", 0755 },	  { "bin/plain", 0644 },
	{ "other/tool", 0755 },	  { "rules/b.yaml", 0644 },
	{ "rules/a.yml", 0644 },  { "rules/c.txt", 0644 },
};

static int enter_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_paths.XXXXXX");
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		mkdir(folders[i], 0755);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		FILE *f = fopen(files[i].name, "we");

		fputs(files[i].name, f);
		fclose(f);
		chmod(files[i].name, files[i].mode);
	}
	return 0;
}

static int leave_folder(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		unlink(files[i].name);
	for (size_t i = ARRAY_SIZE(folders); i > 0; i--)
		rmdir(folders[i - 1]);
	return chdir("/") || rmdir(folder);
}

static void finds(const char *name, const char *search, const char *want)
{
	CLEANUP(freep) char *path = NULL;

	assert_int_equal(path_find_executable(name, search, &path), 0);
	assert_string_equal(path, want);
}

static void finds_not(const char *name, const char *search, int code)
{
	char *path = NULL;

	assert_int_equal(path_find_executable(name, search, &path), code);
	assert_null(path);
}

static void a_name_with_a_slash_is_a_path(void **state)
{
	(void)state;
	finds("./bin/tool", "/nowhere", "./bin/tool");
	finds_not("./bin/plain", "bin", -EACCES);
	finds_not("./bin", "bin", -EACCES);
	finds_not("./bin/none", "bin", -ENOENT);
	finds_not("bin/tool/x", "bin", -ENOTDIR);
}

static void a_name_is_searched_in_order(void **state)
{
	(void)state;
	finds("tool", "bin:other", "bin/tool");
	finds("tool", "/nowhere:other:bin", "other/tool");
	finds("tool", "other:", "other/tool");
	finds_not("none", "bin:other", -ENOENT);
	finds_not("", "bin", -ENOENT);
}

static void what_may_not_be_executed_is_remembered(void **state)
{
	(void)state;
	finds_not("plain", "other:bin", -EACCES);
	finds_not("plain", "bin:other", -EACCES);
}

static void an_empty_part_is_the_current_folder(void **state)
{
	(void)state;
	assert_int_equal(chdir("bin"), 0);
	finds("tool", "", "./tool");
	finds("tool", "/nowhere:", "./tool");
	finds("tool", ":/nowhere", "./tool");
	assert_int_equal(chdir(".."), 0);
}

static void without_a_search_there_is_a_default(void **state)
{
	CLEANUP(freep) char *path = NULL;

	(void)state;
	assert_int_equal(path_find_executable("sh", NULL, &path), 0);
	assert_contains(path, "/sh");
}

static void a_folder_of_rules_gives_its_files_sorted(void **state)
{
	CLEANUP(path_list_done) struct path_list list = { ARRAY_INIT };
	size_t n = 99;

	(void)state;
	path_list_add(&list, "z");
	assert_int_equal(path_expand_rules(&list, "rules", &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(list.paths.items[1], "rules/a.yml");
	assert_string_equal(list.paths.items[2], "rules/b.yaml");
	assert_int_equal(path_expand_rules(&list, "rules/", &n), 0);
	assert_string_equal(list.paths.items[3], "rules/a.yml");
	assert_int_equal(path_expand_rules(&list, "empty", &n), 0);
	assert_int_equal(n, 0);
}

static void a_file_of_rules_needs_its_ending(void **state)
{
	CLEANUP(path_list_done) struct path_list list = { ARRAY_INIT };
	size_t n = 99;

	(void)state;
	assert_int_equal(path_expand_rules(&list, "rules/b.yaml", &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(path_expand_rules(&list, "rules/c.txt", &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(path_expand_rules(&list, "rules/d.yaml", &n), -ENOENT);
	assert_int_equal(list.paths.n, 1);
}

static void a_file_is_read_whole_or_not_at_all(void **state)
{
	CLEANUP(freep) char *text = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(path_read("bin/tool", 8, &text, &n), 0);
	assert_int_equal(n, 8);
	assert_string_equal(text, "bin/tool");
	assert_int_equal(path_read("bin/tool", 7, &text, &n), -EFBIG);
	assert_int_equal(path_read("bin", 7, &text, &n), -EISDIR);
	assert_int_equal(path_read("none", 7, &text, &n), -ENOENT);
	assert_string_equal(text, "bin/tool");
}

static void a_file_without_end_is_too_big(void **state)
{
	char *text = NULL;
	size_t n;

	(void)state;
	assert_int_equal(path_read("/dev/zero", 1 << 20, &text, &n), -EFBIG);
	assert_null(text);
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_name_with_a_slash_is_a_path),
		IN_FOLDER(a_name_is_searched_in_order),
		IN_FOLDER(what_may_not_be_executed_is_remembered),
		IN_FOLDER(an_empty_part_is_the_current_folder),
		cmocka_unit_test(without_a_search_there_is_a_default),
		IN_FOLDER(a_folder_of_rules_gives_its_files_sorted),
		IN_FOLDER(a_file_of_rules_needs_its_ending),
		IN_FOLDER(a_file_is_read_whole_or_not_at_all),
		cmocka_unit_test(a_file_without_end_is_too_big),
	};

	return RUN_TESTS(tests);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * users.h: the names of the target's own root, whatever its files hold.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/child.h"
#include "harness/test.h"

#include "tracer/users.h"

static char root_dir[64];

static void write_file(const char *name, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root_dir, name);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int make_root(void **state)
{
	char etc[80];

	(void)state;
	snprintf(root_dir, sizeof(root_dir), "/tmp/test_users.XXXXXX");
	if (!mkdtemp(root_dir))
		return -1;
	snprintf(etc, sizeof(etc), "%s/etc", root_dir);
	return mkdir(etc, 0755);
}

static int remove_root(void **state)
{
	char path[128];
	static const char *const names[] = { "etc/passwd", "etc/group",
					     "elsewhere", "etc", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", root_dir, names[i]);
		remove(path);
	}
	return 0;
}

/* Any user may have another root, in a user namespace. */
static void change_root(void *arg)
{
	bool done;

	(void)arg;
	done = chroot(root_dir) == 0 ||
	       (unshare(CLONE_NEWUSER) == 0 && chroot(root_dir) == 0);
	child_tell(done);
}

static const char *const passwd =
	"root:x:0:0:root:/root:/bin/sh\n"
	"\n"
	"# a comment\n"
	"broken line\n"
	":x:3:3::/:/bin/x\n"
	"bad:x:notanumber:3::/:/bin/x\n"
	"huge:x:99999999999:3::/:/bin/x\n"
	"short:x:4:4\n"
	"me:x:1234:77:Me, Myself:/home/me:/bin/zsh\n"
	"again:x:1234:78::/home/again:/bin/sh\n"
	"last:x:4294967295:1::/l:/bin/last";

static void the_targets_own_names_are_given(void **state)
{
	struct users *u = users_new(proc_fd());
	const struct user_info *user;
	const struct group_info *group;
	struct child c;

	(void)state;
	write_file("etc/passwd", passwd);
	write_file("etc/group", "root:x:0:\nus:x:77:me,you\nno:x:\n");
	c = child_start(change_root, NULL);
	skip_unless_told(&c, 0);
	user = users_user(u, c.pid, 1234);
	assert_non_null(user);
	assert_span_text(user->name, "me");
	assert_span_text(user->home, "/home/me");
	assert_span_text(user->shell, "/bin/zsh");
	assert_int_equal(user->gid, 77);
	assert_non_null(users_user(u, c.pid, UINT32_MAX));
	group = users_group(u, c.pid, 77);
	assert_non_null(group);
	assert_span_text(group->name, "us");
	users_free(u);
	child_end(&c);
}

static void broken_lines_name_nobody(void **state)
{
	struct users *u = users_new(proc_fd());
	struct child c;

	(void)state;
	write_file("etc/passwd", passwd);
	c = child_start(change_root, NULL);
	skip_unless_told(&c, 0);
	assert_null(users_user(u, c.pid, 3));
	assert_null(users_user(u, c.pid, 4));
	assert_null(users_user(u, c.pid, 5));
	users_free(u);
	child_end(&c);
}

static void a_fifo_in_place_of_a_file_blocks_nobody(void **state)
{
	struct users *u = users_new(proc_fd());
	char path[128];
	struct child c;

	(void)state;
	snprintf(path, sizeof(path), "%s/etc/passwd", root_dir);
	unlink(path);
	assert_int_equal(mkfifo(path, 0644), 0);
	c = child_start(change_root, NULL);
	skip_unless_told(&c, 0);
	assert_null(users_user(u, c.pid, 0));
	users_free(u);
	child_end(&c);
}

static void a_link_is_followed_below_the_root_alone(void **state)
{
	struct users *u = users_new(proc_fd());
	const struct user_info *user;
	char path[128];
	struct child c;

	(void)state;
	write_file("elsewhere", "linked:x:5:5::/:/bin/sh\n");
	snprintf(path, sizeof(path), "%s/etc/passwd", root_dir);
	unlink(path);
	assert_int_equal(symlink("/elsewhere", path), 0);
	c = child_start(change_root, NULL);
	skip_unless_told(&c, 0);
	user = users_user(u, c.pid, 5);
	assert_non_null(user);
	assert_span_text(user->name, "linked");
	users_free(u);
	child_end(&c);
}

static void a_changed_file_is_read_again(void **state)
{
	struct users *u = users_new(proc_fd());
	const struct user_info *user;
	struct child c;

	(void)state;
	write_file("etc/passwd", "old:x:9:9::/:/bin/sh\n");
	c = child_start(change_root, NULL);
	skip_unless_told(&c, 0);
	assert_span_text(users_user(u, c.pid, 9)->name, "old");
	write_file("etc/passwd", "newer:x:9:9::/:/bin/sh\n");
	usleep(1100000);
	user = users_user(u, c.pid, 9);
	assert_non_null(user);
	assert_span_text(user->name, "newer");
	users_free(u);
	child_end(&c);
}

/* The same root directory, with another file over its own. */
static void mount_over(void *arg)
{
	char from[80];
	bool done;

	(void)arg;
	snprintf(from, sizeof(from), "%s/elsewhere", root_dir);
	done = (unshare(CLONE_NEWNS) == 0 ||
		unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(from, "/etc/passwd", NULL, MS_BIND, NULL) == 0;
	child_tell(done);
}

static void what_is_mounted_over_the_file_is_that_namespaces_own(void **state)
{
	struct users *u = users_new(proc_fd());
	struct child c;

	(void)state;
	write_file("elsewhere", "masked:x:4242424:0::/:/bin/sh\n");
	c = child_start(mount_over, NULL);
	skip_unless_told(&c, 0);
	users_user(u, getpid(), 0);
	assert_non_null(users_user(u, c.pid, 4242424));
	assert_null(users_user(u, getpid(), 4242424));
	users_free(u);
	child_end(&c);
}

static void a_process_that_is_gone_has_no_users(void **state)
{
	struct users *u = users_new(proc_fd());
	struct child c = child_start(change_root, NULL);
	pid_t pid = c.pid;

	(void)state;
	child_end(&c);
	assert_null(users_user(u, pid, 0));
	assert_null(users_group(u, pid, 0));
	users_free(u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_targets_own_names_are_given),
		cmocka_unit_test(broken_lines_name_nobody),
		cmocka_unit_test(a_fifo_in_place_of_a_file_blocks_nobody),
		cmocka_unit_test(a_link_is_followed_below_the_root_alone),
		cmocka_unit_test(a_changed_file_is_read_again),
		cmocka_unit_test(what_is_mounted_over_the_file_is_that_namespaces_own),
		cmocka_unit_test(a_process_that_is_gone_has_no_users),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}

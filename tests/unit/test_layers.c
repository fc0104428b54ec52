/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers.h: the overlay's root in the text of a mountinfo. Real overlays are in the
 * live tests of containers.
 */
#include <fcntl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "harness/test.h"

#include "cleanup.h"

#include "tracer/layers.h"

#define OF_THE_HOST "26 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
#define BIND "71 65 0:40 /bin /opt/bin ro - overlay ov rw,lowerdir=l,upperdir=u\n"
#define WHOLE \
	"68 65 0:40 / /srv/o rw,relatime shared:1 - overlay ov " \
	"rw,lowerdir=l,upperdir=u,workdir=w\n"
#define BELOW "69 68 0:41 / / ro - overlay ov ro,lowerdir=l:upperdir=u\n"
#define ESCAPED "70 65 0:42 / /a\\040b rw - overlay ov rw,upperdir=u\n"

static void the_root_is_found_by_any_mount_of_it(void **state)
{
	static const char text[] = OF_THE_HOST BIND WHOLE BELOW;
	struct overlay_root root;

	(void)state;
	assert_true(layers_find_root(text, 68, &root));
	assert_int_equal(root.mount_id, 68);
	assert_string_equal(root.path, "srv/o");
	assert_true(root.has_upper);
	assert_true(layers_find_root(text, 71, &root));
	assert_int_equal(root.mount_id, 68);
}

static void an_overlay_may_lack_an_upper_layer(void **state)
{
	struct overlay_root root;

	(void)state;
	assert_true(layers_find_root(WHOLE BELOW WHOLE, 69, &root));
	assert_string_equal(root.path, "");
	assert_false(root.has_upper);
}

static void what_is_not_listed_is_not_known(void **state)
{
	struct overlay_root root;

	(void)state;
	assert_false(layers_find_root(NULL, 1, &root));
	assert_false(layers_find_root("", 1, &root));
	assert_false(layers_find_root("68", 68, &root));
	assert_false(layers_find_root("68 65 0:40", 68, &root));
	assert_false(layers_find_root("68 65 0:40 /\n/x", 68, &root));
	assert_false(layers_find_root(OF_THE_HOST WHOLE, 6, &root));
	assert_false(layers_find_root(OF_THE_HOST WHOLE, 26, &root));
	assert_false(layers_find_root(OF_THE_HOST BIND, 71, &root));
	assert_false(layers_find_root(ESCAPED, 70, &root));
}

static void no_file_is_in_both(void **state)
{
	CLEANUP(closep) int proc_fd = open("/proc", O_PATH | O_CLOEXEC);
	CLEANUP(closep) int fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	struct statfs fs = { 0 };
	struct layers layers;

	(void)state;
	assert_int_equal(fstatfs(fd, &fs), 0);
	layers = layers_of(proc_fd, getpid(), fd, &fs);
	assert_false(layers.upper && layers.lower);
	layers = layers_of(-1, getpid(), fd, &fs);
	assert_false(layers.upper || layers.lower);
	layers = layers_of_fd(proc_fd, getpid(), proc_fd);
	assert_false(layers.upper || layers.lower);
	layers = layers_of_fd(proc_fd, getpid(), 1000);
	assert_false(layers.upper || layers.lower);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_is_found_by_any_mount_of_it),
		cmocka_unit_test(an_overlay_may_lack_an_upper_layer),
		cmocka_unit_test(what_is_not_listed_is_not_known),
		cmocka_unit_test(no_file_is_in_both),
	};

	return RUN_TESTS(tests);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/container_facts.h: variables, labels, images, mounts, privilege and the
 * JSON of ECS and of events.
 */
#include "harness/test.h"

#include "arena.h"
#include "cleanup.h"
#include "container.h"

#include "launcher/container_facts.h"

static const char *label(const struct container_info *info, const char *key)
{
	for (size_t i = 0; i < info->nlabels; i++)
		if (!strcmp(info->labels[i].key, key))
			return info->labels[i].value;

	return NULL;
}

/* An environment out of lines. */
static char **environment(struct arena *arena, const char *lines)
{
	char *text = arena_strdup(arena, lines), *line;
	char **env = arena_zalloc(arena, 16 * sizeof(*env));
	size_t n = 0;

	while ((line = strsep(&text, "\n")) && n < 15)
		env[n++] = line;
	return env;
}

static void variables_of_lambda_and_ci(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info = { .known = false };
	char **env = environment(&arena,
				 "AWS_LAMBDA_FUNCTION_NAME=fn\n"
				 "AWS_LAMBDA_LOG_STREAM_NAME=2026/[1]ab\n"
				 "GITHUB_ACTIONS=true\n"
				 "GITHUB_REPOSITORY=me/it\n"
				 "GITHUB_SHA=\n"
				 "NOTHING");

	(void)state;
	assert_string_equal(container_from_env(&arena, env, &info), "lambda");
	assert_string_equal(info.name, "fn");
	assert_string_equal(info.full_id, "2026/[1]ab");
	assert_string_equal(label(&info, "ci.system"), "github");
	assert_string_equal(label(&info, "ci.repository"), "me/it");
	assert_null(label(&info, "ci.commit"));
}

static void the_users_own_words_come_first(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info = { .known = false };
	char **env = environment(&arena, "K8S_CONTAINER_NAME=second\n"
					 "FALCO_RUN_CONTAINER_NAME=first");

	(void)state;
	assert_null(container_from_env(&arena, env, &info));
	assert_string_equal(info.name, "first");
	assert_null(container_from_env(&arena, NULL, &info));
}

static void labels_of_the_downward_api(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info = { .known = false };

	(void)state;
	container_from_labels(&arena,
			      SPAN("app=\"web\"\nbroken\n=\"x\"\nq=\"a\\\"b\"\n"
				   "open=\"\nlast=\"1\""),
			      &info);
	assert_int_equal(info.npod_labels, 3);
	assert_string_equal(info.pod_labels[0].key, "app");
	assert_string_equal(info.pod_labels[0].value, "web");
	assert_string_equal(info.pod_labels[1].value, "a\"b");
	assert_string_equal(info.pod_labels[2].key, "last");
}

static void names_of_images(void **state)
{
	static const struct {
		const char *image, *repository, *tag, *digest;
	} rows[] = {
		{ "nginx", "nginx", "latest", NULL },
		{ "nginx:1.25", "nginx", "1.25", NULL },
		{ "r:5000/a/b", "r:5000/a/b", "latest", NULL },
		{ "r:5000/a/b:v1@sha256:ff", "r:5000/a/b", "v1", "sha256:ff" },
		{ "a/b@sha256:ff", "a/b", NULL, "sha256:ff" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		struct container_info info = { .image = rows[i].image };

		container_split_image(&arena, &info);
		assert_string_equal(info.image_repository, rows[i].repository);
		if (rows[i].tag)
			assert_string_equal(info.image_tag, rows[i].tag);
		else
			assert_null(info.image_tag);
		if (rows[i].digest)
			assert_string_equal(info.image_digest, rows[i].digest);
		else
			assert_null(info.image_digest);
	}
}

#define DOCKER_OWN \
	"1 0 0:50 / / rw,relatime - overlay overlay rw\n" \
	"2 1 0:51 / /proc rw - proc proc rw\n" \
	"3 1 0:52 / /dev rw - tmpfs tmpfs rw\n" \
	"4 3 0:53 / /dev/pts rw - devpts devpts rw\n" \
	"5 1 8:1 /var/lib/docker/containers/x/hosts /etc/hosts rw - ext4 " \
	"/dev/sda1 rw\n"
#define DOCKER_MASKS \
	"6 2 0:51 /sys /proc/sys ro - proc proc rw\n" \
	"7 2 0:52 /null /proc/kcore rw - tmpfs tmpfs rw\n"

static void mounts_that_somebody_asked_for(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info = { .known = true };
	static const struct {
		const char *source, *dest, *mode;
	} expected[] = {
		{ "/etc", "/host/etc dir", "ro" },
		{ "/run/docker.sock", "/var/run/docker.sock", "" },
		{ "/", "/host", "" },
		{ "/dev/sdb", "/data", "" },
		{ "/proc", "/host/proc", "" },
	};

	(void)state;
	container_from_mounts(
		&arena,
		DOCKER_OWN DOCKER_MASKS
		"8 1 8:1 /etc /host/etc\\040dir ro - ext4 /dev/sda1 rw\n"
		"9 1 0:30 /docker.sock /var/run/docker.sock rw - tmpfs t rw\n"
		"10 1 8:1 / /host rw master:1 - ext4 /dev/sda1 rw\n"
		"11 1 8:16 / /data rw - ext4 /dev/sdb rw\n"
		"12 1 0:5 / /host/proc rw - proc proc rw\n"
		"13 broken\n\n",
		&info);
	assert_int_equal(info.nmounts, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_string_equal(info.mounts[i].source, expected[i].source);
		assert_string_equal(info.mounts[i].dest, expected[i].dest);
		assert_string_equal(info.mounts[i].mode, expected[i].mode);
	}
	assert_false(info.mounts[0].writable);
	assert_string_equal(info.mounts[2].propagation, "rslave");
}

static bool privileged(const char *mountinfo, uint64_t bounding)
{
	struct container_bounds bounds = { .mountinfo = mountinfo,
					   .cap_bounding = bounding,
					   .cap_last = 40,
					   .pid_ns = 0xEFFFFFFC };
	struct container_info info = { .privileged = false };

	container_from_bounds(&bounds, &info);
	assert_true(info.host_pid);
	assert_false(info.host_ipc);
	return info.privileged;
}

static void privilege_is_all_capabilities_and_no_mask(void **state)
{
	(void)state;
	assert_true(privileged(DOCKER_OWN, 0x1ffffffffff));
	assert_false(privileged(DOCKER_OWN DOCKER_MASKS, 0x1ffffffffff));
	assert_false(privileged(DOCKER_OWN, 0xa80425fb));
	assert_false(privileged(NULL, 0x1ffffffffff));
}

static void what_ecs_answers(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info = { .known = false };
	struct span answer = SPAN(
		"{\"DockerId\":\"cd189a933e5849daa93386466019ab50-25\","
		"\"Name\":\"curl\",\"Image\":\"reg/curl:1\",\"ImageID\":"
		"\"sha256:d6\",\"Labels\":{\"com.amazonaws.ecs.cluster\":\"c\","
		"\"n\":1},\"Networks\":[{\"IPv4Addresses\":[\"192.0.2.3\"]}]}");

	(void)state;
	assert_true(container_from_ecs(&arena, answer, &info));
	assert_string_equal(info.id, "cd189a933e58");
	assert_string_equal(info.name, "curl");
	assert_string_equal(info.image_repository, "reg/curl");
	assert_string_equal(info.image_tag, "1");
	assert_string_equal(info.ip, "192.0.2.3");
	assert_string_equal(label(&info, "com.amazonaws.ecs.cluster"), "c");
	assert_int_equal(info.nlabels, 1);
}

static void other_answers_of_ecs_change_nothing(void **state)
{
	static const char *const answers[] = { "", "{", "[]", "null", "{}",
					       "{\"DockerId\":7}", "<html>" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		struct container_info info = { .name = "kept" };

		assert_false(container_from_ecs(&arena, span_of(answers[i]),
						&info));
		assert_string_equal(info.name, "kept");
		assert_null(info.full_id);
	}
}

static void the_json_of_an_event(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	const struct container_mount mount = { "/a", "/b", "ro", "rprivate",
					       false };
	const struct key_value labels[] = { { "k", "v\"" } };
	struct container_info info = { .id = "i", .mounts = &mount,
				       .nmounts = 1, .labels = labels,
				       .nlabels = 1, .privileged = true };

	(void)state;
	assert_string_equal(
		container_event_json(&arena, &info),
		"{\"container\":{\"Mounts\":[{\"Destination\":\"/b\",\"Mode\":"
		"\"ro\",\"Propagation\":\"rprivate\",\"RW\":false,\"Source\":"
		"\"/a\"}],\"full_id\":\"\",\"id\":\"i\",\"image\":\"\","
		"\"imagedigest\":\"\",\"imageid\":\"\",\"imagerepo\":\"\","
		"\"imagetag\":\"\",\"ip\":\"\",\"name\":\"\","
		"\"pod_sandbox_id\":\"\",\"type\":\"\",\"host_ipc\":false,"
		"\"host_network\":false,\"host_pid\":false,\"privileged\":true,"
		"\"labels\":{\"k\":\"v\\\"\"},\"pod_sandbox_labels\":{}}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_of_lambda_and_ci),
		cmocka_unit_test(the_users_own_words_come_first),
		cmocka_unit_test(labels_of_the_downward_api),
		cmocka_unit_test(names_of_images),
		cmocka_unit_test(mounts_that_somebody_asked_for),
		cmocka_unit_test(privilege_is_all_capabilities_and_no_mask),
		cmocka_unit_test(what_ecs_answers),
		cmocka_unit_test(other_answers_of_ecs_change_nothing),
		cmocka_unit_test(the_json_of_an_event),
	};

	return RUN_TESTS(tests);
}

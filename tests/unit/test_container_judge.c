/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launcher/container_judge.h: what /proc and the environment look like under the
 * known runtimes, and on a host.
 */
#include "harness/test.h"

#include "arena.h"
#include "cleanup.h"
#include "container.h"

#include "launcher/container_judge.h"

#define ID \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD "12345678-1234-1234-1234-123456789abc"

static bool judge(struct arena *arena, struct container_clues clues,
		  struct container_info *ret)
{
	return container_judge(arena, &clues, ret);
}

static void a_host_is_no_container(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info = { .type = "untouched" };

	(void)state;
	assert_false(judge(&arena, (struct container_clues){ 0 }, &info));
	assert_false(judge(&arena, (struct container_clues){
		.cgroup = "0::/user.slice/user-0.slice/session-1.scope\n",
		.mountinfo = "29 1 254:1 / / rw - ext4 /dev/vda1 rw\n",
		.hostname = "vm",
	}, &info));
	assert_string_equal(info.type, "untouched");
}

static void docker_under_cgroup_v1(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info;

	(void)state;
	assert_true(judge(&arena, (struct container_clues){
		.cgroup = "12:pids:/docker/" ID "\n11:cpu:/docker/" ID "\n",
	}, &info));
	assert_string_equal(info.full_id, ID);
	assert_string_equal(info.id, "0123456789ab");
	assert_string_equal(info.type, "docker");
	assert_true(info.known);
	assert_null(info.pod_uid);
}

static void docker_with_its_own_cgroup_namespace(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info;

	(void)state;
	assert_true(judge(&arena, (struct container_clues){
		.cgroup = "0::/\n",
		.mountinfo =
			"700 600 0:50 / / rw - overlay overlay rw\n"
			"710 700 254:1 /var/lib/docker/containers/" ID
			"/hostname /etc/hostname rw - ext4 /dev/vda1 rw\n",
	}, &info));
	assert_string_equal(info.full_id, ID);
	assert_string_equal(info.type, "docker");
}

static void podman_by_its_storage(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info;

	(void)state;
	assert_true(judge(&arena, (struct container_clues){
		.cgroup = "0::/\n",
		.mountinfo =
			"1 2 0:3 /containers/overlay-containers/" ID
			"/userdata/hosts /etc/hosts rw - tmpfs tmpfs rw\n",
		.variable = "podman",
	}, &info));
	assert_string_equal(info.type, "podman");
	assert_string_equal(info.id, "0123456789ab");
}

static void a_pod_of_kubernetes(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info;

	(void)state;
	assert_true(judge(&arena, (struct container_clues){
		.cgroup = "0::/kubepods.slice/kubepods-pod"
			  "12345678_1234_1234_1234_123456789abc.slice/"
			  "cri-containerd-" ID ".scope\n",
		.hostname = "web-0",
		.has_kubernetes = true,
	}, &info));
	assert_string_equal(info.type, "containerd");
	assert_string_equal(info.pod_uid, POD);
	assert_string_equal(info.pod_name, "web-0");
}

static void a_pod_by_its_hosts_file(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info;

	(void)state;
	assert_true(judge(&arena, (struct container_clues){
		.cgroup = "0::/\n",
		.mountinfo = "1 2 8:1 /var/lib/kubelet/pods/" POD
			     "/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw\n",
		.has_kubernetes = true,
	}, &info));
	assert_string_equal(info.pod_uid, POD);
	assert_string_equal(info.type, "cri");
	assert_true(info.known);
	assert_null(info.id);
}

static void ids_elsewhere_do_not_count(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info;

	(void)state;
	assert_false(judge(&arena, (struct container_clues){
		.cgroup = "0::/system.slice/" ID "0\n",
		.mountinfo = "1 2 8:1 /var/lib/docker/" ID
			     " /mnt/" ID " rw - ext4 /dev/sda1 rw\n",
	}, &info));
}

static void broken_clues_are_harmless(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info;

	(void)state;
	assert_false(judge(&arena, (struct container_clues){
		.cgroup = "\n\n:\n/kubepods/pod",
		.mountinfo = "x\n \n     \n1 2 3\n1 2 3 4 /",
	}, &info));
	assert_false(judge(&arena, (struct container_clues){
		.cgroup = "0::/pods/short/pod-pod-pod\n", .variable = "",
	}, &info));
}

static void a_container_without_an_id_has_a_type(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info;

	(void)state;
	assert_true(judge(&arena, (struct container_clues){
		.has_docker_file = true, .hostname = "0123456789ab" }, &info));
	assert_string_equal(info.type, "docker");
	assert_string_equal(info.id, "0123456789ab");
	assert_string_equal(info.full_id, "0123456789ab");
	assert_true(info.known);
	assert_true(judge(&arena, (struct container_clues){
		.has_docker_file = true }, &info));
	assert_null(info.id);
	assert_false(info.known);
	assert_true(judge(&arena, (struct container_clues){
		.variable = "systemd-nspawn" }, &info));
	assert_string_equal(info.type, "systemd-nspawn");
	assert_true(judge(&arena, (struct container_clues){
		.has_podman_file = true }, &info));
	assert_string_equal(info.type, "podman");
}

static void the_real_clues_can_be_read(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	struct container_info info;

	(void)state;
	container_detect(&arena, &info);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_is_no_container),
		cmocka_unit_test(docker_under_cgroup_v1),
		cmocka_unit_test(docker_with_its_own_cgroup_namespace),
		cmocka_unit_test(podman_by_its_storage),
		cmocka_unit_test(a_pod_of_kubernetes),
		cmocka_unit_test(a_pod_by_its_hosts_file),
		cmocka_unit_test(ids_elsewhere_do_not_count),
		cmocka_unit_test(broken_clues_are_harmless),
		cmocka_unit_test(a_container_without_an_id_has_a_type),
		cmocka_unit_test(the_real_clues_can_be_read),
	};

	return RUN_TESTS(tests);
}

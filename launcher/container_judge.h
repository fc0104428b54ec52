/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A first judgement of the container around us, from what lies open in /proc and
 * the environment: its id and its runtime, the pod's uid. No service is asked and
 * nothing is waited for. On a host, and where nothing can be made out, there is no
 * answer.
 */
#pragma once

#include <stdbool.h>

struct arena;
struct container_info;

/* What the judgement rests on; every text may be NULL. */
struct container_clues {
	const char *cgroup;    /* /proc/self/cgroup */
	const char *mountinfo; /* /proc/self/mountinfo */
	const char *variable;  /* $container, as systemd and podman set it */
	const char *hostname;
	bool has_docker_file;  /* /.dockerenv */
	bool has_podman_file;  /* /run/.containerenv */
	bool has_kubernetes;   /* $KUBERNETES_SERVICE_HOST */
};

/* Are we in a container? Fills *ret, with texts in the arena, when we are. Pure. */
bool container_judge(struct arena *arena, const struct container_clues *clues,
		     struct container_info *ret);

/* Collects the clues and judges. */
bool container_detect(struct arena *arena, struct container_info *ret);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A judgement of the container around us, from what lies open in /proc, in files and
 * in the environment: its id and runtime, the pod, mounts and privilege. No service is
 * asked and nothing is waited for (container_watch.h does). On a host, and where
 * nothing can be made out, there is no answer.
 */
#pragma once

#include <stdbool.h>

#include "container_facts.h"

struct arena;
struct container_info;

/* What the judgement rests on; every text may be NULL. */
struct container_clues {
	const char *cgroup;    /* /proc/self/cgroup */
	const char *mountinfo; /* /proc/self/mountinfo */
	const char *variable;  /* $container, as systemd and podman set it */
	const char *hostname;
	char *const *env;           /* environ(7) */
	const char *containerenv;   /* /run/.containerenv */
	const char *pod_labels;     /* the downward API's files, by their */
	const char *pod_name;       /* customary places */
	const char *pod_namespace;
	const char *pod_uid;
	struct container_bounds bounds;
	bool has_docker_file;  /* /.dockerenv */
	bool has_podman_file;  /* /run/.containerenv */
	bool has_kubernetes;   /* $KUBERNETES_SERVICE_HOST */
};

/*
 * Fills *ret, with texts in the arena, when there is something to tell: a container
 * (ret->known), or on a host labels of a CI system. A container whose runtime shows no
 * id is called by its host name, which runtimes make of the id. Pure.
 */
bool container_judge(struct arena *arena, const struct container_clues *clues,
		     struct container_info *ret);

/* Collects the clues and judges. */
bool container_detect(struct arena *arena, struct container_info *ret);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of the container and pod around the workload: one of each, since
 * the launcher and everything below it live in the same one. Found out by the
 * launcher in the background, so a text may be empty ("not known") early on; an
 * empty text is an absent field. On a plain host id, full_id and name are "host".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct container_mount {
	const char *source, *dest, *mode, *propagation;
	bool writable;
};

struct key_value {
	const char *key, *value;
};

struct container_info {
	const char *id; /* the first 12 characters of full_id */
	const char *full_id, *name, *type;
	const char *image, *image_id, *image_repository, *image_tag,
		*image_digest;
	const char *ip;
	const char *pod_name, *pod_uid, *pod_namespace, *pod_sandbox_id, *pod_ip;
	const struct container_mount *mounts;
	size_t nmounts;
	const struct key_value *labels; /* the container's */
	size_t nlabels;
	const struct key_value *pod_labels;
	size_t npod_labels;
	bool known;      /* false: on a host, or not found out (yet) */
	bool privileged;
	bool host_pid, host_network, host_ipc;
};

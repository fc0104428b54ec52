/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container's surroundings add to the first judgement of container_judge.h:
 * variables of the environment, files of Kubernetes' downward API, the mounts, how
 * much privilege there is, and what Amazon ECS answers. Pure: texts in, members of
 * struct container_info out, in the arena. A member that has a text keeps it; every
 * byte is somebody else's and may be wrong or missing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

struct arena;
struct container_info;

/* Adds a label; a key that is there keeps its value. */
void container_add_label(struct arena *arena, struct container_info *info,
			 const char *key, const char *value);

/* The rows of container_env.def over an environment as of environ(7). Returns the
 * type that a variable tells of, NULL when none does. */
const char *container_from_env(struct arena *arena, char *const *env,
			       struct container_info *info);

/* The file `labels` of a downward API volume: key="value" lines, the value as Go
 * quotes it. */
void container_from_labels(struct arena *arena, struct span text,
			   struct container_info *info);

/* Repository, tag and digest out of the image's name, where they are not known. */
void container_split_image(struct arena *arena, struct container_info *info);

/*
 * The mounts (proc(5), mountinfo) that somebody has asked for: what a runtime mounts
 * for itself is left out. A source is the path that was mounted, as far as the mount
 * shows it: below the root of its file system, for tmpfs below /run, where sockets of
 * runtimes are; a whole file system is "/" when it is the one that the runtime's own
 * files are on (the host's root), else its device.
 */
void container_from_mounts(struct arena *arena, const char *mountinfo,
			   struct container_info *info);

/* What the kernel says of our own restrictions; numbers of namespaces are inodes. */
struct container_bounds {
	const char *mountinfo; /* /proc/self/mountinfo; NULL: not known */
	uint64_t cap_bounding; /* CapBnd of /proc/self/status */
	unsigned cap_last;     /* /proc/sys/kernel/cap_last_cap */
	uint64_t pid_ns, net_ns, ipc_ns;
};

/*
 * Privileged as runtimes mean it: every capability (but CAP_SYS_MODULE, which a host
 * may keep from everybody), and nothing of /proc hidden. The
 * namespaces of the host have fixed numbers (pid and ipc since 3.8, net since 6.18,
 * include/uapi/linux/nsfs.h); before, a host's network is not told from another.
 */
void container_from_bounds(const struct container_bounds *bounds,
			   struct container_info *info);

/* The answer of ECS's task metadata endpoint, version 4, about this container.
 * Returns false when it is none. */
bool container_from_ecs(struct arena *arena, struct span json,
			struct container_info *info);

/* The JSON of a `container` event, keys as Falco's container plugin has them. */
char *container_event_json(struct arena *arena,
			   const struct container_info *info);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all do alike who answer a seccomp listener: the monitor, its fuse, and the keeper
 * (so nothing here depends on the C library's state).
 */
#pragma once

#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* Is there a call to be received? Waits for one so many ms. */
static inline bool listener_is_called(int fd, int ms)
{
	struct pollfd pending = { fd, POLLIN, 0 };

	return poll(&pending, 1, ms) > 0 && pending.revents & POLLIN;
}

/* Lets a call go on that has been received. False: nobody waits for that any more. */
static inline bool listener_let_go(int fd, uint64_t id)
{
	struct seccomp_notif_resp resp = {
		.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE
	};

	return !ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp);
}

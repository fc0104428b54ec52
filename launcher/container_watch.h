/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only a service can say of the container: Amazon ECS's task metadata endpoint.
 * It is asked on a thread of its own while the program runs, once, with a deadline;
 * nobody waits for it. The thread that judges events takes the answer when it is there.
 */
#pragma once

#include <stdbool.h>

struct container_info;
struct container_watch;

/*
 * Asks the endpoint that `url` names (NULL or empty: there is none, and nothing
 * starts), for at most deadline_ms. A container_info made of `known` and the answer is
 * what comes of it; `known` is copied, its texts are borrowed for the life of the
 * watch. Returns NULL where nothing was started.
 */
struct container_watch *container_watch_start(const struct container_info *known,
					      const char *url,
					      unsigned deadline_ms);

/* Is the asking over, one way or the other? One atomic load. */
bool container_watch_is_over(const struct container_watch *w);

/* What is known now that it is over; *ret is untouched where nothing new came. Its
 * texts live as long as the watch. */
void container_watch_take(const struct container_watch *w,
			  struct container_info *ret);

/* Gives up at once: what is still being asked ends by itself. NULL is fine. */
void container_watch_free(struct container_watch *w);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread behind container_watch.h. It and its owner end in either order: the last
 * one frees.
 */
#include "container_watch.h"

#include <pthread.h>
#include <stdatomic.h>

#include "arena.h"
#include "cleanup.h"
#include "container.h"
#include "error.h"
#include "strbuf.h"

#include "container_facts.h"
#include "curl.h"

#define ANSWER_MAX (1u << 20)
#define HTTP_ONLY 1L

enum state {
	STATE_ASKING,
	STATE_OVER,
	STATE_ABANDONED,
};

struct container_watch {
	atomic_int state;
	struct arena arena;
	struct container_info info;
	bool found;
	char *url;
	long deadline_ms;
};

static void destroy(struct container_watch *w)
{
	arena_done(&w->arena);
	free(w->url);
	free(w);
}

static size_t take(char *data, size_t size, size_t n, void *ctx)
{
	struct strbuf *answer = ctx;

	if (answer->n + size * n > ANSWER_MAX)
		return 0;
	strbuf_add(answer, data, size * n);
	return size * n;
}

static bool get(const struct container_watch *w, struct strbuf *answer)
{
	struct curl curl = { NULL };
	struct error err;
	void *easy;
	int code;

	if (curl_load(&curl, "the ECS metadata endpoint", &err) < 0)
		return false;
	easy = curl.easy_init();
	if (!easy)
		return false;
	curl.easy_setopt(easy, OPTION_URL, w->url);
	curl.easy_setopt(easy, OPTION_NOSIGNAL, 1L);
	curl.easy_setopt(easy, OPTION_PROTOCOLS, HTTP_ONLY);
	curl.easy_setopt(easy, OPTION_TIMEOUT_MS, w->deadline_ms);
	curl.easy_setopt(easy, OPTION_WRITEFUNCTION, take);
	curl.easy_setopt(easy, OPTION_WRITEDATA, answer);
	code = curl.easy_perform(easy);
	curl.easy_cleanup(easy);

	return code == 0;
}

static void *ask(void *ctx)
{
	CLEANUP(strbuf_done) struct strbuf answer = STRBUF_INIT;
	struct container_watch *w = ctx;

	if (get(w, &answer))
		w->found = container_from_ecs(&w->arena, strbuf_span(&answer),
					      &w->info);
	if (atomic_exchange(&w->state, STATE_OVER) == STATE_ABANDONED)
		destroy(w);
	return NULL;
}

struct container_watch *container_watch_start(const struct container_info *known,
					      const char *url,
					      unsigned deadline_ms)
{
	struct container_watch *w;
	pthread_t thread;

	if (!url || !*url)
		return NULL;
	w = xcalloc(1, sizeof(*w));
	w->info = *known;
	w->url = xstrdup(url);
	w->deadline_ms = (long)deadline_ms;
	if (pthread_create(&thread, NULL, ask, w)) {
		destroy(w);
		return NULL;
	}
	pthread_detach(thread);
	return w;
}

bool container_watch_is_over(const struct container_watch *w)
{
	return atomic_load_explicit(&w->state, memory_order_acquire) ==
	       STATE_OVER;
}

void container_watch_take(const struct container_watch *w,
			  struct container_info *ret)
{
	if (w->found)
		*ret = w->info;
}

void container_watch_free(struct container_watch *w)
{
	if (w && atomic_exchange(&w->state, STATE_ABANDONED) == STATE_OVER)
		destroy(w);
}

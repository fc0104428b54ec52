/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread for each question: questions to servers are rare.
 */
#include "patience.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "alloc.h"
#include "clock.h"

#include "thread.h"

#define STACK (256 * 1024)

struct question {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	long (*fn)(void *job);
	void (*done)(void *job);
	void *job;
	long answer;
	bool over;     /* the answer is there */
	bool given_up; /* nobody waits for it */
};

static void question_free(struct question *q)
{
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->answered);
	free(q);
}

static void *ask(void *arg)
{
	struct question *q = arg;
	bool given_up;

	q->answer = q->fn(q->job);
	pthread_mutex_lock(&q->lock);
	q->over = true;
	given_up = q->given_up;
	pthread_cond_signal(&q->answered);
	pthread_mutex_unlock(&q->lock);
	if (given_up) {
		q->done(q->job);
		question_free(q);
	}
	return NULL;
}

static struct question *question_new(long (*fn)(void *job),
				     void (*done)(void *job), void *job)
{
	struct question *q = xcalloc(1, sizeof(*q));
	pthread_condattr_t attr;

	*q = (struct question){ .fn = fn, .done = done, .job = job };
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->answered, &attr);
	pthread_condattr_destroy(&attr);
	return q;
}

static int start(struct question *q)
{
	pthread_attr_t attr;
	pthread_t id;
	int r;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK);
	r = thread_start(&id, &attr, ask, q);
	pthread_attr_destroy(&attr);
	return r;
}

/* Is the answer there in time? */
static bool await(struct question *q, unsigned ms)
{
	struct timespec end = clock_in_ms(ms);
	bool over;

	pthread_mutex_lock(&q->lock);
	while (!q->over &&
	       pthread_cond_timedwait(&q->answered, &q->lock, &end) != ETIMEDOUT)
		continue;
	over = q->over;
	q->given_up = !over;
	pthread_mutex_unlock(&q->lock);
	return over;
}

long patience_ask(const struct patience *p, long (*fn)(void *job),
		  void (*done)(void *job), void *job)
{
	struct question *q;
	long answer;

	if (!p || !p->served || !p->limit_ms)
		return fn(job);
	q = question_new(fn, done, job);
	if (start(q) < 0) {
		question_free(q);
		return -EAGAIN;
	}
	if (!await(q, p->limit_ms))
		return -ETIMEDOUT;
	answer = q->answer;
	question_free(q);
	return answer;
}

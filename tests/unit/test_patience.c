/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patience.h: questions that are answered, in time or not.
 */
#include "harness/test.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "tracer/patience.h"

static _Atomic int ended;

struct job {
	pthread_t asked_by;
	int until; /* a descriptor to be read first, or -1 */
	bool elsewhere;
};

static long answer(void *arg)
{
	struct job *job = arg;
	char c;

	job->elsewhere = !pthread_equal(pthread_self(), job->asked_by);
	if (job->until >= 0 && read(job->until, &c, 1) < 0)
		return -errno;
	return 7;
}

static void end(void *arg)
{
	free(arg);
	atomic_fetch_add(&ended, 1);
}

static struct job *job_new(int until)
{
	struct job *job = calloc(1, sizeof(*job));

	job->asked_by = pthread_self();
	job->until = until;
	return job;
}

static void where_nobody_serves_it_is_asked_here(void **state)
{
	const struct patience none = { .limit_ms = 10 };
	struct job *job = job_new(-1);

	(void)state;
	assert_int_equal(patience_ask(&none, answer, end, job), 7);
	assert_false(job->elsewhere);
	assert_int_equal(patience_ask(NULL, answer, end, job), 7);
	assert_false(job->elsewhere);
	free(job);
}

static void an_answer_in_time_is_the_callers(void **state)
{
	const struct patience some = { .limit_ms = 10000, .served = true };
	struct job *job = job_new(-1);

	(void)state;
	assert_int_equal(patience_ask(&some, answer, end, job), 7);
	assert_true(job->elsewhere);
	assert_int_equal(ended, 0);
	free(job);
}

static void a_late_answer_goes_nowhere(void **state)
{
	const struct patience little = { .limit_ms = 20, .served = true };
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(patience_ask(&little, answer, end, job_new(p[0])),
			 -ETIMEDOUT);
	assert_int_equal(ended, 0);
	assert_int_equal(write(p[1], "x", 1), 1);
	for (int i = 0; i < 10000 && !ended; i++)
		usleep(1000);
	assert_int_equal(ended, 1);
	close(p[0]);
	close(p[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_nobody_serves_it_is_asked_here),
		cmocka_unit_test(an_answer_in_time_is_the_callers),
		cmocka_unit_test(a_late_answer_goes_nowhere),
	};

	return RUN_TESTS(tests);
}

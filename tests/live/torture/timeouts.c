/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls with a time limit, none of them interrupted, each 80 ms: they end with what
 * tells of the limit, not before it, and not by much after. The rules ask for them.
 * EVENTS some: evt.type in (poll, select, epoll_wait, nanosleep, futex)
 * EVENTS some: evt.type in (accept4, accept, recvfrom, connect)
 * EVENTS any: evt.type in (semtimedop, rt_sigtimedwait, clock_nanosleep, ppoll)
 */
#include "torture.h"

#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define LIMIT_MS 80
#define LATE_MS 3000 /* the machine may be busy */

static int listener, epoll, pair[2];
static struct timespec span = { 0, LIMIT_MS * 1000000L };

static struct timespec deadline(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += span.tv_nsec;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static long do_poll(void)
{
	return poll(NULL, 0, LIMIT_MS);
}

static long do_ppoll(void)
{
	return ppoll(NULL, 0, &span, NULL);
}

static long do_select(void)
{
	struct timeval t = { 0, LIMIT_MS * 1000 };

	return select(0, NULL, NULL, NULL, &t);
}

static long do_epoll(void)
{
	struct epoll_event e;

	return epoll_wait(epoll, &e, 1, LIMIT_MS);
}

static long do_nanosleep(void)
{
	struct timespec rest = { 0, 77 };
	long r = nanosleep(&span, &rest);

	MUST(rest.tv_nsec == 77);
	return r;
}

static long do_clock(void)
{
	struct timespec t = deadline();

	errno = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL);
	return errno ? -1 : 0;
}

static long do_accept(void)
{
	return accept(listener, NULL, NULL);
}

static long do_recv(void)
{
	char c;

	return recv(pair[0], &c, 1, 0);
}

static long do_send(void)
{
	static char much[1 << 16];

	while (send(pair[0], much, sizeof(much), MSG_DONTWAIT) > 0)
		continue;
	return send(pair[0], much, sizeof(much), 0);
}

static long do_futex(void)
{
	static int word;

	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &span, NULL, 0);
}

static long do_sem(void)
{
	struct timespec t = deadline();
	sem_t sem;

	sem_init(&sem, 0, 0);
	return sem_timedwait(&sem, &t);
}

static long do_cond(void)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	struct timespec t = deadline();

	pthread_mutex_lock(&mutex);
	errno = pthread_cond_timedwait(&cond, &mutex, &t);
	pthread_mutex_unlock(&mutex);
	return errno ? -1 : 0;
}

static long do_sigwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return sigtimedwait(&set, NULL, &span);
}

static const struct {
	const char *name;
	long (*call)(void);
} rows[] = {
	{ "poll", do_poll },	 { "ppoll", do_ppoll },
	{ "select", do_select }, { "epoll_wait", do_epoll },
	{ "nanosleep", do_nanosleep }, { "clock_nanosleep", do_clock },
	{ "accept", do_accept }, { "recv", do_recv },
	{ "send", do_send },	 { "futex", do_futex },
	{ "semaphore", do_sem }, { "condition", do_cond },
	{ "sigtimedwait", do_sigwait },
};

int main(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	struct timeval limit = { 0, LIMIT_MS * 1000 };

	listener = socket(AF_INET, SOCK_STREAM, 0);
	MUST(!bind(listener, (struct sockaddr *)&any, sizeof(any)));
	MUST(!listen(listener, 1));
	MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	epoll = epoll_create1(0);
	setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		long before = now_ms(), r = rows[i].call(), took;
		int error = r < 0 ? errno : 0;

		took = now_ms() - before;
		printf("%s: %s%s\n", rows[i].name,
		       error ? strerrorname_np(error) : "good",
		       took < LIMIT_MS - 2	  ? ", too early" :
		       took > LIMIT_MS + LATE_MS ? ", too late" :
						   "");
	}
	return 0;
}

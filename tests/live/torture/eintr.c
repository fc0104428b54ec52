/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A handler interrupts every blocking call that there is: with SA_RESTART and without.
 * What fails with EINTR natively does so, what is restarted is, and nothing else is
 * ever EINTR. The rules ask for all of these calls.
 * EVENTS some: evt.type in (read, accept4, poll, ppoll, select, epoll_wait)
 * EVENTS some: evt.type in (nanosleep, futex, flock, recvfrom, recvmsg, connect)
 * EVENTS any: evt.type in (semop, msgrcv, fcntl, wait4, rt_sigtimedwait, pause)
 * EVENTS any: evt.type in (clock_nanosleep, waitid, rt_sigsuspend, open, openat)
 */
#include "torture.h"

#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

static volatile sig_atomic_t alarms;
static int pipes[2], pair[2], listener, epoll, lock_fd, queue, semaphores;
static char fifo[64];
static pid_t sleeper;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

static long do_read(void)
{
	char c;

	return read(pipes[0], &c, 1);
}

static long do_recv(void)
{
	char c;

	return recv(pair[0], &c, 1, 0);
}

static long do_recvmsg(void)
{
	char c;
	struct iovec v = { &c, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };

	return recvmsg(pair[0], &m, 0);
}

static long do_accept(void)
{
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

static long do_poll(void)
{
	struct pollfd p = { pipes[0], POLLIN, 0 };

	return poll(&p, 1, 150);
}

static long do_ppoll(void)
{
	struct pollfd p = { pipes[0], POLLIN, 0 };
	struct timespec t = { 0, 150000000 };

	return ppoll(&p, 1, &t, NULL);
}

static long do_select(void)
{
	struct timeval t = { 0, 150000 };

	return select(0, NULL, NULL, NULL, &t);
}

static long do_epoll(void)
{
	struct epoll_event e;

	return epoll_wait(epoll, &e, 1, 150);
}

static long do_nanosleep(void)
{
	struct timespec t = { 0, 150000000 };

	return nanosleep(&t, NULL);
}

static long do_clock(void)
{
	struct timespec t = { 0, 150000000 };
	int r = clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);

	errno = r;
	return r ? -1 : 0;
}

static long do_futex(void)
{
	static int word;
	struct timespec t = { 0, 150000000 };

	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &t, NULL, 0);
}

static long do_flock(void)
{
	return flock(lock_fd, LOCK_EX);
}

static long do_lock(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(lock_fd, F_SETLKW, &l);
}

static long do_semop(void)
{
	struct sembuf s = { 0, -1, 0 };

	return semop(semaphores, &s, 1);
}

static long do_msgrcv(void)
{
	struct {
		long type;
		char text[8];
	} m;

	return msgrcv(queue, &m, sizeof(m.text), 0, 0);
}

static long do_waitpid(void)
{
	return waitpid(sleeper, NULL, 0);
}

static long do_waitid(void)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)sleeper, &info, WEXITED | WNOWAIT);
}

static long do_sigwait(void)
{
	struct timespec t = { 0, 150000000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return sigtimedwait(&set, NULL, &t);
}

static long do_pause(void)
{
	return pause();
}

static long do_suspend(void)
{
	sigset_t none;

	sigemptyset(&none);
	return sigsuspend(&none);
}

static long do_open_fifo(void)
{
	return open(fifo, O_RDONLY);
}

static const struct {
	const char *name;
	long (*call)(void);
	bool restarts; /* with SA_RESTART it goes on for ever */
} rows[] = {
	{ "read", do_read, true },
	{ "recv", do_recv, true },
	{ "recvmsg", do_recvmsg, true },
	{ "accept", do_accept, true },
	{ "poll", do_poll, false },
	{ "ppoll", do_ppoll, false },
	{ "select", do_select, false },
	{ "epoll_wait", do_epoll, false },
	{ "nanosleep", do_nanosleep, false },
	{ "clock_nanosleep", do_clock, false },
	{ "futex", do_futex, false },
	{ "flock", do_flock, true },
	{ "fcntl lock", do_lock, true },
	{ "semop", do_semop, false },
	{ "msgrcv", do_msgrcv, false },
	{ "waitpid", do_waitpid, true },
	{ "waitid", do_waitid, true },
	{ "sigtimedwait", do_sigwait, false },
	{ "pause", do_pause, false },
	{ "sigsuspend", do_suspend, false },
	{ "open of a FIFO", do_open_fifo, true },
};

/* Until the parent is dead. */
_Noreturn static void rest(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* The alarm rings once, 40 ms from now. */
static void ring(int flags)
{
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = flags };
	struct itimerval t = { .it_value = { 0, 40000 } };

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &t, NULL);
}

static void interrupt(const char *name, long (*call)(void), int flags)
{
	long r, before = now_ms();
	int error;

	alarms = 0;
	ring(flags);
	r = call();
	error = r < 0 ? errno : 0;
	printf("%s%s: %s, %d alarm%s\n", name, flags ? ", restarting" : "",
	       error ? strerrorname_np(error) : "good", (int)alarms,
	       now_ms() - before < 30 ? ", too early" : "");
}

/* What is restarted for ever is to be seen waiting still, after the handler. */
static void restarts_for_ever(const char *name, long (*call)(void))
{
	pid_t pid = fork();

	if (!pid) {
		sleeper = fork();
		if (!sleeper)
			rest();
		ring(SA_RESTART);
		call();
		_exit(1);
	}
	nap_ms(120);
	MUST(waitpid(pid, NULL, WNOHANG) == 0);
	kill(pid, SIGKILL);
	reap(pid);
	printf("%s, restarting: waits on\n", name);
}

static void prepare(void)
{
	char name[] = "/tmp/torture-lock-XXXXXX";
	struct sockaddr_in any = { .sin_family = AF_INET };
	struct epoll_event e = { .events = EPOLLIN };
	char c;

	MUST(!pipe(pipes) && !socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	listener = socket(AF_INET, SOCK_STREAM, 0);
	MUST(!bind(listener, (struct sockaddr *)&any, sizeof(any)));
	MUST(!listen(listener, 1));
	epoll = epoll_create1(0);
	MUST(!epoll_ctl(epoll, EPOLL_CTL_ADD, pipes[0], &e));
	queue = msgget(IPC_PRIVATE, 0600);
	semaphores = semget(IPC_PRIVATE, 1, 0600);
	MUST(queue >= 0 && semaphores >= 0);
	lock_fd = mkstemp(name);
	/* Holds the locks, and is who is waited for. */
	sleeper = fork();
	if (!sleeper) {
		int own = open(name, O_RDWR);

		lock_fd = own;
		MUST(!flock(own, LOCK_EX) && !do_lock());
		MUST(write(pipes[1], "x", 1) == 1);
		rest();
	}
	MUST(read(pipes[0], &c, 1) == 1);
	unlink(name);
	snprintf(fifo, sizeof(fifo), "%s.fifo", name);
	MUST(!mknod(fifo, S_IFIFO | 0600, 0));
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	prepare();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		interrupt(rows[i].name, rows[i].call, 0);
		if (rows[i].restarts)
			restarts_for_ever(rows[i].name, rows[i].call);
		else
			interrupt(rows[i].name, rows[i].call, SA_RESTART);
	}
	kill(sleeper, SIGKILL);
	reap(sleeper);
	unlink(fifo);
	msgctl(queue, IPC_RMID, NULL);
	semctl(semaphores, 0, IPC_RMID);
	return 0;
}

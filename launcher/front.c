/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front's loop: see front.h. It takes all signals from a descriptor, so that
 * nothing of it runs in a handler and nothing is lost while the monitor prepares.
 */
#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "clock.h"
#include "error.h"

#include "log.h"
#include "signals.h"
#include "status.h"

/* How long a start may take in which a group's signal is told by its origin alone. */
#define WITNESS_AFTER_MS 10

struct news {
	enum front_news what;
	int value;
};

struct service {
	struct front *f;
	const sigset_t *kept;
	const struct log *log;
	pid_t program;  /* 0 before it runs */
	int pidfd;      /* the program's; -1: the number must do */
	sigset_t early; /* what came before it ran */
	uint64_t witness_ms; /* when there is to be a witness; 0: not now, or it has been */
	bool ended, over;
	int status; /* for the caller */
};

/* --- Parting ----------------------------------------------------------------- */

/* What we were started with, which is the program's. */
struct inherited {
	sigset_t mask;
	struct sigaction on_child;
};

static void be_monitor(struct front *f, bool end_together,
		       const struct inherited *from)
{
	sigaction(SIGCHLD, &from->on_child, NULL);
	sigprocmask(SIG_SETMASK, &from->mask, NULL);
	f->monitor = 0;
	if (end_together) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (getppid() != f->pid)
			raise(SIGKILL);
	}
	setpgid(0, 0);
}

int front_no_process(int r, struct error *err)
{
	return error_set(err, r,
			 "no process can be made: %s (falco-run needs three "
			 "besides the program's own: see RLIMIT_NPROC, ulimit "
			 "-u, and the container's limit of pids)",
			 strerror(-r));
}

int front_part(struct front *ret, bool end_together, struct error *err)
{
	/* Ignored, it would tell us of nobody. */
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	struct inherited inherited;
	sigset_t all;
	int ends[2];
	pid_t pid;

	ret->pid = getpid();
	ret->group = getpgrp();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return error_set(err, -errno, "socketpair: %s",
				 strerror(errno));
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	/* Our memory, and our place before the out-of-memory killer, are not for
	 * others of our user. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	signals_fill_front(&all);
	sigprocmask(SIG_BLOCK, &all, &inherited.mask);
	sigaction(SIGCHLD, &usual, &inherited.on_child);
	pid = fork();
	close(ends[pid == 0 ? 0 : 1]);
	ret->channel = ends[pid == 0 ? 1 : 0];
	if (pid < 0)
		return front_no_process(-errno, err);
	ret->monitor = pid;
	if (pid == 0)
		be_monitor(ret, end_together, &inherited);

	return 0;
}

void front_tell(const struct front *f, enum front_news what, int value)
{
	const struct news news = { what, value };

	if (f->channel < 0)
		return;
	send(f->channel, &news, sizeof(news), MSG_NOSIGNAL);
	/* A stopped front does not read; and what is stopped can be killed. */
	if ((what == FRONT_ENDED || (what == FRONT_STOPPED && !value)) &&
	    getppid() == f->pid)
		kill(f->pid, SIGCONT);
}

void front_let_go(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	closep(&null);
}

void front_done(struct front *f)
{
	witness_end(&f->witness);
	closep(&f->channel);
	f->channel = -1;
}

/* --- Signals ----------------------------------------------------------------- */

/* Who stays for what the program left behind (--wait-all) may be told to go. */
static void send_program(const struct service *s, int number)
{
	if (s->ended)
		kill(s->f->monitor, number);
	else if (s->pidfd < 0 ||
	    (syscall(SYS_pidfd_send_signal, s->pidfd, number, NULL, 0) < 0 &&
	     errno == ENOSYS))
		kill(s->program, number);
}

/* Where the program has made a group of its own that would have been ours, had it been
 * us: what is sent to ours is meant for it. 0: it has not. */
static pid_t group_apart(const struct service *s)
{
	pid_t group = s->ended || !s->program ? 0 : getpgid(s->program);

	if (s->f->group != s->f->pid || group != s->program ||
	    getsid(s->program) != getsid(0))
		return 0;
	return group;
}

static void forward(struct service *s, const struct signalfd_siginfo *info)
{
	int number = (int)info->ssi_signo;
	bool group = witness_saw(&s->f->witness, info);
	pid_t apart;

	if (!s->program) {
		sigaddset(&s->early, number);
		kill(s->f->monitor, number);
		return;
	}
	apart = group ? group_apart(s) : 0;
	if (apart)
		kill(-apart, number);
	else if (!group)
		send_program(s, number);
}

static void take(struct service *s, const struct signalfd_siginfo *info)
{
	int number = (int)info->ssi_signo;

	/* The monitor wakes us up when the program goes on. */
	if (number == SIGCHLD || (pid_t)info->ssi_pid == s->f->monitor)
		return;
	if (sigismember(s->kept, number))
		kill(s->f->monitor, number);
	else
		forward(s, info);
}

static void take_signals(struct service *s, int fd)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == sizeof(info))
		take(s, &info);
}

/* --- Job control ------------------------------------------------------------- */

/* The shell gives the terminal to our group, and would have given it to the program's. */
static void hand_terminal_on(const struct service *s)
{
	pid_t apart = group_apart(s);
	CLEANUP(closep) int fd = -1;

	if (!apart)
		return;
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0 && tcgetpgrp(fd) == getpgrp())
		tcsetpgrp(fd, apart);
}

/* Returns when somebody continues us. As PID 1, or in a group that nobody minds, the
 * kernel does not stop us. */
static void stop_as_well(const struct service *s, int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	signal(number, SIG_DFL);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	hand_terminal_on(s);
}

/* --- What the monitor tells -------------------------------------------------- */

static void on_started(struct service *s, int pid)
{
	s->program = pid;
	s->witness_ms = clock_ms(CLOCK_MONOTONIC) + WITNESS_AFTER_MS;
	s->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	for (int i = 1; i <= SIGRTMAX; i++) {
		if (sigismember(&s->early, i))
			send_program(s, i);
	}
}

/* What has been told meanwhile was told too early to wake us up. */
static void on_stopped(struct service *s, int number)
{
	struct pollfd later = { s->f->channel, POLLIN, 0 };

	if (number && poll(&later, 1, 0) <= 0)
		stop_as_well(s, number);
}

static void on_ended(struct service *s, int wait_status)
{
	s->ended = true;
	s->status = status_of_wait(wait_status);
	s->f->death = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
}

static void (*const on_news[])(struct service *s, int value) = {
	[FRONT_STARTED] = on_started,
	[FRONT_STOPPED] = on_stopped,
	[FRONT_ENDED] = on_ended,
};

/* False: there is nobody any more who could tell. */
static bool hear(struct service *s)
{
	struct news news;
	ssize_t n;

	while ((n = recv(s->f->channel, &news, sizeof(news), MSG_DONTWAIT)) ==
	       sizeof(news)) {
		if ((unsigned)news.what < ARRAY_SIZE(on_news))
			on_news[news.what](s, news.value);
	}
	return n < 0 && errno == EAGAIN;
}

/* --- Children ---------------------------------------------------------------- */

static void lose_monitor(struct service *s, int number)
{
	if (s->ended) {
		s->status = STATUS_SIGNAL_BASE + number;
		s->f->death = 0;
	}
	log_say(s->log, LOG_LEVEL_WARNING,
		"the monitor was killed by signal %d: %s", number,
		s->ended || !s->program ? "alerts may be lost" :
		"from here on the program is not watched");
	s->f->monitor = -1;
	if (!s->program)
		s->status = STATUS_FAILURE;
	s->over = s->ended || !s->program;
}

static void on_child(struct service *s, pid_t pid, int status)
{
	if (pid == s->f->monitor && WIFSIGNALED(status)) {
		hear(s);
		lose_monitor(s, WTERMSIG(status));
	} else if (pid == s->f->monitor) {
		s->status = WEXITSTATUS(status);
		s->over = true;
	} else if (pid == s->program) {
		on_ended(s, status);
		s->over = s->f->monitor < 0;
	} else if (pid == s->f->witness.pid) {
		closep(&s->f->witness.fd);
		s->f->witness = (struct witness)WITNESS_NONE;
	}
}

static void reap(struct service *s)
{
	int status;
	pid_t pid;

	while (!s->over && (pid = waitpid(-1, &status, __WALL | WNOHANG)) > 0)
		on_child(s, pid, status);
	/* It has not become ours: it ended with its monitor, or somebody else
	 * waits for it. */
	if (!s->over && s->f->monitor < 0 &&
	    waitpid(s->program, &status, WNOHANG) < 0) {
		s->status = STATUS_FAILURE;
		s->over = true;
	}
}

/* How long until there is to be a witness, in ms; -1: that is not known. */
static int witness_wait(const struct service *s)
{
	uint64_t now = clock_ms(CLOCK_MONOTONIC);

	if (!s->witness_ms || s->f->channel < 0)
		return -1;
	return now < s->witness_ms ? (int)(s->witness_ms - now) : 0;
}

/* Not while the program starts: a process more would keep a CPU from it, and one that ends
 * at once needs no witness. What has come by then it has not seen, and says nothing about. */
static void call_witness(struct service *s, int fd)
{
	if (witness_wait(s))
		return;
	s->witness_ms = 0;
	take_signals(s, fd);
	witness_start(&s->f->args, &s->f->witness);
}

int front_serve(struct front *f, const sigset_t *kept, const struct log *log)
{
	struct service s = { .f = f, .kept = kept, .log = log, .pidfd = -1 };
	sigset_t set;
	CLEANUP(closep) int fd = -1;

	signals_fill_front(&set);
	sigemptyset(&s.early);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	front_let_go();
	while (!s.over) {
		struct pollfd fds[] = { { fd, POLLIN, 0 },
					{ f->channel, POLLIN, 0 } };

		if (poll(fds, ARRAY_SIZE(fds), witness_wait(&s)) < 0)
			continue;
		if (fds[1].revents && !hear(&s)) {
			closep(&f->channel);
			f->channel = -1;
			if (s.ended) /* It ends while the monitor does. */
				witness_dismiss(&f->witness);
		}
		if (fds[0].revents)
			take_signals(&s, fd);
		call_witness(&s, fd);
		reap(&s);
	}
	closep(&s.pidfd);
	return s.status;
}

void front_end(struct front *f, int status)
{
	const struct rlimit none = { 0, 0 };
	int number = f->death;
	sigset_t set;

	if (!number || status != STATUS_SIGNAL_BASE + number)
		return;
	front_done(f);
	setrlimit(RLIMIT_CORE, &none);
	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
}

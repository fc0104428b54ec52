/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search through PATH: failures before the success, each an event, and the image
 * and its memory stay what they were after each.
 * EVENTS 3: evt.type=execve and evt.res=ENOENT and evt.arg.exe=torture-tool
 * EVENTS 1: evt.type=execve and evt.res=EACCES and evt.arg.exe=torture-tool
 * EVENTS 1: evt.type=execve and evt.res=SUCCESS and proc.exe=torture-tool
 * EVENTS 1: evt.type=execve and evt.res=E2BIG
 * EVENTS 1: evt.type=execve and evt.res=EFAULT
 */
#include "torture.h"

#include <sys/stat.h>
#include <sys/syscall.h>

int main(int argc, char **argv)
{
	static char huge[1 << 18];
	char *big[] = { huge, NULL };
	char dir[] = "/tmp/torture-XXXXXX", path[4096], file[64], self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int bad = 0;
	pid_t pid;

	if (argc > 1) {
		printf("found as %s\n", argv[0]);
		return 7;
	}
	MUST(n > 0);
	self[n] = '\0';
	memset(huge, 'x', sizeof(huge) - 1);
	MUST(execv("/proc/self/exe", big) < 0 && errno == E2BIG);
	MUST(syscall(SYS_execve, 8, big, NULL) < 0 && errno == EFAULT);
	MUST(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/plain", dir);
	MUST(!mkdir(file, 0700));
	snprintf(file, sizeof(file), "%s/plain/torture-tool", dir);
	MUST(!close(open(file, O_CREAT | O_WRONLY, 0600)));
	snprintf(file, sizeof(file), "%s/torture-tool", dir);
	MUST(!symlink(self, file));
	snprintf(path, sizeof(path), "/nonexistent:/proc/self/fd:%s/plain:/etc:%s",
		 dir, dir);
	setenv("PATH", path, 1);
	pid = fork();
	if (!pid) {
		execlp("torture-tool", "torture-tool", "x", (char *)NULL);
		_exit(1);
	}
	reap_exit(pid, 7);
	bad |= unlink(file);
	snprintf(file, sizeof(file), "%s/plain/torture-tool", dir);
	bad |= unlink(file);
	snprintf(file, sizeof(file), "%s/plain", dir);
	bad |= rmdir(file) | rmdir(dir);
	return bad;
}

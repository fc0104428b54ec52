/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 7 | a program is dropped into a temporary directory and run
 * beside: a copy of a program is made, and the program itself run
 *
 * What it drops is a copy of true(1).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Copies what is readable at `from` to an executable file `to`. */
static int copy_program(const char *from, const char *to)
{
	char piece[65536];
	ssize_t got = 0;
	int in, out, failed = 0;

	in = open(from, O_RDONLY | O_CLOEXEC);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	if (in < 0 || out < 0)
		return -1;
	while (!failed && (got = read(in, piece, sizeof(piece))) > 0)
		failed = write(out, piece, (size_t)got) != got;
	close(in);
	close(out);
	return failed || got < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/falco-run-drop-XXXXXX";
	char path[sizeof(folder) + sizeof("/dropped")];
	int status = 0;
	pid_t pid;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/dropped", folder);
	if (copy_program("/bin/true", path) < 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		if (argc > 1 && strcmp(argv[1], "benign") == 0)
			execl("/bin/true", "true", NULL);
		else
			execl(path, "dropped", NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	unlink(path);
	rmdir(folder);
	puts("drop_and_run: dropped, ran and removed a program");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

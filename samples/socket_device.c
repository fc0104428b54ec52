/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 6 | a socket is bound to one network device
 * beside: a socket is told to keep its connection alive
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void misbehave(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof("lo"));
	close(fd);
}

static void behave(void)
{
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("socket_device: done");
	return 0;
}

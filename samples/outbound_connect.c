/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a connection to a listener of its own on the loopback interface and sends a
 * few bytes, as a program does that carries data away. Nothing leaves the machine.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* A listening socket on a free port of 127.0.0.1, its address in *ret. */
static int listen_somewhere(struct sockaddr_in *ret)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int fd;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
		close(fd);
		return -1;
	}
	*ret = address;
	return fd;
}

int main(void)
{
	struct sockaddr_in address;
	int listener, client, server;
	char byte;

	alarm(20);
	listener = listen_somewhere(&address);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || client < 0)
		return 1;
	if (connect(client, (struct sockaddr *)&address, sizeof(address)) < 0)
		return 1;
	server = accept(listener, NULL, NULL);
	if (server < 0)
		return 1;
	if (write(client, "x", 1) != 1 || read(server, &byte, 1) != 1)
		return 1;
	puts("outbound_connect: one byte went over the loopback interface");
	return 0;
}

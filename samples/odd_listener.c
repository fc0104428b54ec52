/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 6 | a program listens for others at an odd port
 * beside: it listens for this machine alone
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void listen_at(in_addr_t address)
{
	struct sockaddr_in name = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	name.sin_port = htons(0xbeef);
	name.sin_addr.s_addr = htonl(address);
	if (bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		listen(fd, 1);
	close(fd);
}

static void misbehave(void)
{
	listen_at(INADDR_ANY);
}

static void behave(void)
{
	listen_at(INADDR_LOOPBACK);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("odd_listener: done");
	return 0;
}

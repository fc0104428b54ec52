/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_to tcp|udp|send|listen ADDRESS PORT: connects, sends one datagram without
 * connecting, or connects to a listener of its own. It refuses to work where there is
 * a network, so that nothing ever leaves the machine: only the loopback interface
 * may be there.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int is_alone(void)
{
	struct if_nameindex *all = if_nameindex();
	int alone = all != NULL;

	for (struct if_nameindex *i = all; i && i->if_index; i++)
		if (strcmp(i->if_name, "lo") != 0)
			alone = 0;
	if (all)
		if_freenameindex(all);
	return alone;
}

/* A listener at that address; nobody takes what comes. */
static void listen_at(const struct sockaddr_in *address)
{
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
		listen(fd, 1);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd, type;

	if (argc != 4 || inet_pton(AF_INET, argv[2], &address.sin_addr) != 1)
		return 2;
	address.sin_port = htons((uint16_t)strtol(argv[3], NULL, 10));
	if (!is_alone()) {
		puts("connect_to: there is a network here: nothing is done");
		return 0;
	}
	type = argv[1][0] == 't' || argv[1][0] == 'l' ? SOCK_STREAM : SOCK_DGRAM;
	if (argv[1][0] == 'l')
		listen_at(&address);
	fd = socket(AF_INET, type, 0);
	if (argv[1][0] == 's')
		sendto(fd, "x", 1, 0, (struct sockaddr *)&address,
		       sizeof(address));
	else
		connect(fd, (struct sockaddr *)&address, sizeof(address));
	return 0;
}

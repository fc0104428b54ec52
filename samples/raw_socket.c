/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: 6 | sockets are asked for that see every packet
 * beside: an ordinary socket is asked for
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void misbehave(void)
{
	close(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
	close(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)));
}

static void behave(void)
{
	close(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("raw_socket: done");
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: container escape | the socket of a container runtime is contacted
 * beside: a socket of another name is
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Listener and caller are both this program. */
static void talk_to(const char *name)
{
	char folder[] = "/tmp/falco-run-runtime-XXXXXX";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!mkdtemp(folder))
		return;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s", folder,
		 name);
	if (bind(server, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    listen(server, 1) == 0)
		connect(client, (struct sockaddr *)&address, sizeof(address));
	unlink(address.sun_path);
	rmdir(folder);
	close(server);
	close(client);
}

static void misbehave(void)
{
	talk_to("docker.sock");
}

static void behave(void)
{
	talk_to("paper.sock");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("runtime_socket: done");
	return 0;
}

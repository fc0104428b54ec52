/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shows: kernel | a module, a kernel, a bpf program, a ring and page faults are asked for
 * beside: random bytes are
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

static void misbehave(void)
{
	static union bpf_attr attr;
	static struct io_uring_params params;

	/* Each with arguments that no kernel takes. */
	syscall(SYS_init_module, "", 0UL, "");
	syscall(SYS_kexec_load, 0UL, 0UL, NULL, ~0UL);
	syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	syscall(SYS_io_uring_setup, 0, &params);
	syscall(SYS_userfaultfd, ~0);
}

static void behave(void)
{
	char bytes[8];

	if (getrandom(bytes, sizeof(bytes), 0) < 0)
		puts("no luck");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "benign") == 0)
		behave();
	else
		misbehave();
	puts("kernel_calls: done");
	return 0;
}

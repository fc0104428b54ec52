/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a file, three functions of known names deep.
 */
#include <fcntl.h>
#include <unistd.h>

/* What is done after each call keeps it from being the last thing done. */
static volatile int depth;

__attribute__((noinline)) static void innermost(const char *path)
{
	close(open(path, O_RDONLY));
	depth++;
}

__attribute__((noinline)) static void middle(const char *path)
{
	innermost(path);
	depth++;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		middle(argv[1]);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the bundle's door has for a C library: its entry, system calls, and the
 * few functions on text that it needs. A start of the C library would cost more
 * than all that the door does.
 */
#pragma once

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>

/* The kernel's result: negative errno where it failed. What is not needed is 0.
 */
static inline long system_call(long nr, long a, long b, long c, long d)
{
#if defined(__x86_64__)
	register long r10 __asm__("r10") = d;

	__asm__ volatile("syscall"
			 : "+a"(nr)
			 : "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return nr;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = nr, x0 __asm__("x0") = a,
			 x1 __asm__("x1") = b, x2 __asm__("x2") = c,
			 x3 __asm__("x3") = d;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
			 : "memory");
	return x0;
#else
#error "the door knows the system calls of x86_64 and aarch64"
#endif
}

/* Defines the entry. It calls `begin` with the stack as the kernel left it:
 * argc, argv, the environment and the auxiliary vector. `begin` does not
 * return, and may write to two words before argc. */
#if defined(__x86_64__)
#define ENTRY(begin) \
	__asm__(".globl _start\n_start: mov %rsp, %rdi\nxor %ebp, %ebp\n" \
		"sub $16, %rsp\nand $-16, %rsp\ncall " #begin "\n")
#elif defined(__aarch64__)
#define ENTRY(begin) \
	__asm__(".globl _start\n_start: mov x0, sp\nmov x29, #0\n" \
		"sub sp, sp, #16\nbl " #begin "\n")
#endif

/* As their namesakes, with negative errno; names are relative to the folder
 * `at`. */
static inline long call_open(long at, const char *name, int flags)
{
	return system_call(SYS_openat, at, (long)name, flags, 0);
}

static inline long call_close(long fd)
{
	return system_call(SYS_close, fd, 0, 0, 0);
}

static inline long call_read(long fd, char *to, size_t size)
{
	return system_call(SYS_read, fd, (long)to, (long)size, 0);
}

static inline long call_write(long fd, const char *from, size_t size)
{
	return system_call(SYS_write, fd, (long)from, (long)size, 0);
}

static inline long call_readlink(const char *name, char *to, size_t size)
{
	return system_call(SYS_readlinkat, AT_FDCWD, (long)name, (long)to,
			   (long)size);
}

static inline long call_access(long at, const char *name, int mode)
{
	return system_call(SYS_faccessat, at, (long)name, mode, 0);
}

static inline long call_execve(const char *name, char *const *argv,
			       char *const *environment)
{
	return system_call(SYS_execve, (long)name, (long)argv,
			   (long)environment, 0);
}

static inline size_t text_length(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

static inline bool text_starts(const char *text, const char *start)
{
	while (*start)
		if (*text++ != *start++)
			return false;
	return true;
}

/* Writes text at `at` of `size` bytes in all, with a zero; returns where that
 * is, or `size`: it does not fit. */
static inline size_t text_put(char *to, size_t size, size_t at,
			      const char *text)
{
	size_t n = text_length(text);

	if (at >= size || n >= size - at)
		return size;
	for (size_t i = 0; i <= n; i++)
		to[at + i] = text[i];
	return at + n;
}

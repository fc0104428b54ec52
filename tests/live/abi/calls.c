/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same calls in each way that this machine knows to make them, without a C
 * library: tests/live/abi.sh builds it as a 64-bit program (the twin), as one that
 * makes 32-bit calls (-DINT80) and as a 32-bit one (-m32); -DOLD takes the calls that
 * 32-bit programs made before newer ones were there. It exits with the number of the
 * first step that did not do what it should.
 */
#include <stddef.h>
#include <stdint.h>

#if defined(INT80) || defined(__i386__)
#define NARROW 1
#include <x86_64-linux-gnu/asm/unistd_32.h>
typedef uint32_t word;
#else
#define NARROW 0
#include <x86_64-linux-gnu/asm/unistd_64.h>
typedef uint64_t word;
#endif

long call6(long nr, long a, long b, long c, long d, long e, long f);
void begin(long *stack);

#ifdef __i386__
__asm__(".globl _start\n_start: mov %esp, %eax\n and $-16, %esp\n sub $12, %esp\n"
	"push %eax\n call begin\n"
	"call6: push %ebp\n push %edi\n push %esi\n push %ebx\n"
	"mov 20(%esp), %eax\n mov 24(%esp), %ebx\n mov 28(%esp), %ecx\n"
	"mov 32(%esp), %edx\n mov 36(%esp), %esi\n mov 40(%esp), %edi\n"
	"mov 44(%esp), %ebp\n int $0x80\n"
	"pop %ebx\n pop %esi\n pop %edi\n pop %ebp\n ret\n");
#else
__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call begin\n");
#ifdef INT80
/* What is in the upper halves is nobody's business. */
__asm__("call6: push %rbp\n push %rbx\n mov 24(%rsp), %rbp\n mov %rdi, %rax\n"
	"mov %rsi, %rbx\n mov %rdx, %r10\n mov %rcx, %rdx\n mov %r10, %rcx\n"
	"mov %r8, %rsi\n mov %r9, %rdi\n movabs $0x5a5a5a5a00000000, %r11\n"
	"or %r11, %rbx\n or %r11, %rcx\n or %r11, %rdx\n or %r11, %rsi\n"
	"int $0x80\n pop %rbx\n pop %rbp\n ret\n");
#else
__asm__("call6: mov %rdi, %rax\n mov %rsi, %rdi\n mov %rdx, %rsi\n"
	"mov %rcx, %rdx\n mov %r8, %r10\n mov %r9, %r8\n mov 8(%rsp), %r9\n"
	"syscall\n ret\n");
#endif
#endif

#define PICK(_1, _2, _3, _4, _5, _6, _7, name, ...) name
#define C(...) \
	PICK(__VA_ARGS__, C6, C5, C4, C3, C2, C1, C0)(__VA_ARGS__)
#define C0(n) call6(n, 0, 0, 0, 0, 0, 0)
#define C1(n, a) call6(n, (long)(a), 0, 0, 0, 0, 0)
#define C2(n, a, b) call6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define C3(n, a, b, c) call6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define C4(n, a, b, c, d) \
	call6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define C5(n, a, b, c, d, e) \
	call6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define C6(n, a, b, c, d, e, f) \
	call6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), \
	      (long)(f))

#if NARROW
#define NEWER(narrow, own) narrow
#else
#define NEWER(narrow, own) own
#endif
#if NARROW && !defined(OLD)
#define LATER(narrow, own) narrow
#else
#define LATER(narrow, own) own
#endif

/* Sockets, System V, an offset of 64 bits: where the ways differ most. */
static word words[6];
#if NARROW && defined(OLD)
#define SOCKET_CALL(part, n, ...) \
	(words_set(__VA_ARGS__), C(__NR_socketcall, part, words))
#define SEM_CALL(part, n, a, b, c, ptr) C(__NR_ipc, part, a, b, c, ptr)
static void words_set(long a, long b, long c, long d, long e, long f)
{
	long all[6] = { a, b, c, d, e, f };

	for (int i = 0; i < 6; i++)
		((volatile word *)words)[i] = (word)all[i];
}
#else
#define SOCKET_CALL(part, n, ...) C6(n, __VA_ARGS__)
#endif
#if NARROW
#define AT(offset) (offset), 0
#else
#define AT(offset) (offset)
#endif

struct vec {
	word base, n;
};
struct message {
	word name;
	uint32_t name_size;
#if !NARROW
	uint32_t pad;
#endif
	word iov, iov_n, control, control_size, flags;
};
struct inet {
	uint16_t family, port;
	uint32_t address;
	uint8_t zero[8];
};
struct limit {
	word soft, hard;
};
struct spec {
	word seconds, ns;
};

/* All below 4 GB: the program is not relocated. */
static char dir[] = "abi.d", file[] = "abi.d/file", other[] = "abi.d/other";
static char text[] = "some words", buffer[64], name[] = "abi-renamed";
static char nobody[] = "/nonexistent/program", arg[] = "one", env[] = "A=b";
static char here[] = ".";
static word argv[3], envp[2];
static uint8_t stat_room[256];
static struct vec vecs[2];
static struct message message;
static struct inet address = { 2, 0, 0x0100007f, { 0 } }, peer;
static uint32_t size, option, fds[2];
static struct limit limit;
static struct spec spec;
static struct {
	int32_t fd;
	int16_t events, revents;
} pollfd;
static struct {
	uint16_t number;
	int16_t op, flags;
} semop[1] = { { 0, 1, 04000 } };
static word offset;
static uint64_t limits64[2];
static uint8_t ring[128];
static int step;

#if NARROW && defined(OLD)
static uint16_t ids[3];
#else
static uint32_t ids[3];
#endif

static void leave(int code)
{
	for (;;)
		C(__NR_exit_group, code);
}

static void good(long r)
{
	step++;
	if (r < 0 && r > -4096)
		leave(step);
}

static void bad(long r, long errnumber)
{
	step++;
	if (r != -errnumber)
		leave(step);
}

static long files(void)
{
	long fd;

	good(C(__NR_mkdir, dir, 0755));
	bad(C(__NR_open, nobody, 0), 2);
	fd = C(__NR_open, file, 0102, 0640);
	good(fd);
	good(C(__NR_write, fd, text, 10));
	good(C(__NR_pwrite64, fd, text, 4, AT(5)));
	good(C(__NR_pread64, fd, buffer, 7, AT(1)));
	good(C(__NR_lseek, fd, -3L, 1));
#if NARROW
	good(C(__NR__llseek, fd, 0, 2, vecs, 0));
#else
	good(C(__NR_lseek, fd, 2, 0));
#endif
	good(C(__NR_read, fd, buffer, 3));
	vecs[0] = (struct vec){ (word)(uintptr_t)text, 4 };
	vecs[1] = (struct vec){ (word)(uintptr_t)buffer, 2 };
	good(C(__NR_writev, fd, vecs, 2));
	good(C(__NR_pwritev, fd, vecs, 1, 3, 0));
	good(C(__NR_preadv, fd, vecs + 1, 1, 3, 0));
	return fd;
}

static void names(long fd)
{
	long copy;

	good(C(NEWER(__NR_stat64, __NR_stat), file, stat_room));
	good(C(NEWER(__NR_lstat64, __NR_lstat), file, stat_room));
	good(C(NEWER(__NR_fstat64, __NR_fstat), fd, stat_room));
	good(C(NEWER(__NR_fstatat64, __NR_newfstatat), -100L, file, stat_room,
	       0x100));
	good(C(__NR_rename, file, other));
	good(C(__NR_link, other, file));
	good(C(__NR_chmod, other, 0600));
	good(C(LATER(__NR_chown32, __NR_chown), other, -1L, -1L));
	good(C(LATER(__NR_fchown32, __NR_fchown), fd, -1L, -1L));
	good(C(__NR_openat, -100L, other, 0));
	copy = C(NEWER(__NR_fcntl64, __NR_fcntl), fd, 0, 50);
	good(copy);
	good(C(__NR_dup2, fd, 60));
	good(C(__NR_close, 60));
	offset = 1;
	good(C(__NR_sendfile, copy, fd, &offset, 3));
	good(C(__NR_ftruncate, fd, 5));
	good(C(__NR_unlink, other));
	good(C(__NR_unlinkat, -100L, file, 0));
	good(C(__NR_rmdir, dir));
	good(C(__NR_chdir, here));
	good(C(__NR_pipe, fds));
}

static long listening(void)
{
	long fd = SOCKET_CALL(1, __NR_socket, 2, 1, 0, 0, 0, 0);

	good(fd);
	good(SOCKET_CALL(2, __NR_bind, fd, (long)&address, 16, 0, 0, 0));
	good(SOCKET_CALL(4, __NR_listen, fd, 5, 0, 0, 0, 0));
	size = sizeof(peer);
	good(SOCKET_CALL(6, __NR_getsockname, fd, (long)&peer, (long)&size, 0,
			 0, 0));
	return fd;
}

static void connected(void)
{
	long server = listening(), fd, got;

	fd = SOCKET_CALL(1, __NR_socket, 2, 1, 0, 0, 0, 0);
	good(fd);
	good(SOCKET_CALL(3, __NR_connect, fd, (long)&peer, 16, 0, 0, 0));
	size = sizeof(peer);
	got = SOCKET_CALL(18, __NR_accept4, server, (long)&peer, (long)&size,
			  02000000, 0, 0);
	good(got);
	option = 1;
	good(SOCKET_CALL(14, __NR_setsockopt, fd, 1, 2, (long)&option, 4, 0));
	spec = (struct spec){ 2, 500000 };
	good(SOCKET_CALL(14, __NR_setsockopt, fd, 1, 20, (long)&spec,
			 sizeof(spec), 0));
	size = 4;
	good(SOCKET_CALL(15, __NR_getsockopt, fd, 1, 3, (long)&option,
			 (long)&size, 0));
	good(SOCKET_CALL(11, __NR_sendto, fd, (long)text, 6, 0, 0, 0));
	good(SOCKET_CALL(12, __NR_recvfrom, got, (long)buffer, 6, 0, 0, 0));
	vecs[0] = (struct vec){ (word)(uintptr_t)text, 5 };
	message = (struct message){ .iov = (word)(uintptr_t)vecs, .iov_n = 1 };
	good(SOCKET_CALL(16, __NR_sendmsg, fd, (long)&message, 0, 0, 0, 0));
	vecs[0].base = (word)(uintptr_t)buffer;
	good(SOCKET_CALL(17, __NR_recvmsg, got, (long)&message, 0, 0, 0, 0));
	good(SOCKET_CALL(13, __NR_shutdown, fd, 2, 0, 0, 0, 0));
	good(SOCKET_CALL(8, __NR_socketpair, 1, 1, 0, (long)fds, 0, 0));
	bad(SOCKET_CALL(3, __NR_connect, 63, (long)&address, 16, 0, 0, 0), 9);
}

static void semaphores(void)
{
#if NARROW && defined(OLD)
	long id = SEM_CALL(2, 0, 0, 1, 0600, 0);

	option = 3;
	good(id);
	good(SEM_CALL(3, 0, id, 0, 16, &option));
	good(SEM_CALL(1, 0, id, 1, 0, semop));
	option = 0;
	good(SEM_CALL(3, 0, id, 0, 0, &option));
#else
	long id = C(__NR_semget, 0, 1, 0600);

	good(id);
	good(C(__NR_semctl, id, 0, 16, 3));
#if NARROW
	good(C(__NR_ipc, 1, id, 1, 0, semop));
#else
	good(C(__NR_semop, id, semop, 1));
#endif
	good(C(__NR_semctl, id, 0, 0, 0));
#endif
}

static void waiting(void)
{
	pollfd.fd = (int32_t)fds[0];
	good(C(__NR_poll, &pollfd, 1, 0));
	spec = (struct spec){ 0, 1000 };
	good(C(__NR_nanosleep, &spec, 0));
	bad(C(__NR_futex, words, 0, 7, &spec), 11);
}

static void memory(void)
{
	long at;

#if NARROW && defined(OLD)
	words_set(0, 8192, 3, 0x22, -1, 0);
	at = C(__NR_mmap, words);
#elif NARROW
	at = C(__NR_mmap2, 0, 8192, 3, 0x22, -1L, 0);
#else
	at = C(__NR_mmap, 0, 8192, 3, 0x22, -1L, 0);
#endif
	good(at);
	good(C(__NR_mprotect, at, 4096, 1));
	good(C(__NR_munmap, at, 8192));
}

static void identity(void)
{
	good(C(LATER(__NR_getuid32, __NR_getuid)));
	good(C(LATER(__NR_getresuid32, __NR_getresuid), ids, ids + 1, ids + 2));
	good(C(LATER(__NR_setresuid32, __NR_setresuid), -1L, -1L, -1L));
	good(C(LATER(__NR_setresgid32, __NR_setresgid), -1L, -1L, -1L));
	good(C(NEWER(__NR_ugetrlimit, __NR_getrlimit), 4, &limit));
	good(C(__NR_setrlimit, 4, &limit));
	good(C(__NR_prlimit64, 0, 7, 0, limits64));
	good(C(__NR_prctl, 15, name));
	good(C(__NR_kill, C(__NR_getpid), 0));
	C(__NR_io_uring_setup, 2, ring);
	bad(C(__NR_umount2, dir, 0), 2);
}

static void family(void)
{
	long child = C(__NR_fork);

	good(child);
	if (!child) {
		argv[0] = (word)(uintptr_t)nobody;
		argv[1] = (word)(uintptr_t)arg;
		envp[0] = (word)(uintptr_t)env;
		bad(C(__NR_execve, nobody, argv, envp), 2);
		leave(3);
	}
	good(C(__NR_wait4, child, 0, 0, 0));
	child = C(__NR_clone, 17, 0, 0, 0, 0);
	good(child);
	if (!child)
		leave(4);
	good(C(__NR_wait4, child, 0, 0, 0));
}

void begin(long *stack)
{
	long fd = files();

	(void)stack;
	names(fd);
	connected();
	semaphores();
	waiting();
	memory();
	identity();
	family();
	leave(0);
}

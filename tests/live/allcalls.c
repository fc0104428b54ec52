/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every system call that has an event of its own, at least once, in a folder of its
 * own and without harm to it or anybody: most succeed once and fail once. Calls are
 * made past the C library, so that they are those that are written here; what may be
 * refused is not judged, the events are (tests/live/allcalls.events).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/quota.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define S(name, ...) syscall(SYS_##name, ##__VA_ARGS__)
/* A descriptor that nobody has. */
#define BAD 901

static char text[] = "0123456789", room[256];
static struct iovec two[2] = { { text, 4 }, { text + 4, 6 } };

static int open_file(const char *name)
{
	int fd = (int)S(openat, AT_FDCWD, name, O_RDWR | O_CREAT, 0640);

	if (fd < 0)
		exit(10);
	return fd;
}

static void names(void)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_BENEATH };
	int dir, fd;

#ifdef SYS_open
	S(mkdir, "d", 0751);
	S(creat, "c", 0600);
	S(open, "c", O_RDONLY);
	S(open, "/nonexistent/x", O_RDONLY);
	S(stat, "c", room);
	S(lstat, "c", room);
	S(access, "c", R_OK);
	S(link, "c", "l");
	S(rename, "l", "r");
	S(symlink, "c", "s");
	S(chmod, "c", 0640);
	S(chown, "c", -1, -1);
	S(lchown, "s", -1, -1);
	S(mknod, "fifo", S_IFIFO | 0600, 0);
	S(unlink, "fifo");
	S(rmdir, "nothing");
#endif
	dir = (int)S(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);
	S(mkdirat, dir, "in", 0700);
	S(openat2, dir, "nothing", &how, sizeof(how));
	S(openat2, AT_FDCWD, "c", &how, sizeof(how));
	S(newfstatat, AT_FDCWD, "c", room, AT_SYMLINK_NOFOLLOW);
	S(linkat, AT_FDCWD, "c", dir, "l", 0);
	S(renameat, dir, "l", AT_FDCWD, "r2");
	S(renameat2, AT_FDCWD, "r2", dir, "r3", 1);
	S(symlinkat, "c", dir, "s");
	S(fchmodat, AT_FDCWD, "c", 0600);
	S(fchownat, AT_FDCWD, "c", -1, -1, 0);
	S(mknodat, dir, "fifo", S_IFIFO | 0600, 0);
	S(unlinkat, dir, "fifo", 0);
	S(unlinkat, AT_FDCWD, "d/in", AT_REMOVEDIR);
	S(unlinkat, BAD, "x", 0);
	fd = open_file("c");
	S(fchmod, fd, 0644);
	S(fchown, fd, -1, -1);
	S(fstat, fd, room);
	S(getdents64, dir, room, sizeof(room));
#ifdef SYS_getdents
	S(getdents, dir, room, sizeof(room));
#endif
	S(chdir, "d");
	S(getcwd, room, sizeof(room));
	S(getcwd, room, 1);
	S(chdir, "..");
	S(fchdir, dir);
	S(chdir, "..");
	S(fchdir, BAD);
	S(chroot, "/nonexistent");
	S(mount, "none", "/nonexistent", "tmpfs", MS_NOSUID, 0);
	S(umount2, "/nonexistent", 0);
	S(quotactl, QCMD(Q_GETFMT, USRQUOTA), "/dev/nonexistent", 0, room);
	S(open_by_handle_at, BAD, room, O_RDONLY);
	S(fsconfig, BAD, 1, "key", "value", 0);
	S(close, dir);
	S(close, BAD);
	S(close_range, 800, 810, 0);
}

static void descriptors(void)
{
	int fd = open_file("c"), pair[2] = { -1, -1 }, id;
	char ring[128] = "";
	struct flock lock = { .l_type = F_RDLCK };

	S(dup, fd);
	S(dup, BAD);
#ifdef SYS_dup2
	S(dup2, fd, 50);
	S(pipe, pair);
	S(eventfd, 3);
	S(signalfd, -1, room, 8);
	S(inotify_init);
	S(epoll_create, 5);
#endif
	S(dup3, fd, 51, O_CLOEXEC);
	S(fcntl, fd, F_DUPFD, 60);
	S(fcntl, fd, F_GETFD, 0);
	S(fcntl, fd, F_GETLK, &lock);
	S(ioctl, fd, 0x541B, room);
	S(ioctl, BAD, 0x1234, 0x5678);
	S(flock, fd, 6);
	S(flock, fd, 8);
	S(lseek, fd, 5, SEEK_SET);
	S(lseek, fd, -1L, SEEK_SET);
	S(pipe2, pair, O_CLOEXEC);
	S(eventfd2, 4, O_NONBLOCK);
	S(signalfd4, -1, room, 8, O_NONBLOCK);
	S(timerfd_create, CLOCK_MONOTONIC, O_CLOEXEC);
	S(timerfd_create, 99, 0);
	S(inotify_init1, O_NONBLOCK);
	id = (int)S(epoll_create1, EPOLL_CLOEXEC);
#ifdef SYS_epoll_wait
	S(epoll_wait, id, room, 1, 0);
#endif
	S(close, id);
	S(memfd_create, "memory", 1);
	S(userfaultfd, 0xdead);
	id = (int)S(pidfd_open, getpid(), 0);
	S(pidfd_open, -5, 0);
	S(pidfd_getfd, BAD, 1, 0);
	S(close, id);
	S(bpf, 999, 0, 0);
	S(io_uring_setup, 4, ring);
	S(io_uring_enter, BAD, 1, 1, 1, 0, 0);
	S(io_uring_register, BAD, 8, 0, 0);
}

static void bytes(void)
{
	int fd = open_file("c"), copy = open_file("copy"), pair[2];
	off_t at = 0;

	S(write, fd, text, 10);
	S(write, BAD, text, 10);
	S(pwrite64, fd, text, 3, 2);
	S(pread64, fd, room, 5, 1);
	S(pread64, fd, room, 5, -1L);
	S(lseek, fd, 0, SEEK_SET);
	S(read, fd, room, 4);
	S(read, fd, room, 0);
	S(writev, fd, two, 2);
	S(pwritev, fd, two, 2, 1, 0);
	S(lseek, fd, 0, SEEK_SET);
	two[0].iov_base = room;
	two[1].iov_base = room + 4;
	S(readv, fd, two, 2);
	S(preadv, fd, two, 2, 1, 0);
	S(sendfile, copy, fd, &at, 5);
	S(sendfile, BAD, fd, 0, 5);
	S(copy_file_range, fd, 0, copy, 0, 1, 0);
	if (pipe(pair))
		exit(11);
	S(write, pair[1], text, 4);
	S(splice, pair[0], 0, copy, 0, 4, 1);
	S(splice, BAD, 0, copy, 0, 4, 0);
	S(process_vm_readv, getpid(), two, 1, two + 1, 1, 0);
	S(process_vm_writev, 999999, two, 1, two + 1, 1, 0);
}

static void messages(int fd, int other)
{
	struct iovec iov[2] = { { text, 3 }, { text, 4 } };
	struct mmsghdr many[2] = {
		{ .msg_hdr = { .msg_iov = iov, .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = iov + 1, .msg_iovlen = 1 } },
	};
	struct msghdr one = { .msg_iov = iov, .msg_iovlen = 2 };

	S(sendto, fd, text, 6, 0, 0, 0);
	S(recvfrom, other, room, 20, 0, 0, 0);
	S(sendmsg, fd, &one, 0);
	iov[0].iov_base = room;
	iov[1].iov_base = room + 10;
	S(recvmsg, other, &one, 0);
	iov[0].iov_base = text;
	S(sendmmsg, fd, many, 2, 0);
	iov[0].iov_base = room;
	S(recvmmsg, other, many, 2, MSG_DONTWAIT, 0);
	S(sendmmsg, BAD, many, 2, 0);
	S(recvmmsg, BAD, many, 2, 0, 0);
}

static void sockets(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct timeval wait = { 2, 500000 };
	socklen_t size = sizeof(address);
	int pair[2] = { -1, -1 }, server, fd, got, one = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server = (int)S(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	S(bind, server, &address, sizeof(address));
	S(bind, BAD, &address, sizeof(address));
	S(listen, server, 7);
	S(getsockname, server, &address, &size);
	fd = (int)S(socket, AF_INET, SOCK_STREAM, 0);
	S(connect, fd, &address, sizeof(address));
	S(connect, BAD, &address, sizeof(address));
	S(getpeername, fd, &address, &size);
	got = (int)S(accept4, server, 0, 0, SOCK_CLOEXEC);
	S(fcntl, server, F_SETFL, O_NONBLOCK);
	S(accept, server, 0, 0);
	S(setsockopt, fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	S(setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	size = sizeof(one);
	S(getsockopt, fd, SOL_SOCKET, SO_TYPE, &one, &size);
	S(shutdown, fd, SHUT_WR);
	S(shutdown, BAD, SHUT_RD);
	S(socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
	messages(pair[0], pair[1]);
	S(close, got);
}

static void identity(void)
{
	struct rlimit limit = { 512, 1024 };
	unsigned ids[3];
	uint32_t head[2] = { 0x20080522, 0 }, caps[6] = { 0 };

	S(getuid);
	S(geteuid);
	S(getgid);
	S(getegid);
	S(getresuid, ids, ids + 1, ids + 2);
	S(getresgid, ids, ids + 1, ids + 2);
	S(setuid, getuid());
	S(setgid, getgid());
	S(setreuid, -1, -1);
	S(setregid, -1, -1);
	S(setresuid, -1, -1, -1);
	S(setresgid, -1, -1, -1);
	head[0] = 1;
	S(capset, head, caps);
	S(setpgid, 999999, 1);
	S(prctl, PR_SET_NAME, "renamed");
	S(prctl, PR_GET_NAME, room);
	S(prctl, 12345, 1);
	S(ptrace, PTRACE_ATTACH, 999999, 0, 0);
	S(kill, getpid(), 0);
	S(kill, 999999, SIGUSR1);
	S(tkill, getpid(), 0);
	S(tgkill, getpid(), getpid(), 0);
	S(setns, BAD, CLONE_NEWNET);
	S(unshare, 1);
	S(seccomp, 99, 0, 0);
	S(keyctl, 9999, 0, 0, 0, 0);
	S(setrlimit, RLIMIT_CORE, &limit);
#ifdef SYS_getrlimit
	S(getrlimit, RLIMIT_NPROC + 100, &limit);
#endif
	S(prlimit64, 999999, RLIMIT_AS, &limit, 0);
}

static void memory(void)
{
	char *at = (char *)S(mmap, 0, 8192, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	S(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, BAD, 0);
	S(mprotect, at, 4096, PROT_READ);
	S(mlock, at, 4096);
	S(mlock2, at, 4096, 7);
	S(munlock, at, 4096);
	S(mlockall, 99);
	S(munlockall);
	S(munmap, at, 8192);
	S(munmap, 1, 1);
	S(brk, 0);
	S(init_module, 0, 0, "p=1");
	S(finit_module, BAD, "x=2", 1);
	S(delete_module, "nonexistent", O_NONBLOCK);
}

static void waiting(void)
{
	struct pollfd fds[1] = { { 1, POLLOUT, 0 } };
	struct timespec soon = { 0, 1000 };
	struct sembuf op = { 0, 1, 0 };
	uint32_t word = 1;
	int id;

#ifdef SYS_poll
	S(poll, fds, 0, 1);
	S(select, 0, 0, 0, 0, &soon);
#endif
	S(ppoll, fds, 0, &soon, 0, 8);
	S(nanosleep, &soon, 0);
	S(futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 123456, 0, 0, 0);
	id = (int)S(semget, IPC_PRIVATE, 1, 0600);
	S(semctl, id, 0, SETVAL, 3);
	S(semop, id, &op, 1);
	S(semop, 4242424, &op, 1);
	S(semctl, id, 0, IPC_RMID, 0);
}

static void reap(long child)
{
	if (child < 0)
		exit(12);
	waitpid((pid_t)child, NULL, 0);
}

static void family(void)
{
	char one[] = "one", a[] = "A=b";
	char *argv[] = { text, one, NULL }, *envp[] = { a, NULL };
	struct clone_args {
		uint64_t flags, pidfd, child_tid, parent_tid, signal, rest[3];
	} how = { .signal = SIGCHLD };
	long child;

#ifdef SYS_fork
	child = S(fork);
	if (!child)
		_exit(3);
	reap(child);
	child = vfork();
	if (!child)
		_exit(4);
	reap(child);
#endif
	child = S(clone, SIGCHLD, 0, 0, 0, 0);
	if (!child) {
		S(setsid);
		_exit(5);
	}
	reap(child);
	child = S(clone3, &how, sizeof(how));
	if (!child) {
		S(execve, "/nonexistent/program", argv, envp);
		S(execveat, BAD, "program", argv, envp, 0);
		_exit(6);
	}
	reap(child);
	S(execve, "/bin/true", argv, envp);
}

int main(void)
{
	/* So that numbers are the same everywhere. */
	close_range(3, ~0U, 0);
	names();
	descriptors();
	bytes();
	sockets();
	identity();
	memory();
	waiting();
	family();
	return 1;
}

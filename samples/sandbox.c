/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox [-c|-C] COMMAND...: runs a command where samples can do no harm. It gets
 * mounts of its own, a network of its own with nothing but the loopback interface
 * (which also has two addresses that stand for others), and, as root, a layer over the
 * directories of the system that takes all changes and is gone afterwards. With -c
 * it finds itself in what looks like a container: a runtime's mount over
 * /etc/hostname, and a careless one, for /proc is mounted a second time. With -C it is
 * a careful one.
 *
 * An ordinary user gets the same by a user namespace, without the layer: what he may
 * not change he may not change in here. Status 77: this machine does not allow it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT 77
#define CONTAINER_ID \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *const layered[] = { "/etc", "/usr", "/root", "/home",
				       "/var", "/boot", "/opt" };
/* What programs expect of /dev. */
static const char *const devices[] = { "null", "zero", "full", "random",
				       "urandom", "tty", "shm", "pts" };

__attribute__((format(printf, 1, 2), noreturn)) static void
give_up(const char *format, ...)
{
	int error = errno;
	va_list list;

	va_start(list, format);
	fputs("sandbox: ", stderr);
	vfprintf(stderr, format, list);
	fprintf(stderr, ": %s\n", strerror(error));
	va_end(list);
	exit(CANNOT);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		give_up("%s", path);
}

/* An id stays what it is. */
static void map_id(const char *path, unsigned id)
{
	char line[64];

	snprintf(line, sizeof(line), "%u %u 1", id, id);
	write_file(path, line);
}

/* Namespaces of our own; the ids stay what they are. */
static void leave(void)
{
	unsigned uid = geteuid(), gid = getegid();
	int flags = CLONE_NEWNS | CLONE_NEWNET;

	if (uid != 0)
		flags |= CLONE_NEWUSER;
	if (unshare(flags) < 0)
		give_up("unshare");
	if (uid != 0) {
		write_file("/proc/self/setgroups", "deny");
		map_id("/proc/self/uid_map", uid);
		map_id("/proc/self/gid_map", gid);
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		give_up("mounts of our own");
}

static void set_address(const char *name, const char *address)
{
	struct ifreq request = { .ifr_addr.sa_family = AF_INET };
	struct sockaddr_in *in = (struct sockaddr_in *)&request.ifr_addr;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	inet_pton(AF_INET, address, &in->sin_addr);
	if (ioctl(fd, SIOCSIFADDR, &request) < 0)
		give_up("address %s", address);
	request.ifr_flags = IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		give_up("interface %s", name);
	close(fd);
}

/* All changes below a directory go to memory. */
static void put_layer(const char *scratch, const char *directory)
{
	char upper[300], below[300], options[1024];

	snprintf(upper, sizeof(upper), "%s%s.upper", scratch, directory);
	snprintf(below, sizeof(below), "%s%s.work", scratch, directory);
	snprintf(options, sizeof(options),
		 "lowerdir=%s,upperdir=%s,workdir=%s", directory, upper, below);
	if (access(directory, F_OK) < 0)
		return;
	if (mkdir(upper, 0755) < 0 || mkdir(below, 0755) < 0 ||
	    mount("overlay", directory, "overlay", 0, options) < 0)
		give_up("layer over %s", directory);
}

static void put_device(const char *scratch, const char *name)
{
	char real[64], ours[300];
	struct stat st;

	snprintf(real, sizeof(real), "/dev/%s", name);
	snprintf(ours, sizeof(ours), "%s/dev/%s", scratch, name);
	if (stat(real, &st) < 0)
		return;
	if (S_ISDIR(st.st_mode))
		mkdir(ours, 0755);
	else
		close(open(ours, O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
	if (mount(real, ours, NULL, MS_BIND | MS_REC, NULL) < 0)
		give_up("%s", real);
}

static void put_devices(const char *scratch)
{
	char place[300], link[320];

	snprintf(place, sizeof(place), "%s/dev", scratch);
	mkdir(place, 0755);
	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++)
		put_device(scratch, devices[i]);
	snprintf(link, sizeof(link), "%s/ptmx", place);
	if (symlink("pts/ptmx", link) < 0)
		give_up("%s", link);
	snprintf(link, sizeof(link), "%s/fd", place);
	if (symlink("/proc/self/fd", link) < 0 ||
	    mount(place, "/dev", NULL, MS_BIND | MS_REC, NULL) < 0)
		give_up("/dev");
}

/* What a runtime mounts for every container, by which one is known. */
static void look_like_a_container(const char *scratch, int careful)
{
	static const char *const steps[] = { "docker", "containers",
					     CONTAINER_ID };
	char path[512];
	int n = snprintf(path, sizeof(path), "%s", scratch);

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		n += snprintf(path + n, sizeof(path) - (size_t)n, "/%s",
			      steps[i]);
		mkdir(path, 0755);
	}
	snprintf(path + n, sizeof(path) - (size_t)n, "/hostname");
	write_file(path, "sample\n");
	if (mount(path, "/etc/hostname", NULL, MS_BIND, NULL) < 0)
		give_up("/etc/hostname");
	if (careful)
		prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN);
	else if (mount("/proc", "/mnt", NULL, MS_BIND | MS_REC, NULL) < 0)
		give_up("/mnt");
}

/* Never returns. */
static void run(const char *scratch, char container, char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	leave();
	set_address("lo", "127.0.0.1");
	set_address("lo:1", "192.0.2.1");
	set_address("lo:2", "169.254.169.254");
	if (mount("tmpfs", scratch, "tmpfs", 0, "mode=755") < 0)
		give_up("%s", scratch);
	if (geteuid() == 0) {
		for (size_t i = 0; i < sizeof(layered) / sizeof(*layered); i++)
			put_layer(scratch, layered[i]);
		put_devices(scratch);
	}
	if (container)
		look_like_a_container(scratch, container == 'C');
	execvp(argv[0], argv);
	give_up("%s", argv[0]);
}

int main(int argc, char **argv)
{
	char scratch[] = "/tmp/falco-run-sandbox-XXXXXX";
	char container = 0;
	int status;
	pid_t pid;

	if (argc > 1 && argv[1][0] == '-') {
		container = argv[1][1];
		argc--;
		argv++;
	}
	if (argc < 2)
		return 2;
	if (!mkdtemp(scratch))
		give_up("%s", scratch);
	pid = fork();
	if (pid == 0)
		run(scratch, container, argv + 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		give_up("fork");
	rmdir(scratch);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

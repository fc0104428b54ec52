/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what metrics are about: see metrics_read.h.
 */
#include "metrics_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"

#include "counts.h"
#include "paths.h"

#define NS_PER_S UINT64_C(1000000000)
#define FILE_MAX (256u << 10)

void readings_count(struct readings *r, const struct counts *counts)
{
	r->delivered = counter_get(&counts->delivered);
	r->stops = counter_get(&counts->stops);
	r->continued = counter_get(&counts->continued);
	r->followed = counter_get(&counts->followed);
	r->not_followed = counter_get(&counts->not_followed);
	r->held_ns = counter_get(&counts->held_ns);
	r->threads_gone = counter_get(&counts->threads_gone);
	r->threads_met = counter_get(&counts->threads_met);
	r->threads = r->threads_met - r->threads_gone;
}

/* The number behind a word at the beginning of a line; an empty word: the first. */
static uint64_t number_in(const char *path, const char *word)
{
	CLEANUP(freep) char *text = NULL;
	size_t n;
	const char *at;

	if (path_read(path, FILE_MAX, &text, &n) < 0)
		return 0;
	for (at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, word, strlen(word)))
			return strtoull(at + strlen(word), NULL, 10);
	}
	return 0;
}

static uint64_t container_kb(void)
{
	const char *given = getenv("FALCO_CGROUP_MEM_PATH");
	uint64_t bytes = number_in(
		given ? given : "/sys/fs/cgroup/memory/memory.usage_in_bytes",
		"");

	return (bytes ? bytes :
			number_in("/sys/fs/cgroup/memory.current", "")) /
	       1024;
}

static double seconds_of(uint64_t from_ns)
{
	uint64_t now = clock_ns(CLOCK_REALTIME);

	return now > from_ns ? (double)(now - from_ns) / 1e9 : 0;
}

/* Of one processor, over the life of the process. */
static double own_cpu_percent(double seconds)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return seconds > 0 ? 100 *
				     ((double)used.tv_sec +
				      (double)used.tv_nsec / 1e9) /
				     seconds :
			     0;
}

/* Since the host's start. */
static double host_cpu_percent(void)
{
	CLEANUP(freep) char *text = NULL;
	unsigned long long t[8] = { 0 };
	double all = 0;
	size_t n;

	if (path_read("/proc/stat", FILE_MAX, &text, &n) < 0 ||
	    sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0],
		   &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) != 8)
		return 0;
	for (size_t i = 0; i < 8; i++)
		all += (double)t[i];
	return all > 0 ? 100 * (all - (double)t[3] - (double)t[4]) / all : 0;
}

void readings_host(struct readings *r)
{
	static const char status[] = "/proc/self/status";
	static const char memory[] = "/proc/meminfo";
	double seconds = seconds_of(r->start_ns);

	r->duration_s = (uint64_t)seconds;
	r->cpus = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	r->boot_ns = number_in("/proc/stat", "btime ") * NS_PER_S;
	r->rss_kb = number_in(status, "VmRSS:");
	r->vsz_kb = number_in(status, "VmSize:");
	r->pss_kb = number_in("/proc/self/smaps_rollup", "Pss:");
	r->host_kb = number_in(memory, "MemTotal:") -
		     number_in(memory, "MemAvailable:");
	r->running = number_in("/proc/stat", "procs_running ");
	r->open_fds = number_in("/proc/sys/fs/file-nr", "");
	r->container_kb = container_kb();
	r->cpu_percent = own_cpu_percent(seconds);
	r->host_cpu_percent = host_cpu_percent();
}

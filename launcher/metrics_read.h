/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What metrics are about, read at one moment: the run's counts, this process and its
 * host. What cannot be read is 0.
 */
#pragma once

#include <stdint.h>

struct counts;

struct readings {
	uint64_t start_ns, reload_ns, boot_ns, duration_s, cpus, drops;
	uint64_t delivered, delivered_before;
	uint64_t threads, threads_met, threads_gone;
	uint64_t stops_before;
	uint64_t stops, continued, followed, not_followed, held_ns, nothing;
	uint64_t rss_kb, vsz_kb, pss_kb, container_kb, host_kb;
	uint64_t running, open_fds;
	double cpu_percent, host_cpu_percent;
};

/* The counts. */
void readings_count(struct readings *r, const struct counts *counts);

/* The host and this process; start_ns must be there. */
void readings_host(struct readings *r);

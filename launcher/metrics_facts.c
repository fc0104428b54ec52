/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts for metrics: see metrics_facts.h.
 */
#include "metrics_facts.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "strbuf.h"

#include "paths.h"
#include "setup.h"

#define FILE_MAX (64u << 20)

/* --- Files ------------------------------------------------------------------- */

static bool has_file(const struct metrics_files *f,
		     const struct metrics_file *file)
{
	for (size_t i = 0; i < f->files.n; i++) {
		const struct metrics_file *other = &f->files.items[i];

		if (!strcmp(other->kind, file->kind) &&
		    !strcmp(other->name, file->name) &&
		    !strcmp(other->hash, file->hash))
			return true;
	}
	return false;
}

static void add_file(struct metrics_files *f, const char *kind,
		     const char *path)
{
	struct metrics_file file = { .kind = kind };
	CLEANUP(freep) char *text = NULL;
	const char *slash = strrchr(path, '/');
	size_t n;

	if (path_read(path, FILE_MAX, &text, &n) < 0)
		return;
	sha256_text(span_make(text, n), file.hash);
	file.name = xstrdup(slash ? slash + 1 : path);
	if (has_file(f, &file))
		free(file.name);
	else
		*array_push(&f->files) = file;
}

void metrics_files_read(struct metrics_files *f, const struct setup *s)
{
	metrics_files_done(f);
	for (size_t i = 0; i < s->rules.paths.n; i++)
		add_file(f, "rules", s->rules.paths.items[i]);
	for (size_t i = 0; i < s->config.files.n; i++)
		add_file(f, "config", s->config.files.items[i].path);
}

void metrics_files_done(struct metrics_files *f)
{
	for (size_t i = 0; i < f->files.n; i++)
		free(f->files.items[i].name);
	array_done(&f->files);
}

/* --- Interfaces -------------------------------------------------------------- */

static const struct family {
	int number;
	const char *name;
	size_t offset; /* of the address */
} families[] = {
	{ AF_INET, "ipv4", offsetof(struct sockaddr_in, sin_addr) },
	{ AF_INET6, "ipv6", offsetof(struct sockaddr_in6, sin6_addr) },
};

static bool is_of(const struct ifaddrs *a, const char *interface,
		  const struct family *family)
{
	return a->ifa_addr && a->ifa_addr->sa_family == family->number &&
	       !(a->ifa_flags & IFF_LOOPBACK) &&
	       (!interface || !strcmp(a->ifa_name, interface));
}

/* Is there none of the same before it? */
static bool is_first(const struct ifaddrs *all, const struct ifaddrs *a,
		     const struct family *family)
{
	for (; all != a; all = all->ifa_next)
		if (is_of(all, a->ifa_name, family))
			return false;

	return true;
}

static void add_addresses(const struct ifaddrs *first,
			  const struct family *family, struct strbuf *out)
{
	for (const struct ifaddrs *a = first; a; a = a->ifa_next) {
		char text[INET6_ADDRSTRLEN];

		if (!is_of(a, first->ifa_name, family))
			continue;
		inet_ntop(family->number,
			  (const char *)a->ifa_addr + family->offset, text,
			  sizeof(text));
		strbuf_addf(out, "%s%s", out->n ? "," : "", text);
	}
}

void metrics_interfaces(metrics_interface_fn *fn, void *ctx)
{
	struct ifaddrs *all;

	if (getifaddrs(&all) < 0)
		return;
	for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
		for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
			CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;

			if (!is_of(a, NULL, &families[i]) ||
			    !is_first(all, a, &families[i]))
				continue;
			add_addresses(a, &families[i], &text);
			fn(ctx, a->ifa_name, families[i].name, text.data);
		}
	}
	freeifaddrs(all);
}

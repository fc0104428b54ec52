/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields over many descriptors: all that a thread has open, its standard ones, and
 * those that a poll waits for.
 */
#include "fields.h"

#include "cleanup.h"
#include "strbuf.h"

#include "address.h"

/* --- The whole table ------------------------------------------------------- */

/* A list value with room for each kind once. */
struct kind_list {
	bool seen[FD_KIND_COUNT];
	struct value_list list;
	struct value items[FD_KIND_COUNT];
};

/* Types are told apart by name: both kinds of an IPv4 socket are "ipv4". */
static void add_kind(struct kind_list *l, enum fd_kind kind)
{
	const char *name = fd_kind_name(kind);
	struct value *v = &l->items[l->list.n];

	if (l->seen[kind])
		return;
	l->seen[kind] = true;
	for (size_t i = 0; i < l->list.n; i++)
		if (span_is(l->items[i].text, name))
			return;
	v->type = VALUE_CHARBUF;
	v->outcome = OUTCOME_VALUE;
	v->text = span_of(name);
	l->list.n++;
}

enum outcome extract_fd_types(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	const struct resolver *r = e->ev->resolver;
	struct kind_list *l = arena_zalloc(e->ev->arena, sizeof(*l));
	const struct fd_info *fd;
	int64_t one = (int64_t)ref->index;
	const int64_t *numbers = &one;
	size_t n = 1;
	enum outcome o = OUTCOME_VALUE;

	if (!ref->has_index)
		o = r->fds(e->ev, &numbers, &n);
	if (o != OUTCOME_VALUE)
		return o;
	for (size_t i = 0; i < n; i++) {
		o = r->fd(e->ev, numbers[i], FD_PART_KIND, &fd);
		if (o == OUTCOME_UNKNOWN)
			return o;
		if (o == OUTCOME_VALUE)
			add_kind(l, fd->kind);
	}
	if (!l->list.n)
		return OUTCOME_ABSENT;
	l->list.items = l->items;
	ret->is_list = true;
	ret->list = &l->list;
	return OUTCOME_VALUE;
}

/* --- Standard input, output and error -------------------------------------- */

enum outcome extract_proc_std_type(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	const struct fd_info *fd;
	enum outcome o = e->ev->resolver->fd(e->ev, ref->info->variant,
					     FD_PART_KIND, &fd);

	if (o != OUTCOME_VALUE)
		return o;

	return give_string(ret, fd_kind_name(fd->kind));
}

enum outcome extract_proc_std_name(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	struct fd_source s = { .ev = e->ev, .fd = ref->info->variant };

	return fd_name_text(&s, &ret->text);
}

/* --- What poll waits for --------------------------------------------------- */

/* Appends an item of the list; false when it has nothing to show. */
typedef bool list_item_fn(const struct fd_source *s, struct strbuf *out);

static bool item_num(const struct fd_source *s, struct strbuf *out)
{
	strbuf_addf(out, "%lld", (long long)s->fd);
	return true;
}

static bool item_name(const struct fd_source *s, struct strbuf *out)
{
	const struct fd_info *fd;
	struct span name;

	if (fd_source_part(s, FD_PART_KIND, &fd) != OUTCOME_VALUE)
		name = SPAN("<NA>");
	else if (fd_name_text(s, &name) != OUTCOME_VALUE || !name.n)
		name = SPAN("<NA>");
	strbuf_addspan(out, name);
	return true;
}

static bool is_listening(const struct fd_source *s)
{
	const struct fd_info *fd;

	return fd_source_part(s, FD_PART_KIND, &fd) == OUTCOME_VALUE &&
	       (fd->kind == FD_KIND_IPV4_SERVER ||
		fd->kind == FD_KIND_IPV6_SERVER);
}

static bool item_client_ip(const struct fd_source *s, struct strbuf *out)
{
	const struct fd_info *fd;

	if (fd_source_part(s, FD_PART_CLIENT, &fd) != OUTCOME_VALUE)
		return false;
	address_print(&fd->client, out);
	return true;
}

static bool item_server_ip(const struct fd_source *s, struct strbuf *out)
{
	const struct fd_info *fd;

	if (fd_source_part(s, FD_PART_SERVER, &fd) != OUTCOME_VALUE)
		return false;
	address_print(&fd->server, out);
	return true;
}

static bool item_client_port(const struct fd_source *s, struct strbuf *out)
{
	const struct fd_info *fd;

	if (fd_source_part(s, FD_PART_CLIENT, &fd) != OUTCOME_VALUE)
		return false;
	strbuf_addf(out, "%u", fd->client_port);
	return true;
}

/* A listener's port is left out, as Falco does. */
static bool item_server_port(const struct fd_source *s, struct strbuf *out)
{
	const struct fd_info *fd;

	if (is_listening(s) ||
	    fd_source_part(s, FD_PART_SERVER, &fd) != OUTCOME_VALUE)
		return false;
	strbuf_addf(out, "%u", fd->server_port);
	return true;
}

static list_item_fn *const list_items[] = {
	[FDLIST_NUMS] = item_num,
	[FDLIST_NAMES] = item_name,
	[FDLIST_CIPS] = item_client_ip,
	[FDLIST_SIPS] = item_server_ip,
	[FDLIST_CPORTS] = item_client_port,
	[FDLIST_SPORTS] = item_server_port,
};

enum outcome extract_fdlist(struct eval *e, const struct field_ref *ref,
			    struct value *ret)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	CLEANUP(strbuf_done) struct strbuf item = STRBUF_INIT;
	struct fd_source s = { .ev = e->ev };
	const struct value *fds;
	enum outcome o;

	if (e->ev->type != EVENT_SYSCALL_POLL_X &&
	    e->ev->type != EVENT_SYSCALL_PPOLL_X)
		return OUTCOME_ABSENT;
	o = event_param_named(e->ev, "fds", &fds);
	if (o != OUTCOME_VALUE)
		return o;
	for (size_t i = 0; i < fds->poll->n; i++) {
		s.fd = fds->poll->items[i].fd;
		strbuf_reset(&item);
		if (!list_items[ref->info->variant](&s, &item))
			continue;
		strbuf_addf(&b, "%s%s", b.n ? "," : "", item.data);
	}
	if (!b.n)
		return OUTCOME_ABSENT;

	return give_text(ret, span_make(arena_strndup(e->ev->arena, b.data,
						      b.n),
					b.n));
}

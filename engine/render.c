/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters of events as text: the raw form, and beside it the resolved one (a
 * name for a number, a path for a descriptor). One pair of printers for each type.
 * What cannot be resolved is left out, never guessed.
 */
#include "render.h"

#include <fcntl.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#include "cleanup.h"
#include "strbuf.h"

#include "address.h"
#include "fields.h"
#include "flag_names.h"
#include "print.h"

/* One parameter of one event. */
struct param {
	struct eval *e;
	struct event *ev;
	const struct param_info *info;
	const struct value *v;
	unsigned type; /* enum value_type; of a dynamic one the member's */
};

typedef void print_fn(const struct param *p, struct strbuf *out);

/* --- Raw forms ------------------------------------------------------------- */

/* ptrace's dynamic values are addresses; those of other calls are counts. */
static enum value_format format_of(const struct param *p)
{
	if (p->info->type == VALUE_DYN && p->ev->type == EVENT_SYSCALL_PTRACE_X &&
	    p->type == VALUE_UINT64)
		return FORMAT_HEX;

	return p->info->format;
}

static void raw_number(const struct param *p, struct strbuf *out)
{
	unsigned type = p->type;

	/* Falco prints these with a sign here: "gid=-1", "offset=-60" */
	if (type == VALUE_UINT32 && format_of(p) == FORMAT_DEC)
		type = VALUE_INT32;
	if (type == VALUE_UINT64 && format_of(p) == FORMAT_DEC)
		type = VALUE_INT64;
	print_number(p->v, type, format_of(p), out);
}

/* As %llu: judging asks for it often, and printf is slow. */
static void add_decimal(struct strbuf *out, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	strbuf_add(out, digits + at, sizeof(digits) - at);
}

/* Results, descriptors and processes are signed decimals whatever the schema's
 * format. */
static void raw_signed(const struct param *p, struct strbuf *out)
{
	if (p->v->i < 0)
		strbuf_addch(out, '-');
	add_decimal(out, p->v->i < 0 ? -(uint64_t)p->v->i : (uint64_t)p->v->i);
}

/* Flags are decimal here whatever the schema's format. */
static void raw_flags(const struct param *p, struct strbuf *out)
{
	add_decimal(out, p->v->u);
}

static void raw_id(const struct param *p, struct strbuf *out)
{
	if ((uint32_t)p->v->u == UINT32_MAX)
		strbuf_adds(out, "-1");
	else
		add_decimal(out, (uint32_t)p->v->u);
}

static void raw_text(const struct param *p, struct strbuf *out)
{
	strbuf_addspan(out, p->v->text);
}

static void raw_bytes(const struct param *p, struct strbuf *out)
{
	if (p->v->text.n)
		print_bytes(p->v->text, out);
	else
		strbuf_adds(out, "NULL");
}

static void raw_texts(const struct param *p, struct strbuf *out)
{
	for (size_t i = 0; i < p->v->texts.n; i++) {
		if (i)
			strbuf_addch(out, '.');
		strbuf_addspan(out, p->v->texts.items[i]);
	}
}

static void raw_ip(const struct param *p, struct strbuf *out)
{
	address_print(p->v->ip, out);
}

static void raw_addr(const struct param *p, struct strbuf *out)
{
	const struct sock_addr *a = p->v->addr;

	if (a->family == AF_UNIX) {
		strbuf_addspan(out, a->path);
	} else if (a->family == AF_INET || a->family == AF_INET6) {
		address_print(&a->ip, out);
		strbuf_addf(out, ":%u", a->port);
	} else {
		strbuf_addf(out, "family %u", a->family);
	}
}

static void raw_tuple(const struct param *p, struct strbuf *out)
{
	const struct sock_tuple *t = p->v->tuple;

	if (t->family == AF_UNIX) {
		strbuf_addf(out, "%llx->%llx %.*s",
			    (unsigned long long)t->source_pointer,
			    (unsigned long long)t->dest_pointer,
			    SPAN_FMT(t->path));
	} else if (t->family == AF_INET || t->family == AF_INET6) {
		address_print(&t->source, out);
		strbuf_addf(out, ":%u->", t->source_port);
		address_print(&t->dest, out);
		strbuf_addf(out, ":%u", t->dest_port);
	} else {
		strbuf_addf(out, "family %u", t->family);
	}
}

static char fd_typechar(struct event *ev, int64_t number)
{
	const struct fd_info *fd;

	if (ev->resolver->fd(ev, number, FD_PART_KIND, &fd) != OUTCOME_VALUE)
		return '?';

	return fd_kind_char(fd->kind);
}

static void raw_poll(const struct param *p, struct strbuf *out)
{
	for (size_t i = 0; i < p->v->poll->n; i++) {
		const struct poll_item *item = &p->v->poll->items[i];

		strbuf_addf(out, "%s%lld:%c%x", i ? " " : "",
			    (long long)item->fd, fd_typechar(p->ev, item->fd),
			    (unsigned)(uint16_t)item->flags);
	}
}

static void raw_sigset(const struct param *p, struct strbuf *out)
{
	size_t before = out->n;

	for (int i = 0; i < 32; i++)
		if (p->v->u >> i & 1 && signal_name(i + 1))
			strbuf_addf(out, "%s%s", out->n > before ? " " : "",
				    signal_name(i + 1));
}

/* A time span of all ones stands for "no limit given". */
static void raw_reltime(const struct param *p, struct strbuf *out)
{
	if (p->v->u == UINT64_MAX)
		strbuf_adds(out, "none");
	else
		strbuf_addf(out, "%llu", (unsigned long long)p->v->u);
}

static void raw_abstime(const struct param *p, struct strbuf *out)
{
	time_t s = (time_t)(p->v->u / 1000000000);
	char text[64];
	struct tm tm;

	if (!localtime_r(&s, &tm))
		return;
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	strbuf_addf(out, "%s.%09u", text, (unsigned)(p->v->u % 1000000000));
}

/* --- Resolved forms -------------------------------------------------------- */

static void resolve_errno(const struct param *p, struct strbuf *out)
{
	const char *name = p->v->i < 0 && p->v->i > -4096 ?
				   errno_name((int)-p->v->i) :
				   NULL;

	if (name)
		strbuf_adds(out, name);
}

/* "<4t>": what it is and, of a socket, its protocol. */
static void print_fd_kind(const struct fd_info *fd, struct strbuf *out)
{
	strbuf_addf(out, "<%c", fd_kind_char(fd->kind));
	if (fd->l4proto == IPPROTO_TCP)
		strbuf_addch(out, 't');
	else if (fd->l4proto == IPPROTO_UDP)
		strbuf_addch(out, 'u');
	else if (fd->l4proto == IPPROTO_ICMP)
		strbuf_addch(out, 'i');
	else if (fd->l4proto == IPPROTO_RAW)
		strbuf_addch(out, 'r');
	strbuf_addch(out, '>');
}

/* The event's own descriptor is known even when the call has closed it. */
static struct fd_source fd_source_of(const struct param *p)
{
	struct fd_source s = { .ev = p->ev, .of_event = true };
	const struct fd_info *fd;

	if (fd_source_part(&s, FD_PART_NUM, &fd) != OUTCOME_VALUE ||
	    fd->fd != p->v->i)
		s.of_event = false;
	s.fd = p->v->i;
	return s;
}

static void resolve_fd(const struct param *p, struct strbuf *out)
{
	struct fd_source s = fd_source_of(p);
	const struct fd_info *fd;
	struct span name;

	if (p->v->i == AT_FDCWD) {
		strbuf_adds(out, "AT_FDCWD");
		return;
	}
	if (p->v->i < 0) {
		resolve_errno(p, out);
		return;
	}
	if (fd_source_part(&s, FD_PART_KIND, &fd) != OUTCOME_VALUE)
		return;
	print_fd_kind(fd, out);
	if (fd_name_text(&s, &name) == OUTCOME_VALUE)
		strbuf_addspan(out, name);
}

/* Appends the name of the process when it has this number. */
static bool name_if(const struct param *p, int up, struct strbuf *out)
{
	const struct resolver *r = p->ev->resolver;
	const struct process *process;

	if (r->process(p->ev, up, PROCESS_IDS, &process) != OUTCOME_VALUE ||
	    (process->tid != p->v->i && process->pid != p->v->i) ||
	    r->process(p->ev, up, PROCESS_COMM, &process) != OUTCOME_VALUE)
		return false;
	strbuf_addspan(out, process->comm);
	return true;
}

static bool leader_name_if(const struct param *p, enum leader_kind kind,
			   struct strbuf *out)
{
	const struct resolver *r = p->ev->resolver;
	const struct process *process;

	if (r->leader(p->ev, kind, PROCESS_IDS, &process) != OUTCOME_VALUE ||
	    process->pid != p->v->i ||
	    r->leader(p->ev, kind, PROCESS_COMM, &process) != OUTCOME_VALUE)
		return false;
	strbuf_addspan(out, process->comm);
	return true;
}

/* Only the event's own chain and its leaders can be asked for. */
static void resolve_pid(const struct param *p, struct strbuf *out)
{
	const struct process *process;

	if (p->v->i <= 0)
		return;
	for (int up = RESOLVE_THREAD; up < ANCESTORS_MAX; up++) {
		if (p->ev->resolver->process(p->ev, up, PROCESS_IDS,
					     &process) != OUTCOME_VALUE)
			break;
		if (name_if(p, up, out))
			return;
	}
	for (int kind = 0; kind < LEADER_KIND_COUNT; kind++)
		if (leader_name_if(p, (enum leader_kind)kind, out))
			return;
}

/* The directory that a relative path starts from. */
static int64_t base_of(const struct param *p)
{
	const struct value *v;

	if (p->info->dirfd < 0 || p->info->dirfd >= p->ev->nparams)
		return AT_FDCWD;
	v = event_param(p->ev, (unsigned)p->info->dirfd);
	return v->outcome == OUTCOME_VALUE ? v->i : AT_FDCWD;
}

static void resolve_path(const struct param *p, struct strbuf *out)
{
	static const struct span unknown = SPAN_INIT("<UNKNOWN>/");
	struct span path = p->v->text;

	if (!path.n || path.data[0] == '/' ||
	    p->ev->resolver->path(p->ev, base_of(p), path, &path) !=
		    OUTCOME_VALUE)
		return;
	if (span_starts_with(path, unknown))
		path = span_from(path, unknown.n);
	strbuf_addspan(out, path);
}

static void resolve_reltime(const struct param *p, struct strbuf *out)
{
	if (p->v->u != UINT64_MAX)
		strbuf_addf(out, "%lgs", (double)p->v->u / 1e9);
}

static void resolve_signal(const struct param *p, struct strbuf *out)
{
	const char *name = p->v->u < 128 ? signal_name((int)p->v->u) : NULL;

	if (name)
		strbuf_adds(out, name);
}

static void resolve_syscall(const struct param *p, struct strbuf *out)
{
	if (p->ev->type == EVENT_GENERIC_X)
		strbuf_adds(out, generic_name(p->ev->generic));
}

static void add_name(struct strbuf *out, size_t before, const char *name)
{
	strbuf_adds(out, out->n > before ? "|" : "");
	strbuf_adds(out, name);
}

/* Each name takes its bits away; the name of zero only stands for zero. */
static void resolve_flags(const struct param *p, struct strbuf *out)
{
	uint32_t value = (uint32_t)p->v->u, left = value;
	size_t before = out->n, n;
	const struct flag_name *names = flag_names(p->info->flags, &n);

	for (size_t i = 0; i < n; i++) {
		uint32_t bits = names[i].value;

		if (bits == 0 ? value != 0 : (left & bits) != bits)
			continue;
		add_name(out, before, names[i].name);
		left &= ~bits;
	}
}

static void resolve_enum(const struct param *p, struct strbuf *out)
{
	size_t before = out->n, n;
	const struct flag_name *names = flag_names(p->info->flags, &n);

	for (size_t i = 0; i < n; i++)
		if (names[i].value == p->v->u)
			add_name(out, before, names[i].name);
}

static void resolve_uid(const struct param *p, struct strbuf *out)
{
	uint32_t uid = (uint32_t)p->v->u;
	const struct user_info *user;

	if (uid == UINT32_MAX)
		strbuf_adds(out, "<NONE>");
	else if (p->ev->resolver->user(p->ev, uid, &user) == OUTCOME_VALUE)
		strbuf_addspan(out, user->name);
	else
		strbuf_adds(out, uid ? "<NA>" : "root");
}

static void resolve_gid(const struct param *p, struct strbuf *out)
{
	uint32_t gid = (uint32_t)p->v->u;
	const struct group_info *group;

	if (gid == UINT32_MAX)
		strbuf_adds(out, "<NONE>");
	else if (p->ev->resolver->group(p->ev, gid, &group) == OUTCOME_VALUE)
		strbuf_addspan(out, group->name);
	else
		strbuf_adds(out, gid ? "<NA>" : "root");
}

/* --- The table ------------------------------------------------------------- */

/* Types without a row print as numbers and have no resolved form. */
static const struct {
	print_fn *raw, *resolve;
} printers[VALUE_TYPE_COUNT] = {
	[VALUE_CHARBUF] = { raw_text, NULL },
	[VALUE_FSPATH] = { raw_text, resolve_path },
	[VALUE_FSRELPATH] = { raw_text, resolve_path },
	[VALUE_BYTEBUF] = { raw_bytes, NULL },
	[VALUE_CHARBUFARRAY] = { raw_texts, NULL },
	[VALUE_ERRNO] = { raw_signed, resolve_errno },
	[VALUE_FD] = { raw_signed, resolve_fd },
	[VALUE_FD32] = { raw_signed, resolve_fd },
	[VALUE_PID] = { raw_signed, resolve_pid },
	[VALUE_PID32] = { raw_signed, resolve_pid },
	[VALUE_SOCKADDR] = { raw_addr, NULL },
	[VALUE_SOCKTUPLE] = { raw_tuple, NULL },
	[VALUE_FDLIST] = { raw_poll, NULL },
	[VALUE_SYSCALLID] = { NULL, resolve_syscall },
	[VALUE_SIGTYPE] = { NULL, resolve_signal },
	[VALUE_SIGSET] = { raw_sigset, NULL },
	[VALUE_RELTIME] = { raw_reltime, resolve_reltime },
	[VALUE_ABSTIME] = { raw_abstime, NULL },
	[VALUE_FLAGS8] = { raw_flags, resolve_flags },
	[VALUE_FLAGS16] = { raw_flags, resolve_flags },
	[VALUE_FLAGS32] = { raw_flags, resolve_flags },
	[VALUE_MODE] = { NULL, resolve_flags },
	[VALUE_ENUMFLAGS8] = { raw_flags, resolve_enum },
	[VALUE_ENUMFLAGS16] = { raw_flags, resolve_enum },
	[VALUE_ENUMFLAGS32] = { raw_flags, resolve_enum },
	[VALUE_UID] = { raw_id, resolve_uid },
	[VALUE_GID] = { raw_id, resolve_gid },
	[VALUE_IPV4ADDR] = { raw_ip, NULL },
	[VALUE_IPV6ADDR] = { raw_ip, NULL },
	[VALUE_IPADDR] = { raw_ip, NULL },
};

/* What stands where a parameter is empty. */
static const char *empty_text(unsigned type)
{
	return type == VALUE_BYTEBUF || type == VALUE_SOCKTUPLE ||
			       type == VALUE_FDLIST ||
			       type == VALUE_CHARBUFARRAY || type == VALUE_DYN ?
		       "NULL" :
		       "<NA>";
}

void render_param(struct eval *e, unsigned i, struct strbuf *raw,
		  struct strbuf *resolved)
{
	struct event *ev = e->ev;
	struct param p = { .e = e, .ev = ev };

	p.info = event_param_info(ev->type, i);
	p.v = event_param(ev, i);
	if (p.v->outcome != OUTCOME_VALUE) {
		strbuf_adds(raw, empty_text(p.info->type));
		return;
	}
	p.type = p.info->type == VALUE_DYN ? p.v->type : p.info->type;
	if (printers[p.type].raw)
		printers[p.type].raw(&p, raw);
	else
		raw_number(&p, raw);
	if (printers[p.type].resolve)
		printers[p.type].resolve(&p, resolved);
}

void render_params(struct eval *e, struct strbuf *out)
{
	CLEANUP(strbuf_done) struct strbuf resolved = STRBUF_INIT;

	if (e->ev->type == EVENT_GENERIC_X)
		return;
	for (unsigned i = 0; i < e->ev->nparams; i++) {
		strbuf_reset(&resolved);
		strbuf_addf(out, "%s%s=", i ? " " : "",
			    event_param_info(e->ev->type, i)->name);
		render_param(e, i, out, &resolved);
		if (resolved.n)
			strbuf_addf(out, "(%s)", resolved.data);
	}
}

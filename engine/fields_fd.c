/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of descriptors: what they are and what they are called. The resolver
 * knows the descriptor; where there is none (the call failed) Falco derives the
 * name and the kind from the event's parameters, and so is it here.
 */
#include "fields.h"

#include <string.h>

#include "cleanup.h"
#include "container.h"
#include "strbuf.h"

#include "address.h"
#include "render.h"

#define USES_A_FD (EVENT_CREATES_FD | EVENT_USES_FD | EVENT_DESTROYS_FD)

/* The write bit of the open flags (file_flags of flags.def). */
#define FILE_O_WRONLY 2

static const struct {
	const char *name;
	char typechar;
} kinds[] = {
#define FD_KIND(symbol, type, c) [FD_KIND_##symbol] = { type, c },
#include "fd_kinds.def"
};

bool fd_kind_is_inet(enum fd_kind kind)
{
	return kind == FD_KIND_IPV4_SOCKET || kind == FD_KIND_IPV4_SERVER ||
	       kind == FD_KIND_IPV6_SOCKET || kind == FD_KIND_IPV6_SERVER;
}

bool fd_kind_is_file(enum fd_kind kind)
{
	return kind == FD_KIND_FILE || kind == FD_KIND_DIRECTORY;
}

const char *fd_kind_name(enum fd_kind kind)
{
	return kinds[kind].name;
}

char fd_kind_char(enum fd_kind kind)
{
	return kinds[kind].typechar;
}

static struct fd_source event_source(struct eval *e)
{
	return (struct fd_source){ .ev = e->ev, .of_event = true };
}

enum outcome field_fd(struct event *ev, enum fd_part part,
		      const struct fd_info **ret)
{
	if (!(event_info(ev->type)->flags & USES_A_FD))
		return OUTCOME_ABSENT;

	return ev->resolver->event_fd(ev, part, ret);
}

enum outcome fd_source_part(const struct fd_source *s, enum fd_part part,
			    const struct fd_info **ret)
{
	if (s->of_event)
		return field_fd(s->ev, part, ret);

	return s->ev->resolver->fd(s->ev, s->fd, part, ret);
}

/* --- Names ----------------------------------------------------------------- */

static struct span take_text(struct arena *a, const struct strbuf *b)
{
	return span_make(arena_strndup(a, b->data, b->n), b->n);
}

/* "client:port->server:port", "server:port", or nothing when neither is known. */
static enum outcome inet_name(const struct fd_source *s, struct span *ret)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	const struct fd_info *client, *server;
	enum outcome oc = fd_source_part(s, FD_PART_CLIENT, &client);
	enum outcome os = fd_source_part(s, FD_PART_SERVER, &server);

	if (oc == OUTCOME_UNKNOWN || os == OUTCOME_UNKNOWN)
		return OUTCOME_UNKNOWN;
	if (oc == OUTCOME_VALUE) {
		address_print(&client->client, &b);
		strbuf_addf(&b, ":%u->", client->client_port);
	}
	if (os == OUTCOME_VALUE) {
		address_print(&server->server, &b);
		strbuf_addf(&b, ":%u", server->server_port);
	}
	*ret = take_text(s->ev->arena, &b);
	return OUTCOME_VALUE;
}

/* "srcptr->dstptr path" when connected, else the path it is bound to. */
static enum outcome unix_name(const struct fd_source *s, bool connected,
			      struct span *ret)
{
	const struct fd_info *fd;
	enum outcome o = fd_source_part(s, FD_PART_UNIX, &fd);

	if (o == OUTCOME_ABSENT) {
		*ret = SPAN("");
		return OUTCOME_VALUE;
	}
	if (o != OUTCOME_VALUE)
		return o;
	*ret = fd->name;
	if (connected)
		ret->data = arena_printf(s->ev->arena, &ret->n, "%llx->%llx %.*s",
					 (unsigned long long)fd->source_pointer,
					 (unsigned long long)fd->dest_pointer,
					 SPAN_FMT(fd->name));
	return OUTCOME_VALUE;
}

/* Named by what the call was given, whatever it is that was opened. */
static bool is_opened(const struct fd_source *s)
{
	enum event_type type = s->ev->type;

	return s->of_event && (type == EVENT_SYSCALL_OPENAT_2_X ||
			       type == EVENT_SYSCALL_OPENAT2_X ||
			       type == EVENT_SYSCALL_OPEN_X ||
			       type == EVENT_SYSCALL_CREAT_X);
}

enum outcome fd_name_text(const struct fd_source *s, struct span *ret)
{
	const struct fd_info *fd;
	enum outcome o = is_opened(s) ? OUTCOME_ABSENT :
					fd_source_part(s, FD_PART_KIND, &fd);

	if (o == OUTCOME_VALUE && fd_kind_is_inet(fd->kind))
		return inet_name(s, ret);
	if (o == OUTCOME_VALUE && fd->kind == FD_KIND_UNIX_SOCKET)
		return unix_name(s, fd->connected, ret);
	o = fd_source_part(s, FD_PART_NAME, &fd);
	if (o == OUTCOME_VALUE)
		*ret = fd->name;

	return o;
}

/* The text that evt.arg[i] has. */
static enum outcome param_as_name(struct eval *e, unsigned i, struct span *ret)
{
	CLEANUP(strbuf_done) struct strbuf raw = STRBUF_INIT;
	CLEANUP(strbuf_done) struct strbuf resolved = STRBUF_INIT;
	const struct value *v;

	if (i >= e->ev->nparams)
		return OUTCOME_ABSENT;
	v = event_param(e->ev, i);
	if (v->outcome == OUTCOME_UNKNOWN || v->outcome == OUTCOME_FAILED)
		return v->outcome;
	render_param(e, i, &raw, &resolved);
	*ret = take_text(e->ev->arena, resolved.n ? &resolved : &raw);
	return OUTCOME_VALUE;
}

/* The path parameter of openat and openat2, made absolute. */
static enum outcome openat_name(struct eval *e, struct span *ret)
{
	const struct value *dirfd, *name;
	enum outcome o = event_param_named(e->ev, "dirfd", &dirfd);

	if (o == OUTCOME_VALUE)
		o = event_param_named(e->ev, "name", &name);
	if (o != OUTCOME_VALUE)
		return o;

	return e->ev->resolver->path(e->ev, dirfd->i, name->text, ret);
}

/* What Falco calls a descriptor that it knows nothing of. */
static enum outcome derived_name(struct eval *e, struct span *ret)
{
	enum event_type type = e->ev->type;

	if (!event_is_exit(type))
		return OUTCOME_ABSENT;
	if (type == EVENT_SYSCALL_OPENAT_2_X || type == EVENT_SYSCALL_OPENAT2_X)
		return openat_name(e, ret);
	if (type == EVENT_SYSCALL_OPEN_X || type == EVENT_SYSCALL_CREAT_X ||
	    type == EVENT_SOCKET_ACCEPT_5_X ||
	    type == EVENT_SOCKET_ACCEPT4_6_X || type == EVENT_SOCKET_CONNECT_X)
		return param_as_name(e, 1, ret);
	if (type == EVENT_SYSCALL_OPEN_BY_HANDLE_AT_X)
		return param_as_name(
			e, (unsigned)event_param_index(type, "path"), ret);
	*ret = SPAN("");
	return OUTCOME_VALUE;
}

/* fd.name: the descriptor's own, or the derived one. */
static enum outcome name_of_event(struct eval *e, struct span *ret)
{
	struct fd_source s = event_source(e);
	const struct fd_info *fd;
	enum outcome o;

	if (!(event_info(e->ev->type)->flags & USES_A_FD))
		return OUTCOME_ABSENT;
	o = fd_name_text(&s, ret);
	if (o != OUTCOME_ABSENT)
		return o;
	if (field_fd(e->ev, FD_PART_KIND, &fd) == OUTCOME_VALUE) {
		*ret = SPAN("");
		return OUTCOME_VALUE;
	}
	return derived_name(e, ret);
}

enum outcome extract_fd_name(struct eval *e, const struct field_ref *ref,
			     struct value *ret)
{
	(void)ref;
	return name_of_event(e, &ret->text);
}

/* The path as given, with runs of slashes made one. */
static struct span collapse_slashes(struct arena *a, struct span s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.data[i] != '/' || n == 0 || out[n - 1] != '/')
			out[n++] = s.data[i];
	out[n] = '\0';
	return span_make(out, n);
}

/* The path parameter of the call that opens; what else has a name has none as
 * given. */
static enum outcome raw_name(struct eval *e, struct span *ret)
{
	const struct value *name;
	enum outcome o = OUTCOME_ABSENT;

	if (event_is_open(e->ev->type) || e->ev->type == EVENT_SYSCALL_CREAT_X)
		o = event_param_named(e->ev, "name", &name);
	if (o == OUTCOME_ABSENT &&
	    e->ev->type == EVENT_SYSCALL_OPEN_BY_HANDLE_AT_X)
		o = event_param_named(e->ev, "path", &name);
	if (o == OUTCOME_VALUE)
		*ret = collapse_slashes(e->ev->arena, name->text);

	return o;
}

enum outcome extract_fd_nameraw(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	const struct fd_info *fd;
	enum outcome o = raw_name(e, &ret->text);

	(void)ref;
	if (o != OUTCOME_ABSENT)
		return o;
	o = field_fd(e->ev, FD_PART_NAME, &fd);
	if (o == OUTCOME_VALUE)
		return give_text(ret, fd->nameraw);
	if (o != OUTCOME_ABSENT)
		return o;
	if (field_fd(e->ev, FD_PART_NUM, &fd) == OUTCOME_VALUE)
		return give_text(ret, SPAN(""));

	return OUTCOME_ABSENT;
}

/* --- Directory and file name ----------------------------------------------- */

static const char *last_slash(struct span path)
{
	return path.n ? memrchr(path.data, '/', path.n) : NULL;
}

static struct span directory_of(struct span path)
{
	const char *slash = last_slash(path);

	if (!slash || slash == path.data)
		return SPAN("/");
	if (slash == path.data + path.n - 1)
		return path;

	return span_make(path.data, (size_t)(slash - path.data));
}

/* Only files can be opened for writing, and where that fails there is no
 * descriptor: either way the name is a file's. */
static bool opens_for_writing(struct event *ev)
{
	const struct value *flags;

	if (ev->type == EVENT_SYSCALL_CREAT_X)
		return true;

	return event_is_open(ev->type) &&
	       event_param_named(ev, "flags", &flags) == OUTCOME_VALUE &&
	       (flags->u & FILE_O_WRONLY);
}

static enum outcome directory_text(struct eval *e, struct span *ret)
{
	const struct fd_info *fd;
	enum outcome ok = field_fd(e->ev, FD_PART_KIND, &fd);
	enum outcome o;

	if (ok == OUTCOME_VALUE && !fd_kind_is_file(fd->kind))
		return OUTCOME_ABSENT;
	if (ok == OUTCOME_UNKNOWN && !opens_for_writing(e->ev))
		return OUTCOME_UNKNOWN;
	o = name_of_event(e, ret);
	if (o != OUTCOME_VALUE)
		return o;
	if (ok != OUTCOME_VALUE || fd->kind != FD_KIND_DIRECTORY)
		*ret = directory_of(*ret);
	return OUTCOME_VALUE;
}

/* What is opened may turn out to be a file or a directory: the directory is one of
 * two texts then, or there is none. */
static enum outcome maybe_directory(struct eval *e, struct value *ret)
{
	struct value *items = arena_zalloc(e->ev->arena, 2 * sizeof(*items));
	struct value_list *list = arena_alloc(e->ev->arena, sizeof(*list));
	struct span name;
	enum outcome o = name_of_event(e, &name);

	if (o != OUTCOME_VALUE)
		return o;
	items[0] = items[1] = (struct value){ .type = ret->type,
					      .outcome = OUTCOME_VALUE };
	items[0].text = directory_of(name);
	items[1].text = name;
	*list = (struct value_list){ items, 2 };
	ret->maybe = ret->is_list = true;
	ret->list = list;
	return OUTCOME_VALUE;
}

enum outcome extract_fd_directory(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	enum outcome o = directory_text(e, &ret->text);

	(void)ref;
	return o == OUTCOME_UNKNOWN ? maybe_directory(e, ret) : o;
}

enum outcome extract_fd_filename(struct eval *e, const struct field_ref *ref,
				 struct value *ret)
{
	const struct fd_info *fd;
	const char *slash;
	enum outcome ok = field_fd(e->ev, FD_PART_KIND, &fd);
	enum outcome o;

	(void)ref;
	if (ok != OUTCOME_VALUE && ok != OUTCOME_UNKNOWN)
		return ok;
	if (ok == OUTCOME_VALUE && fd->kind != FD_KIND_FILE)
		return OUTCOME_ABSENT;
	o = name_of_event(e, &ret->text);
	if (o != OUTCOME_VALUE)
		return o;
	ret->maybe = ok == OUTCOME_UNKNOWN;
	slash = last_slash(ret->text);
	if (!slash)
		return give_text(ret, SPAN("/"));

	return give_text(ret,
			 span_from(ret->text,
				   (size_t)(slash + 1 - ret->text.data)));
}

/* --- Kind and number ------------------------------------------------------- */

enum outcome extract_fd_num(struct eval *e, const struct field_ref *ref,
			    struct value *ret)
{
	const struct fd_info *fd;
	enum outcome o = field_fd(e->ev, FD_PART_NUM, &fd);
	bool creates = event_info(e->ev->type)->flags & EVENT_CREATES_FD;

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_int(ret, creates && fd->fd < 0 ? -1 : fd->fd);
}

enum outcome extract_fd_type(struct eval *e, const struct field_ref *ref,
			     struct value *ret)
{
	const struct fd_info *fd;
	enum outcome o = field_fd(e->ev, FD_PART_KIND, &fd);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_string(ret, fd_kind_name(fd->kind));
}

/* What an event's descriptor would have been, where it came to none. */
static const struct {
	enum event_type type;
	const char *typechar;
} guesses[] = {
	{ EVENT_SYSCALL_OPENAT_2_X, "f" }, { EVENT_SYSCALL_OPENAT2_X, "f" },
	{ EVENT_SYSCALL_CREAT_X, "f" },	   { EVENT_SOCKET_SOCKET_X, "4" },
	{ EVENT_SOCKET_ACCEPT_5_X, "4" },  { EVENT_SOCKET_ACCEPT4_6_X, "4" },
	{ EVENT_SYSCALL_PIPE_X, "p" },	   { EVENT_SYSCALL_PIPE2_X, "p" },
	{ EVENT_SYSCALL_EVENTFD_X, "e" },  { EVENT_SYSCALL_EVENTFD2_X, "e" },
	{ EVENT_SYSCALL_SIGNALFD_X, "s" }, { EVENT_SYSCALL_SIGNALFD4_X, "s" },
	{ EVENT_SYSCALL_INOTIFY_INIT_X, "i" },
	{ EVENT_SYSCALL_INOTIFY_INIT1_X, "i" },
	{ EVENT_SYSCALL_TIMERFD_CREATE_X, "t" },
};

enum outcome extract_fd_typechar(struct eval *e, const struct field_ref *ref,
				 struct value *ret)
{
	const struct fd_info *fd;
	enum outcome o = field_fd(e->ev, FD_PART_KIND, &fd);

	(void)ref;
	if (o == OUTCOME_VALUE)
		return give_text(ret, span_make(&kinds[fd->kind].typechar, 1));
	if (o != OUTCOME_ABSENT ||
	    !(event_info(e->ev->type)->flags & USES_A_FD))
		return o;
	for (size_t i = 0; i < ARRAY_SIZE(guesses); i++)
		if (guesses[i].type == e->ev->type)
			return give_string(ret, guesses[i].typechar);

	return give_text(ret, SPAN("o"));
}

enum outcome extract_fd_uid(struct eval *e, const struct field_ref *ref,
			    struct value *ret)
{
	struct value num;
	enum outcome o = extract_fd_num(e, ref, &num);

	if (o != OUTCOME_VALUE)
		return o;
	ret->text.data = arena_printf(e->ev->arena, &ret->text.n, "%lld%lld",
				      (long long)e->ev->tid, (long long)num.i);
	return OUTCOME_VALUE;
}

/* Variant 1: the directory instead of the name. */
enum outcome extract_fd_containername(struct eval *e,
				      const struct field_ref *ref,
				      struct value *ret)
{
	const struct container_info *c = e->env->options.container;
	bool known = e->env->options.container_plugin && c && c->known;
	struct span name;
	enum outcome o = ref->info->variant ? directory_text(e, &name) :
					      name_of_event(e, &name);

	if (o != OUTCOME_VALUE)
		return o;
	ret->text.data = arena_printf(e->ev->arena, &ret->text.n, "%s:%.*s",
				      known && c->id ? c->id : "",
				      SPAN_FMT(name));
	return OUTCOME_VALUE;
}

enum outcome extract_fd_name_changed(struct eval *e,
				     const struct field_ref *ref,
				     struct value *ret)
{
	const struct fd_info *fd;
	enum outcome o = field_fd(e->ev, FD_PART_KIND, &fd);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_bool(ret, fd->name_changed);
}

/* --- The file behind it ---------------------------------------------------- */

/* FD_PART_FILE of a descriptor that is there: zeros for what is no file, of a pipe
 * the inode alone, as Falco has it. */
static enum outcome file_part(struct eval *e, struct fd_info *ret)
{
	const struct fd_info *fd;
	enum outcome o = field_fd(e->ev, FD_PART_KIND, &fd);

	if (o != OUTCOME_VALUE)
		return o;
	*ret = (struct fd_info){ .kind = fd->kind };
	o = field_fd(e->ev, FD_PART_FILE, &fd);
	if (o == OUTCOME_VALUE &&
	    (fd_kind_is_file(fd->kind) || fd->kind == FD_KIND_FIFO))
		*ret = *fd;
	if (ret->kind == FD_KIND_FIFO)
		ret->dev = 0;
	return o == OUTCOME_ABSENT ? OUTCOME_VALUE : o;
}

/* The schema's device numbers are the kernel's 32-bit ones: 20 bits of minor in
 * two pieces around 12 bits of major. */
enum outcome extract_fd_dev(struct eval *e, const struct field_ref *ref,
			    struct value *ret)
{
	struct fd_info fd;
	uint32_t dev;
	enum outcome o = file_part(e, &fd);

	if (o != OUTCOME_VALUE)
		return o;
	dev = fd.dev;
	if (ref->info->variant == DEV_MAJOR)
		dev = dev >> 8 & 0xfff;
	if (ref->info->variant == DEV_MINOR)
		dev = (dev & 0xff) | (dev >> 12 & 0xfff00);
	return give_int(ret, (int32_t)dev);
}

enum outcome extract_fd_ino(struct eval *e, const struct field_ref *ref,
			    struct value *ret)
{
	struct fd_info fd;
	enum outcome o = file_part(e, &fd);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_int(ret, (int64_t)fd.ino);
}

/* Variant 1: the lower layer. */
enum outcome extract_fd_layer(struct eval *e, const struct field_ref *ref,
			      struct value *ret)
{
	const struct fd_info *fd;
	struct fd_info file;
	enum outcome o = file_part(e, &file);

	if (o == OUTCOME_VALUE && fd_kind_is_file(file.kind))
		o = field_fd(e->ev, FD_PART_LAYERS, &fd);
	if (o == OUTCOME_VALUE && fd_kind_is_file(file.kind))
		file = *fd;
	if (o != OUTCOME_VALUE && o != OUTCOME_ABSENT)
		return o;

	return give_bool(ret, ref->info->variant ? file.lower_layer :
						   file.upper_layer);
}

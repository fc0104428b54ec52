/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz harness: the first line is a condition, the bytes behind it make an event
 * with everything around it. Two promises are held: the program answers what a walk
 * of the tree answers, and what is decided while parts of the event are unknown is
 * what is answered when they are known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "array.h"
#include "cleanup.h"

#include "engine/event_info.h"
#include "engine/field.h"
#include "engine/filter.h"
#include "engine/op.h"
#include "fuzz/fuzz.h"
#include "harness/ast_walk.h"
#include "harness/fake_state.h"

/* What is left of the input; when it is used up, zeros. */
struct bytes {
	const uint8_t *data;
	size_t n;
};

static uint8_t take(struct bytes *b)
{
	if (!b->n)
		return 0;
	b->n--;
	return *b->data++;
}

static uint64_t take_number(struct bytes *b)
{
	uint8_t how = take(b);
	uint64_t n = 0;

	if (how < 0xc0)
		return how & 0x80 ? (uint64_t)-(int64_t)(how & 15) : how;
	for (int i = 0; i < 8; i++)
		n = n << 8 | take(b);
	return n;
}

static struct span take_text(struct bytes *b)
{
	static const char *const texts[] = {
		"",	  "cat", "/etc/passwd", "/etc/", "/",  "..",
		"a b",	  "7",	 "<NA>",	"sh",	 "x=", "\xff\xfe",
		"-c a.b", "a",	 "A",		"root",
	};
	uint8_t how = take(b);
	struct span text;

	if (how < 0x80)
		return span_of(texts[how % ARRAY_SIZE(texts)]);
	how &= 31;
	text = span_make((const char *)b->data, how < b->n ? how : b->n);
	b->data += text.n;
	b->n -= text.n;
	return text;
}

static struct span_list take_texts(struct bytes *b, struct arena *arena)
{
	size_t n = take(b) % 5;
	struct span *items = arena_alloc(arena, n * sizeof(*items));

	for (size_t i = 0; i < n; i++)
		items[i] = take_text(b);
	return (struct span_list){ items, n };
}

static struct ip_address take_ip(struct bytes *b)
{
	struct ip_address ip = { .family = take(b) & 1 ? AF_INET6 : AF_INET };

	for (size_t i = 0; i < (ip.family == AF_INET ? 4 : 16); i++)
		ip.bytes[i] = take(b);
	return ip;
}

static uint16_t take_family(struct bytes *b)
{
	static const uint16_t families[] = { AF_INET, AF_INET6, AF_UNIX,
					     AF_NETLINK };

	return families[take(b) % ARRAY_SIZE(families)];
}

static const struct sock_addr *take_addr(struct bytes *b, struct arena *arena)
{
	struct sock_addr *a = arena_zalloc(arena, sizeof(*a));

	a->family = take_family(b);
	a->port = (uint16_t)take_number(b);
	a->ip = take_ip(b);
	a->path = take_text(b);
	return a;
}

static const struct sock_tuple *take_tuple(struct bytes *b, struct arena *arena)
{
	struct sock_tuple *t = arena_zalloc(arena, sizeof(*t));

	t->family = take_family(b);
	t->source_port = (uint16_t)take_number(b);
	t->dest_port = (uint16_t)take_number(b);
	t->source = take_ip(b);
	t->dest = take_ip(b);
	t->source_pointer = take(b);
	t->dest_pointer = take(b);
	t->path = take_text(b);
	return t;
}

static const struct poll_list *take_poll(struct bytes *b, struct arena *arena)
{
	struct poll_list *list = arena_alloc(arena, sizeof(*list));
	size_t n = take(b) % 4;
	struct poll_item *items = arena_alloc(arena, n * sizeof(*items));

	for (size_t i = 0; i < n; i++)
		items[i] = (struct poll_item){ (int64_t)take_number(b), take(b) };
	*list = (struct poll_list){ items, n };
	return list;
}

/* The value of a parameter; false: a class that no parameter has. */
static bool take_value(struct bytes *b, struct arena *arena, struct value *v)
{
	struct ip_address *ip;

	switch (value_class_of(v->type)) {
	case VALUE_CLASS_INT:
	case VALUE_CLASS_UINT:
		v->u = take_number(b);
		return true;
	case VALUE_CLASS_BOOL:
		v->b = take(b) & 1;
		return true;
	case VALUE_CLASS_DOUBLE:
		v->d = (double)take_number(b) / 3;
		return true;
	case VALUE_CLASS_TEXT:
	case VALUE_CLASS_BYTES:
		v->text = take_text(b);
		return true;
	case VALUE_CLASS_TEXTS:
		v->texts = take_texts(b, arena);
		return true;
	case VALUE_CLASS_IP:
		ip = arena_alloc(arena, sizeof(*ip));
		*ip = take_ip(b);
		v->ip = ip;
		return true;
	case VALUE_CLASS_ADDR:
		v->addr = take_addr(b, arena);
		return true;
	case VALUE_CLASS_TUPLE:
		v->tuple = take_tuple(b, arena);
		return true;
	case VALUE_CLASS_POLL:
		v->poll = take_poll(b, arena);
		return true;
	case VALUE_CLASS_NONE:
	case VALUE_CLASS_NET:
	case VALUE_CLASS_DYN:
		return false;
	}
	return false;
}

static enum event_type take_type(struct bytes *b)
{
	unsigned type = (take(b) << 8u | take(b)) % EVENT_TYPE_COUNT | 1;

	return event_info(type)->name ? type : EVENT_SYSCALL_OPENAT_2_X;
}

static void take_params(struct bytes *b, struct fake_state *s)
{
	for (unsigned i = 0; i < s->ev.nparams; i++) {
		struct value *v = &s->ev.params[i];
		uint8_t how = take(b);

		v->type = event_param_info(s->ev.type, i)->type;
		v->outcome = how % 8 == 1 ? OUTCOME_ABSENT :
			     how % 8 == 2 ? OUTCOME_FAILED :
					    OUTCOME_VALUE;
		if (v->outcome == OUTCOME_VALUE &&
		    !take_value(b, &s->arena, v))
			v->outcome = OUTCOME_ABSENT;
	}
}

static void take_process(struct bytes *b, struct fake_state *s,
			 struct process *p)
{
	p->tid = p->pid = p->vtid = p->vpid = take(b);
	p->comm = take_text(b);
	p->exe = take_text(b);
	p->args = take_texts(b, &s->arena);
	p->env = take_texts(b, &s->arena);
	p->cgroups = take_texts(b, &s->arena);
	p->exepath = take_text(b);
	p->cwd = take_text(b);
	p->uid = take(b);
	p->loginuid = take(b);
	p->tty = take(b);
	p->sid = take(b);
}

static void take_fd(struct bytes *b, struct fake_state *s)
{
	s->fd.fd = (int64_t)take_number(b);
	s->fd.kind = take(b) % FD_KIND_COUNT;
	s->fd.l4proto = take(b);
	s->fd.connected = take(b) & 1;
	s->fd.role = take(b) % 3;
	s->fd.name = take_text(b);
	s->fd.client = take_ip(b);
	s->fd.server = take_ip(b);
	s->fd.client_port = (uint16_t)take_number(b);
	s->fd.server_port = (uint16_t)take_number(b);
	for (size_t i = 0; i < FD_PART_COUNT; i++)
		s->fd_parts[i] = take(b) % 4 == 1 ? OUTCOME_ABSENT :
						    OUTCOME_VALUE;
}

static void take_state(struct bytes *b, struct fake_state *s)
{
	fake_state_init(s, take_type(b));
	s->env.options.container_plugin = true;
	s->ev.generic = take(b);
	take_params(b, s);
	take_fd(b, s);
	s->cwd = take_text(b);
	s->user.name = take_text(b);
	s->nprocesses = take(b) % (FAKE_STATE_PROCESSES + 1);
	for (size_t i = 0; i < s->nprocesses; i++)
		take_process(b, s, &s->processes[i]);
	for (size_t i = 0; i < PROCESS_PART_COUNT; i++)
		s->parts[i] = take(b) % 8 == 1 ? OUTCOME_FAILED : OUTCOME_VALUE;
}

/* A descriptor that is not known yet is a new one: at entry nothing has its number.
 * And what has the name of a socket is known to be one. */
static void forget_fd(struct fake_state *s)
{
	memset(s->fd_parts, OUTCOME_UNKNOWN, sizeof(s->fd_parts));
	for (unsigned i = 0; i < s->ev.nparams; i++) {
		struct value *v = &s->ev.params[i];

		if (value_class_of(v->type) == VALUE_CLASS_INT &&
		    v->i == s->fd.fd)
			v->outcome = OUTCOME_UNKNOWN;
	}
}

/* The event as it may be seen at entry: what is known is right. */
static void forget(struct bytes *b, struct fake_state *s)
{
	s->ev.phase = PHASE_ENTRY;
	for (unsigned i = 0; i < s->ev.nparams; i++)
		if (take(b) & 1)
			s->ev.params[i].outcome = OUTCOME_UNKNOWN;
	if (take(b) & 1)
		forget_fd(s);
}

static enum truth run(struct fake_state *s, const struct program *p,
		      const struct ast_walk *w)
{
	CLEANUP(eval_done) struct eval e;

	eval_init(&e, &s->env);
	e.ev = &s->ev;
	return w ? ast_walk_run(w, &e) : program_run(p, &e);
}

/* Fields whose value depends on how often it was asked for, and on the phase. */
static bool is_fickle(struct span condition)
{
	static const char *const names[] = { "util.cnt", "evt.delta" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (condition.n && memmem(condition.data, condition.n, names[i],
					  strlen(names[i])))
			return true;
	return false;
}

static void hold(bool promise, const char *what)
{
	if (promise)
		return;
	fprintf(stderr, "evaluate: broken: %s\n", what);
	abort();
}

static void evaluate(struct bytes *b, struct fake_state *s, struct span text)
{
	CLEANUP(freep) struct filter_error *err = xcalloc(1, sizeof(*err));
	struct program *program;
	struct ast_walk *walk;
	struct ast *root;
	enum truth at_end, at_entry, plain;

	if (filter_parse(&s->arena, text, FILTER_DEPTH_LOADER, &root, err) < 0 ||
	    filter_compile(&s->env, root, NULL, NULL, &program, err) < 0)
		return;
	hold(ast_walk_new(&s->env, root, &walk, err) == 0, "compiles as a walk");
	at_end = run(s, program, NULL);
	if (is_fickle(text))
		return;
	hold(at_end != TRUTH_UNKNOWN, "nothing is unknown at the end");
	hold(at_end == run(s, program, walk), "walk and program agree");
	forget(b, s);
	at_entry = run(s, program, NULL);
	plain = run(s, program, walk);
	/* Folding may know more: evt.num > 0. */
	hold(plain == TRUTH_UNKNOWN || at_entry == plain, "they agree at entry");
	hold(at_entry == TRUTH_UNKNOWN || at_entry == at_end,
	     "what is decided at entry stays");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_make((const char *)data, size);
	const char *end = size ? memchr(data, '\n', size) : NULL;
	struct bytes bytes = { data, 0 };
	CLEANUP(freep) struct fake_state *s = xmalloc(sizeof(*s));

	if (end) {
		text.n = (size_t)(end - text.data);
		bytes = (struct bytes){ data + text.n + 1, size - text.n - 1 };
	}
	take_state(&bytes, s);
	evaluate(&bytes, s, text);
	fake_state_done(s);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records what a program does, for engine.c to judge again and again: every event
 * of the program and its descendants, as the tracer gives it to the engine at the
 * beginning and at the end of the call. On stdout, in the words of fake_event.h:
 *
 *	= NUMBER words             a process with its ancestors
 *	NAME NUMBER words | words  a call of that process; behind the bar what is
 *	                           different at its end
 *
 *	record PROGRAM ARGUMENT... > tests/bench/NAME.txt
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "cleanup.h"
#include "error.h"
#include "resolver.h"
#include "strbuf.h"

#include "engine/event_info.h"
#include "engine/op.h"
#include "tracer/tracer.h"

#define TEXT_MAX 100
#define ANCESTORS_MAX 5

struct begun {
	int64_t tid;
	char *words;
};

struct recorder {
	struct {
		struct begun *items;
		size_t n, cap;
	} begun;
	struct {
		char **items;
		size_t n, cap;
	} processes;
};

/* --- Words: each "key=value" between newlines, so that they compare ------------- */

static void add_text(struct strbuf *out, struct span text)
{
	bool quotes = text.n && memchr(text.data, ' ', text.n);

	text.n = text.n < TEXT_MAX ? text.n : TEXT_MAX;
	if (quotes)
		strbuf_addch(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.data[i];

		strbuf_addch(out, c < ' ' || c > '~' || c == '"' || c == '|' ?
					  '_' :
					  c);
	}
	if (quotes)
		strbuf_addch(out, '"');
}

/* "key=" and what stands for the outcome; true: the value is wanted behind it. */
static bool add_key(struct strbuf *out, const char *prefix, const char *key,
		    enum outcome o)
{
	if (o == OUTCOME_ABSENT || o == OUTCOME_PENDING)
		return false;
	strbuf_addf(out, "%s%s=", prefix, key);
	if (o == OUTCOME_VALUE)
		return true;
	strbuf_adds(out, o == OUTCOME_UNKNOWN ? "?\n" : "!\n");
	return false;
}

static void add_word(struct strbuf *out, const char *prefix, const char *key,
		     enum outcome o, struct span text)
{
	if (!add_key(out, prefix, key, o))
		return;
	add_text(out, text);
	strbuf_addch(out, '\n');
}

static void add_number(struct strbuf *out, const char *prefix, const char *key,
		       enum outcome o, int64_t n)
{
	if (add_key(out, prefix, key, o))
		strbuf_addf(out, "%lld\n", (long long)n);
}

/* Much of a recording would be numbers that hardly a condition asks for. */
static bool is_dull(const char *name)
{
	static const char *const beginnings[] = { "vm_", "pgft_", "exe_ino",
						  "cap_", "ino", "dev" };

	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}

static void add_param(struct strbuf *out, struct event *ev, unsigned i)
{
	const struct value *v = event_param(ev, i);
	enum outcome o = v->maybe ? OUTCOME_UNKNOWN : v->outcome;
	const struct param_info *p = event_param_info(ev->type, i);
	enum value_class class = value_class_of(p->type);

	if (is_dull(p->name))
		return;
	if (class == VALUE_CLASS_TEXT)
		add_word(out, "arg.", p->name, o, v->text);
	else if (class == VALUE_CLASS_BOOL)
		add_word(out, "arg.", p->name, o,
			 v->b ? SPAN("true") : SPAN("false"));
	else if (class == VALUE_CLASS_INT || class == VALUE_CLASS_UINT)
		add_number(out, "arg.", p->name, o, v->i);
}

static void add_fd(struct strbuf *out, struct event *ev)
{
	const struct fd_info *fd = NULL;
	const struct resolver *r = ev->resolver;
	enum outcome o = r->event_fd(ev, FD_PART_NUM, &fd);

	add_number(out, "fd.", "num", o, o == OUTCOME_VALUE ? fd->fd : 0);
	o = r->event_fd(ev, FD_PART_NAME, &fd);
	add_word(out, "fd.", "name", o,
		 o == OUTCOME_VALUE ? fd->name : SPAN(""));
	o = r->event_fd(ev, FD_PART_KIND, &fd);
	add_word(out, "fd.", "kind", o,
		 o == OUTCOME_VALUE && fd->kind == FD_KIND_DIRECTORY ?
			 SPAN("directory") :
			 SPAN("file"));
	if (o != OUTCOME_VALUE || fd->kind != FD_KIND_IPV4_SOCKET)
		return;
	o = r->event_fd(ev, FD_PART_SERVER, &fd);
	if (o == OUTCOME_VALUE)
		strbuf_addf(out, "fd.dip=%u.%u.%u.%u\nfd.dport=%u\n",
			    fd->server.bytes[0], fd->server.bytes[1],
			    fd->server.bytes[2], fd->server.bytes[3],
			    fd->server_port);
}

static void add_args(struct strbuf *out, const char *prefix, enum outcome o,
		     const struct process *p)
{
	CLEANUP(strbuf_done) struct strbuf args = STRBUF_INIT;

	if (o == OUTCOME_VALUE) {
		add_word(out, prefix, "exe", o, p->exe);
		for (size_t i = 0; i < p->args.n; i++) {
			strbuf_adds(&args, i ? " " : "");
			strbuf_addspan(&args, p->args.items[i]);
		}
	}
	add_word(out, prefix, "args", o, strbuf_span(&args));
}

/* False: the chain ends before this one, with us at the latest. */
static bool add_process(struct strbuf *out, struct event *ev, int up)
{
	const struct resolver *r = ev->resolver;
	const struct process *p;
	char prefix[16];
	enum outcome o = r->process(ev, up, PROCESS_IDS, &p);

	if (o != OUTCOME_VALUE || p->pid == getpid())
		return false;
	snprintf(prefix, sizeof(prefix), up == 0 ? "proc." : "p%d.", up);
	add_number(out, prefix, "pid", o, p->pid);
	o = r->process(ev, up, PROCESS_COMM, &p);
	add_word(out, prefix, "comm", o, p->comm);
	add_args(out, prefix, r->process(ev, up, PROCESS_ARGS, &p), p);
	o = r->process(ev, up, PROCESS_EXEPATH, &p);
	add_word(out, prefix, "exepath", o, p->exepath);
	o = r->process(ev, up, PROCESS_USER, &p);
	add_number(out, prefix, "uid", o, p->uid);
	o = r->process(ev, up, PROCESS_CWD, &p);
	add_word(out, prefix, "cwd", o, p->cwd);
	return true;
}

/* --- Recording ------------------------------------------------------------------ */

static void print_words(const char *words, const char *but)
{
	while (*words) {
		size_t n = (size_t)(strchr(words, '\n') - words) + 1;

		if (!but || !memmem(but, strlen(but), words, n))
			printf(" %.*s", (int)n - 1, words);
		words += n;
	}
}

static size_t process_number(struct recorder *r, struct event *ev)
{
	CLEANUP(strbuf_done) struct strbuf words = STRBUF_INIT;
	size_t i;

	for (int up = 0; up < ANCESTORS_MAX; up++)
		if (!add_process(&words, ev, up))
			break;
	for (i = r->processes.n; i > 0; i--)
		if (strcmp(r->processes.items[i - 1], words.data) == 0)
			return i - 1;
	printf("= %zu", r->processes.n);
	print_words(words.data, NULL);
	putchar('\n');
	*array_push(&r->processes) = strbuf_take(&words);
	return r->processes.n - 1;
}

static struct begun *begun_of(struct recorder *r, int64_t tid)
{
	struct begun *b;

	for (size_t i = 0; i < r->begun.n; i++)
		if (r->begun.items[i].tid == tid)
			return &r->begun.items[i];
	b = array_push(&r->begun);
	*b = (struct begun){ .tid = tid };
	return b;
}

static enum verdict on_event(void *ctx, struct event *ev, int *ret_errno)
{
	CLEANUP(strbuf_done) struct strbuf words = STRBUF_INIT;
	struct recorder *r = ctx;
	struct begun *begun = begun_of(r, ev->tid);
	size_t process;

	(void)ret_errno;
	strbuf_adds(&words, "");
	for (unsigned i = 0; i < ev->nparams; i++)
		add_param(&words, ev, i);
	add_fd(&words, ev);
	if (ev->phase == PHASE_ENTRY) {
		free(begun->words);
		begun->words = strbuf_take(&words);
		return VERDICT_CONFIRM;
	}
	process = process_number(r, ev);
	printf("%s %zu", event_name(ev), process);
	print_words(begun->words ? begun->words : "", NULL);
	fputs(" |", stdout);
	print_words(words.data ? words.data : "", begun->words);
	putchar('\n');
	free(begun->words);
	begun->words = NULL;
	return VERDICT_CONTINUE;
}

static int record(char **argv, struct error *err)
{
	struct recorder r = { 0 };
	struct interest interest;
	const struct tracer_options options = { .interest = &interest,
						.sink = { .event = on_event,
							  .ctx = &r } };
	const struct tracer_command command = { .path = argv[0],
						.argv = argv,
						.envp = environ };
	struct tracer *t;
	pid_t pid;
	int status;
	int e;

	memset(&interest, 0xff, sizeof(interest));
	e = tracer_new(&options, &t, err);
	if (!e)
		e = tracer_spawn(t, &command, &pid, err);
	if (!e)
		e = tracer_run(t, &status, err);
	tracer_free(t);
	return e;
}

int main(int argc, char **argv)
{
	struct error err = { 0 };
	sigset_t set;

	if (argc < 2) {
		fprintf(stderr, "usage: record PROGRAM ARGUMENT...\n");
		return 2;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (record(argv + 1, &err) < 0) {
		fprintf(stderr, "record: %s\n", err.text);
		return 1;
	}
	return 0;
}

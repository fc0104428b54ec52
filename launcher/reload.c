/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hot reload: see reload.h. One thread, which waits for an eventfd (asked, told of a
 * set that was handed back, or to stop) and for inotify.
 */
#include "reload.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "strbuf.h"

#include "file_watch.h"
#include "output.h"
#include "services.h"
#include "sets.h"
#include "setup.h"
#include "sink.h"
#include "tree.h"

/* A change is over when nothing more happens for so long. */
#define QUIET_MS 100

/* What a successful load made; the owner of its set. */
struct loaded {
	struct setup setup;
	struct output *output;
	struct sink_set set;
};

struct reload {
	struct reload_options o;
	pthread_t thread;
	int wake_fd;
	struct file_watch watch;
	atomic_bool asked, stop;
	struct loaded *latest; /* that was offered; NULL: none */
};

static void loaded_free(struct loaded *l)
{
	if (!l)
		return;
	output_free(l->output);
	sink_set_done(&l->set);
	setup_done(&l->setup);
	free(l);
}

static void loaded_freep(struct loaded **l)
{
	loaded_free(*l);
}

/* --- Loading ----------------------------------------------------------------- */

static int make_output(const struct reload *r, struct loaded *l,
		       struct error *err)
{
	struct output_options options;
	int ret;

	setup_outputs(&l->setup, r->o.stream_fd, &options);
	options.log = r->o.log;
	ret = output_new(&options, &l->output, err);
	return ret < 0 ? ret : output_start(l->output);
}

/* What can be refused by others comes last: it has been got ready for nothing else
 * then. */
static int load(const struct reload *r, struct loaded *l,
		struct services_next *services, struct error *err)
{
	const struct setup *first = r->o.first;
	int ret;

	setup_init(&l->setup, first->options, true, first->error_fd);
	l->setup.allowed = &r->o.intercepted;
	l->setup.known_container = &first->container;
	ret = r->o.prepare(&l->setup, err);
	if (ret == 0)
		ret = make_output(r, l, err);
	if (ret == 0)
		ret = services_prepare(r->o.services, &l->setup, services, err);
	if (ret < 0)
		return ret;

	setup_set(&l->setup, l->output, &l->set);
	l->set.owner = l;
	return 0;
}

/* Falco's alert, and the same in the log. */
static void say_failure(const struct reload *r, const char *text)
{
	static const char rule[] = "Falco internal: hot restart failure";
	CLEANUP(strbuf_done) struct strbuf message = STRBUF_INIT;
	struct internal_alert alert = { PRIORITY_CRITICAL, rule, NULL,
					NULL,		   NULL, 0 };

	strbuf_addf(&message, "%s: %s", rule, text);
	alert.message = message.data;
	sets_alert(r->o.sets, &alert);
	log_say(r->o.log, LOG_LEVEL_ERROR,
		"nothing is reloaded, all stays as it was: %s", text);
}

static void say_success(const struct reload *r, const struct loaded *l)
{
	const struct setup *s = &l->setup;

	if (s->refused.n)
		log_say(r->o.log, LOG_LEVEL_WARNING,
			"rules that need events which are not intercepted stay "
			"out (falco_run.reload_headroom makes room for them): "
			"%s",
			s->refused.data);
	log_say(r->o.log, LOG_LEVEL_INFO,
		"configuration and rules are reloaded: %zu rules",
		engine_rule_count(s->engine));
}

/* The set is gone after it; the first is the run's. */
static void finish_output(const struct reload *r, struct sink_set *set)
{
	CLEANUP(strbuf_done) struct strbuf lost = STRBUF_INIT;

	output_finish(set->output);
	output_lost_text(set->output, &lost);
	if (lost.n)
		log_say(r->o.log, LOG_LEVEL_WARNING,
			"alerts that outputs did not get: %s", lost.data);
	loaded_free(set->owner);
}

static void reload(struct reload *r)
{
	CLEANUP(loaded_freep) struct loaded *l = xcalloc(1, sizeof(*l));
	struct error err = { "" };
	struct services_next services;
	struct sink_set *unused;

	if (load(r, l, &services, &err) < 0) {
		say_failure(r, l->setup.report.n ? l->setup.report.data :
						   err.text);
		return;
	}
	services_use(r->o.services, &services);
	log_follow(r->o.log, &l->setup.log);
	say_success(r, l);
	unused = sets_offer(r->o.sets, &l->set);
	r->latest = TAKE_PTR(l);
	if (unused)
		finish_output(r, unused);
}

/* --- Handing back ------------------------------------------------------------ */

static void finish_set(const struct reload *r, struct sink_set *set)
{
	sets_retire(r->o.sets, set);
	finish_output(r, set);
}

static void finish_retired(const struct reload *r)
{
	struct sink_set *set = sink_retired(r->o.sink);

	while (set) {
		struct sink_set *next = set->next;

		finish_set(r, set);
		set = next;
	}
}

/* --- The thread -------------------------------------------------------------- */

static void watch_list(struct file_watch *watch, const char *const *paths,
		       size_t n)
{
	for (size_t i = 0; i < n; i++)
		file_watch_add(watch, paths[i]);
}

/* config_files: names and directories, one or a list of them. */
static void watch_includes(struct reload *r, const struct config *c)
{
	const struct tree *node = tree_child(c->root, SPAN("config_files"));

	for (size_t i = 0; node && node->kind == TREE_LIST && i < node->n; i++) {
		const struct tree *item = node->items[i];
		const struct tree *path = tree_child(item, SPAN("path"));

		path = path ? path : item;
		if (path->kind == TREE_SCALAR)
			file_watch_add(&r->watch, path->text);
	}
}

static const struct setup *latest_setup(const struct reload *r)
{
	return r->latest ? &r->latest->setup : r->o.first;
}

/* Again after each load: a file that was replaced is another file. */
static void watch_files(struct reload *r)
{
	const struct setup *s = latest_setup(r);
	const struct config *c = &s->config;
	const struct options *o = s->options;

	if (!c->watch_files)
		return;
	if (s->config_path)
		file_watch_add(&r->watch, s->config_path);
	for (size_t i = 0; i < c->files.n; i++)
		file_watch_add(&r->watch, c->files.items[i].path);
	watch_includes(r, c);
	watch_list(&r->watch, o->given[OPT_RULES].items, o->given[OPT_RULES].n);
	for (size_t i = 0; i < c->rules_files.n; i++)
		file_watch_add(&r->watch, c->rules_files.items[i].data);
	watch_list(&r->watch, (const char *const *)s->rules.paths.items,
		   s->rules.paths.n);
}

/* Waits for the end of changes, or for being told something. */
static void wait_for_quiet(struct reload *r)
{
	struct pollfd fds[] = {
		{ .fd = r->watch.fd, .events = POLLIN },
		{ .fd = r->wake_fd, .events = POLLIN },
	};

	while (poll(fds, 2, QUIET_MS) > 0 && !fds[1].revents)
		file_watch_take(&r->watch);
}

/* Returns whether to load again. */
static bool is_wanted(struct reload *r, bool is_changed)
{
	uint64_t ignored;

	if (is_changed)
		wait_for_quiet(r);
	if (read(r->wake_fd, &ignored, sizeof(ignored)) > 0)
		finish_retired(r);
	if (atomic_load(&r->stop))
		return false;
	if (!atomic_exchange(&r->asked, false))
		return is_changed && latest_setup(r)->config.watch_files;

	log_say(r->o.log, LOG_LEVEL_INFO,
		"SIGHUP received, restarting...");
	return true;
}

static void *serve(void *ctx)
{
	struct reload *r = ctx;

	watch_files(r);
	while (!atomic_load(&r->stop)) {
		struct pollfd fds[] = {
			{ .fd = r->wake_fd, .events = POLLIN },
			{ .fd = r->watch.fd, .events = POLLIN },
		};
		bool is_changed;

		poll(fds, 2, -1);
		is_changed = fds[1].revents && file_watch_take(&r->watch);
		if (!is_wanted(r, is_changed))
			continue;
		reload(r);
		watch_files(r);
	}
	return NULL;
}

/* --- From outside ------------------------------------------------------------ */

static void wake(const struct reload *r)
{
	const uint64_t one = 1;

	if (write(r->wake_fd, &one, sizeof(one)) != sizeof(one))
		return; /* it has been woken up already */
}

int reload_start(const struct reload_options *options, struct reload **ret)
{
	struct reload *r = xcalloc(1, sizeof(*r));

	r->o = *options;
	r->watch = FILE_WATCH_INIT;
	r->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	options->sink->retired_fd = r->wake_fd;
	if (r->wake_fd < 0 ||
	    pthread_create(&r->thread, NULL, serve, r) != 0) {
		options->sink->retired_fd = -1;
		if (r->wake_fd >= 0)
			close(r->wake_fd);
		free(r);
		return -EAGAIN;
	}
	*ret = r;
	return 0;
}

void reload_ask(struct reload *r)
{
	atomic_store(&r->asked, true);
	wake(r);
}

void reload_stop(struct reload *r)
{
	atomic_store(&r->stop, true);
	wake(r);
	pthread_join(r->thread, NULL);
	sink_take(r->o.sink);
	finish_retired(r);
	r->o.sink->retired_fd = -1;
}

void reload_free(struct reload *r)
{
	if (!r)
		return;
	loaded_free(sink_current(r->o.sink)->owner);
	file_watch_done(&r->watch);
	close(r->wake_fd);
	free(r);
}

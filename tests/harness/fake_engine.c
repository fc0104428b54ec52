/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An environment for conditions, without rules.
 */
#include "harness/fake_engine.h"

#include "harness/test.h"

#include "cleanup.h"

#include "engine/field.h"

int fake_engine_begin(void **state)
{
	struct fake_engine *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	f->env.arena = &f->arena;
	*state = f;
	return 0;
}

int fake_engine_end(void **state)
{
	struct fake_engine *f = *state;

	arena_done(&f->arena);
	free(f);
	return 0;
}

int fake_engine_compile(struct fake_engine *f, const char *condition,
			struct program **ret)
{
	struct ast *root;
	int r = filter_parse(&f->arena, span_of(condition),
			     FILTER_DEPTH_LOADER, &root, &f->err);

	if (r < 0)
		return r;
	return filter_compile(&f->env, root, NULL, NULL, ret, &f->err);
}

struct program *fake_engine_program(struct fake_engine *f, const char *condition)
{
	struct program *p = NULL;

	if (fake_engine_compile(f, condition, &p) < 0)
		fail_msg("%s: %s", condition, f->err.text);
	return p;
}

enum truth fake_engine_run(struct fake_engine *f, const struct program *p,
			   const char *event)
{
	CLEANUP(freep) struct fake_event *ev = xcalloc(1, sizeof(*ev));
	CLEANUP(eval_done) struct eval e;
	enum truth t;

	eval_init(&e, &f->env);
	e.ev = &ev->ev;
	if (!fake_event_init(ev, span_of(event)))
		fail_msg("the event is not understood: %s", event);
	t = program_run(p, &e);
	fake_event_done(ev);
	return t;
}

enum truth fake_engine_judge(struct fake_engine *f, const char *condition,
			     const char *event)
{
	return fake_engine_run(f, fake_engine_program(f, condition), event);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluations of events that are still to come: see foreseen.h.
 */
#include "foreseen.h"

#include "alloc.h"
#include "foresight.h"

#include "ast.h"
#include "dissect.h"
#include "env.h"
#include "event_info.h"
#include "field.h"
#include "filter.h"

struct foreseen {
	const struct foresight *foresight;
	struct eval eval;
};

struct foreseen *foreseen_new(struct engine_env *env,
			      const struct foresight *foresight,
			      enum event_type type, unsigned generic)
{
	struct event *ev = foresight->event(type, generic);
	struct foreseen *f;

	if (!ev)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->foresight = foresight;
	eval_init(&f->eval, env);
	f->eval.ev = ev;
	return f;
}

void foreseen_free(struct foreseen *f)
{
	if (!f)
		return;
	f->foresight->event_free(f->eval.ev);
	eval_done(&f->eval);
	free(f);
}

struct eval *foreseen_eval(struct foreseen *f)
{
	return &f->eval;
}

/* A check of the event's type comes out one way; of other fields both, unless one
 * of them waits. */
static bool check_can_be(const struct part *part, enum truth truth,
			 struct eval *e)
{
	if (part_truth(part, e) == TRUTH_UNKNOWN)
		return false;
	for (size_t i = 0; i < part->nfields; i++) {
		const char *name = part->fields[i]->info->name;

		if (!strcmp(name, "evt.type") || !strcmp(name, "syscall.type"))
			return part_truth(part, e) == truth;
	}
	return true;
}

bool foreseen_can_be(const struct part *part, enum truth truth, struct eval *e)
{
	enum truth ending;

	if (part->program)
		return check_can_be(part, truth, e);
	if (part->ast->kind == AST_NOT)
		return foreseen_can_be(&part->items[0],
				       truth == TRUTH_TRUE ? TRUTH_FALSE :
							     TRUTH_TRUE,
				       e);
	ending = part->ast->kind == AST_AND ? TRUTH_FALSE : TRUTH_TRUE;
	for (size_t i = 0; i < part->n; i++)
		if (foreseen_can_be(&part->items[i], truth, e) ==
		    (truth == ending))
			return truth == ending;
	return truth != ending;
}

bool event_is_uncalled(enum event_type type)
{
	return type == EVENT_PROCEXIT_1_E || type == EVENT_CONTAINER_JSON_2_E;
}

bool event_reaches_rules(enum event_type type)
{
	const struct event_info *info = event_info(type);

	if (!info->name || !info->is_current ||
	    info->event_class == CLASS_INTERNAL)
		return false;
	return info->event_class != CLASS_SYSCALL || event_is_exit(type);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Room for an evaluation: a slot for each field and each truth that is remembered. See
 * struct eval.
 */
#include "env.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "value.h"

#include "field.h"
#include "filter.h"

void eval_init(struct eval *ret, struct engine_env *env)
{
	*ret = (struct eval){ .env = env,
			      .nfields = field_slots(env),
			      .ntruths = filter_truth_slots(env) };
	ret->fields = xcalloc(ret->nfields, sizeof(*ret->fields));
	ret->answered = xcalloc(ret->nfields, sizeof(*ret->answered));
	ret->truths = xcalloc(ret->ntruths, sizeof(*ret->truths));
}

void eval_begin(struct eval *e, struct event *ev)
{
	e->ev = ev;
	e->asked = 0;
	for (size_t i = 0; i < e->nanswered; i++)
		e->fields[e->answered[i]] = (struct value){ 0 };
	e->nanswered = 0;
	if (e->ntruths)
		memset(e->truths, 0, e->ntruths * sizeof(*e->truths));
}

void eval_done(struct eval *e)
{
	free(e->fields);
	free(e->answered);
	free(e->truths);
}

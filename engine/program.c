/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and running programs. Running allocates nothing itself and is the
 * innermost loop of the engine.
 */
#include "program.h"

#include <assert.h>
#include <errno.h>

#include "arena.h"
#include "strbuf.h"

#include "check.h"
#include "env.h"
#include "event_set.h"

/* --- Making -------------------------------------------------------------------- */

/* The instructions of a program that is being made, room for all of them. */
struct code {
	struct insn *items;
	size_t n, cap;
};

/* How many instructions a node becomes. */
static size_t insns_count(const struct node *node)
{
	bool is_chain = node->kind == NODE_AND || node->kind == NODE_OR;
	size_t n = (node->shared ? 2 : 0) + (is_chain ? 2 + node->n : 1);

	for (size_t i = 0; i < node->n; i++)
		n += insns_count(node->items[i]);
	return n;
}

static struct insn *emit(struct code *code, enum insn_code insn, unsigned level)
{
	struct insn *i = &code->items[code->n++];

	assert(code->n <= code->cap);
	*i = (struct insn){ .code = insn, .level = (uint16_t)level };
	return i;
}

static int emit_node(struct code *code, const struct node *node, unsigned level);

/* The operands of an "and" or "or", each followed by its jump to the end. */
static int emit_operands(struct code *code, const struct node *node,
			 unsigned level)
{
	bool is_and = node->kind == NODE_AND;
	size_t start = code->n;

	emit(code, is_and ? INSN_BEGIN_AND : INSN_BEGIN_OR, level);
	for (size_t i = 0; i < node->n; i++) {
		if (emit_node(code, node->items[i], level + 1) < 0)
			return -EINVAL;
		emit(code, is_and ? INSN_AND : INSN_OR, level);
	}
	for (size_t i = start; i < code->n; i++) {
		struct insn *insn = &code->items[i];

		if (insn->level == level &&
		    (insn->code == INSN_AND || insn->code == INSN_OR))
			insn->target = (uint32_t)code->n;
	}
	emit(code, INSN_END, level);
	return 0;
}

static int emit_plain(struct code *code, const struct node *node,
		      unsigned level)
{
	if (node->kind == NODE_EVENTS) {
		emit(code, INSN_EVENTS, level)->events = node->events;
		return 0;
	}
	if (node->kind == NODE_CHECK) {
		emit(code, INSN_CHECK, level)->check = node->check;
		return 0;
	}
	if (node->kind != NODE_NOT)
		return emit_operands(code, node, level);
	if (emit_node(code, node->items[0], level) < 0)
		return -EINVAL;
	emit(code, INSN_NOT, level);
	return 0;
}

static int emit_node(struct code *code, const struct node *node, unsigned level)
{
	size_t recall = code->n;

	if (level >= PROGRAM_LEVELS_MAX)
		return -EINVAL;
	if (!node->shared)
		return emit_plain(code, node, level);
	emit(code, INSN_RECALL, level)->shared = node->shared;
	if (emit_plain(code, node, level) < 0)
		return -EINVAL;
	emit(code, INSN_KEEP, level)->shared = node->shared;
	code->items[recall].target = (uint32_t)code->n;
	return 0;
}

int program_new(struct arena *arena, const struct node *root,
		struct program **ret)
{
	struct code code = { .cap = insns_count(root) };
	struct program *p;

	code.items = arena_alloc(arena, code.cap * sizeof(*code.items));
	if (emit_node(&code, root, 0) < 0)
		return -EINVAL;
	p = arena_alloc(arena, sizeof(*p));
	p->insns = code.items;
	p->n = code.n;
	*ret = p;
	return 0;
}

/* --- Running ------------------------------------------------------------------- */

static enum truth has_event(const struct interest *events,
			    const struct event *ev)
{
	bool has = ev->type == EVENT_GENERIC_X && ev->generic < GENERIC_COUNT ?
			   interest_has_generic(events, ev->generic) :
			   interest_has(events, ev->type);

	return has ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth truth_not(enum truth t)
{
	static const uint8_t nots[] = {
		[TRUTH_FALSE] = TRUTH_TRUE,
		[TRUTH_TRUE] = TRUTH_FALSE,
		[TRUTH_UNKNOWN] = TRUTH_UNKNOWN,
	};

	return nots[t];
}

/* `acc` so far and one operand more; `end` is the truth that ends it. */
static enum truth combine(enum truth acc, enum truth t, enum truth end)
{
	if (t == end)
		return end;
	return t == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : acc;
}

/* Programs compiled after e was made have slots that it lacks. */
static uint8_t *slot_of(const struct shared *shared, struct eval *e)
{
	return shared->slot < e->ntruths ? &e->truths[shared->slot] : NULL;
}

static bool recall(const struct shared *shared, struct eval *e, enum truth *ret)
{
	const uint8_t *slot = slot_of(shared, e);

	if (!slot || !*slot)
		return false;
	*ret = *slot - 1;
	return true;
}

static void keep(const struct shared *shared, struct eval *e, enum truth t)
{
	uint8_t *slot = slot_of(shared, e);

	if (slot)
		*slot = (uint8_t)(t + 1);
}

enum truth program_run(const struct program *p, struct eval *e)
{
	uint8_t levels[PROGRAM_LEVELS_MAX];
	enum truth t = TRUTH_FALSE, end;

	for (size_t pc = 0; pc < p->n; pc++) {
		const struct insn *insn = &p->insns[pc];

		switch ((enum insn_code)insn->code) {
		case INSN_EVENTS:
			t = has_event(insn->events, e->ev);
			break;
		case INSN_CHECK:
			t = check_run(insn->check, e);
			break;
		case INSN_NOT:
			t = truth_not(t);
			break;
		case INSN_BEGIN_AND:
			levels[insn->level] = TRUTH_TRUE;
			break;
		case INSN_BEGIN_OR:
			levels[insn->level] = TRUTH_FALSE;
			break;
		case INSN_AND:
		case INSN_OR:
			end = insn->code == INSN_AND ? TRUTH_FALSE : TRUTH_TRUE;
			levels[insn->level] = (uint8_t)combine(
				levels[insn->level], t, end);
			if (t == end)
				pc = insn->target - 1;
			break;
		case INSN_END:
			t = levels[insn->level];
			break;
		case INSN_RECALL:
			if (recall(insn->shared, e, &t))
				pc = insn->target - 1;
			break;
		case INSN_KEEP:
			keep(insn->shared, e, t);
			break;
		}
	}
	return t;
}

/* --- Showing ------------------------------------------------------------------- */

static size_t count_events(const struct interest *events)
{
	size_t n = event_set_count(events);

	for (unsigned i = 0; i < GENERIC_COUNT; i++)
		n += interest_has_generic(events, i);
	return n;
}

static void dump_insn(const struct insn *insn, struct strbuf *out)
{
	static const char *const names[] = {
		[INSN_EVENTS] = "events",	[INSN_CHECK] = "check",
		[INSN_NOT] = "not",		[INSN_BEGIN_AND] = "begin and",
		[INSN_BEGIN_OR] = "begin or",	[INSN_AND] = "and",
		[INSN_OR] = "or",		[INSN_END] = "end",
		[INSN_RECALL] = "recall",	[INSN_KEEP] = "keep",
	};
	bool jumps = insn->code == INSN_AND || insn->code == INSN_OR ||
		     insn->code == INSN_RECALL;

	strbuf_addf(out, "%*s%s", 2 * insn->level, "", names[insn->code]);
	if (insn->code == INSN_EVENTS)
		strbuf_addf(out, " %zu", count_events(insn->events));
	if (insn->code == INSN_CHECK) {
		strbuf_addch(out, ' ');
		check_print(insn->check, out);
	}
	if (insn->code == INSN_RECALL && insn->shared->slot != SHARED_NO_SLOT)
		strbuf_addf(out, " slot %u", insn->shared->slot);
	if (jumps)
		strbuf_addf(out, " -> %u", insn->target);
	strbuf_addch(out, '\n');
}

void program_dump(const struct program *p, struct strbuf *out)
{
	for (size_t i = 0; i < p->n; i++) {
		strbuf_addf(out, "%zu\t", i);
		dump_insn(&p->insns[i], out);
	}
}

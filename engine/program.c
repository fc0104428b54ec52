/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and running programs. Running allocates nothing itself and is the
 * innermost loop of the engine.
 */
#include "program.h"

#include <assert.h>
#include <errno.h>

#include "alloc.h"
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
	size_t n = (node->shared ? 2 : 0) +
		   (is_chain ? 2 : node->kind != NODE_NOT);

	for (size_t i = 0; i < node->n; i++)
		n += insns_count(node->items[i]);
	return n;
}

/* What the operand's last instruction does with the truth. */
struct after {
	enum insn_then then;
	bool negates;
};

static struct insn *emit(struct code *code, enum insn_code insn, unsigned level,
			 struct after after)
{
	struct insn *i = &code->items[code->n++];

	assert(code->n <= code->cap);
	*i = (struct insn){ .code = insn, .level = (uint16_t)level,
			    .then = after.then, .negates = after.negates };
	return i;
}

static const struct after nothing = { THEN_NOTHING, false };

static int emit_node(struct code *code, const struct node *node, unsigned level,
		     struct after after);

/* The operands of an "and" or "or", each of which may go on at the end. */
static int emit_operands(struct code *code, const struct node *node,
			 unsigned level, struct after after)
{
	bool is_and = node->kind == NODE_AND;
	const struct after into = { is_and ? THEN_AND : THEN_OR, false };
	size_t start = code->n;

	emit(code, is_and ? INSN_BEGIN_AND : INSN_BEGIN_OR, level, nothing);
	for (size_t i = 0; i < node->n; i++) {
		if (emit_node(code, node->items[i], level + 1, into) < 0)
			return -EINVAL;
	}
	for (size_t i = start; i < code->n; i++) {
		struct insn *insn = &code->items[i];

		if (insn->level == level + 1 && insn->then != THEN_NOTHING)
			insn->end = (uint32_t)code->n;
	}
	emit(code, INSN_END, level, after);
	return 0;
}

static int emit_plain(struct code *code, const struct node *node,
		      unsigned level, struct after after)
{
	if (node->kind == NODE_EVENTS) {
		emit(code, INSN_EVENTS, level, after)->events = node->events;
		return 0;
	}
	if (node->kind == NODE_CHECK) {
		emit(code, INSN_CHECK, level, after)->check = node->check;
		return 0;
	}
	if (node->kind != NODE_NOT)
		return emit_operands(code, node, level, after);
	after.negates = !after.negates;
	return emit_node(code, node->items[0], level, after);
}

static int emit_node(struct code *code, const struct node *node, unsigned level,
		     struct after after)
{
	size_t recall = code->n;

	if (level >= PROGRAM_LEVELS_MAX)
		return -EINVAL;
	if (!node->shared)
		return emit_plain(code, node, level, after);
	emit(code, INSN_RECALL, level, after)->shared = node->shared;
	if (emit_plain(code, node, level, nothing) < 0)
		return -EINVAL;
	emit(code, INSN_KEEP, level, after)->shared = node->shared;
	code->items[recall].known = (uint32_t)code->n;
	return 0;
}

int program_new(struct arena *arena, const struct node *root,
		struct program **ret)
{
	struct code code = { .cap = insns_count(root) };
	struct program *p;

	code.items = arena_alloc(arena, code.cap * sizeof(*code.items));
	if (emit_node(&code, root, 0, nothing) < 0)
		return -EINVAL;
	p = arena_alloc(arena, sizeof(*p));
	p->insns = code.items;
	p->n = code.n;
	*ret = p;
	return 0;
}

static bool is_idle(const struct insn *insn)
{
	return (insn->code == INSN_RECALL || insn->code == INSN_KEEP) &&
	       insn->shared->slot == SHARED_NO_SLOT;
}

/* What an idle KEEP was to do with the truth does whoever computes it. */
static void hand_back(struct insn *keep)
{
	struct insn *before = keep - 1;

	before->then = keep->then;
	before->negates = keep->negates;
	before->end = keep->end;
}

void program_trim(struct program *p)
{
	uint32_t *places = xcalloc(p->n + 1, sizeof(*places)), n = 0;

	for (size_t i = 0; i < p->n; i++) {
		places[i] = n;
		n += !is_idle(&p->insns[i]);
		if (p->insns[i].code == INSN_KEEP && is_idle(&p->insns[i]))
			hand_back(&p->insns[i]);
	}
	places[p->n] = n;
	for (size_t i = 0; i < p->n; i++) {
		struct insn insn = p->insns[i];

		insn.known = places[insn.known];
		insn.end = places[insn.end];
		if (!is_idle(&insn))
			p->insns[places[i]] = insn;
	}
	p->n = n;
	free(places);
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

/* Into the level around. Is that settled by it? */
static bool settles(const struct insn *insn, enum truth t, uint8_t *around)
{
	enum truth end = insn->then == THEN_AND ? TRUTH_FALSE : TRUTH_TRUE;

	*around = (uint8_t)combine(*around, t, end);
	return t == end;
}

enum truth program_run(const struct program *p, struct eval *e)
{
	uint8_t levels[PROGRAM_LEVELS_MAX];
	enum truth t = TRUTH_FALSE;
	size_t pc = 0;

	while (pc < p->n) {
		const struct insn *insn = &p->insns[pc++];

		switch ((enum insn_code)insn->code) {
		case INSN_EVENTS:
			t = has_event(insn->events, e->ev);
			break;
		case INSN_CHECK:
			t = check_run(insn->check, e);
			break;
		case INSN_BEGIN_AND:
			levels[insn->level] = TRUTH_TRUE;
			continue;
		case INSN_BEGIN_OR:
			levels[insn->level] = TRUTH_FALSE;
			continue;
		case INSN_END:
			t = levels[insn->level];
			break;
		case INSN_RECALL:
			if (!recall(insn->shared, e, &t))
				continue;
			pc = insn->known;
			break;
		case INSN_KEEP:
			keep(insn->shared, e, t);
			break;
		}
		if (insn->negates)
			t = truth_not(t);
		if (insn->then != THEN_NOTHING &&
		    settles(insn, t, &levels[insn->level - 1]))
			pc = insn->end;
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
		[INSN_BEGIN_AND] = "begin and", [INSN_BEGIN_OR] = "begin or",
		[INSN_END] = "end",		[INSN_RECALL] = "recall",
		[INSN_KEEP] = "keep",
	};

	strbuf_addf(out, "%*s%s", 2 * insn->level, "", names[insn->code]);
	if (insn->code == INSN_EVENTS)
		strbuf_addf(out, " %zu", count_events(insn->events));
	if (insn->code == INSN_CHECK) {
		strbuf_addch(out, ' ');
		check_print(insn->check, out);
	}
	if (insn->code == INSN_RECALL && insn->shared->slot != SHARED_NO_SLOT)
		strbuf_addf(out, " slot %u", insn->shared->slot);
	if (insn->code == INSN_RECALL)
		strbuf_addf(out, " -> %u", insn->known);
	if (insn->negates)
		strbuf_adds(out, ", not");
	if (insn->then != THEN_NOTHING)
		strbuf_addf(out, ", %s -> %u", insn->then == THEN_AND ? "and" : "or",
			    insn->end);
	strbuf_addch(out, '\n');
}

void program_dump(const struct program *p, struct strbuf *out)
{
	for (size_t i = 0; i < p->n; i++) {
		strbuf_addf(out, "%zu\t", i);
		dump_insn(&p->insns[i], out);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linking: lists are put into conditions as text, macros as trees, each seeing what
 * Falco lets it see. Both can multiply, so what comes out is measured and refused
 * when it grows beyond reason, before anything is made of it.
 */
#include <errno.h>

#include "arena.h"
#include "cleanup.h"
#include "strbuf.h"

#include "rules.h"

/* --- Lists ----------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_delimiter(char c)
{
	static const bool delimiters[256] = {
		[' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true,
		['('] = true, [')'] = true, [','] = true, ['='] = true,
	};

	return delimiters[(unsigned char)c];
}

/* A name that is no word by itself can only be searched for. */
static bool name_is_odd(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (is_delimiter(name.data[i]))
			return true;
	return false;
}

static uint64_t length_bit(size_t n)
{
	return UINT64_C(1) << (n < 63 ? n : 63);
}

/* Names of lists are known by their first byte and their length: nearly no word of a
 * text needs to be looked up. */
static void name_note(struct link *link, struct span name)
{
	if (name.n)
		link->list_lengths[(unsigned char)name.data[0]] |=
			length_bit(name.n);
}

/* The list of that name, if there is one. */
static const struct list_def *list_named(const struct link *link,
					 struct span name)
{
	if (!name.n || !(link->list_lengths[(unsigned char)name.data[0]] &
			 length_bit(name.n)))
		return NULL;
	return symtab_get(&link->loading->collector->list_names, name);
}

/* How many items the list has with the lists in it opened. */
static size_t items_count(struct link *link, const struct list_def *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->items.n; i++) {
		const struct list_def *other =
			list_named(link, list->items.items[i]);
		bool is_open = other && other->index < list->visibility;

		n += is_open ? other->items.n : 1;
		if (is_open)
			link->lists[other->link].is_used = true;
	}
	return n;
}

static void items_open(struct link *link, const struct list_def *list,
		       struct span *to)
{
	for (size_t i = 0; i < list->items.n; i++) {
		const struct list_def *other =
			list_named(link, list->items.items[i]);

		if (!other || other->index >= list->visibility)
			*to++ = list->items.items[i];
		else
			for (size_t k = 0; k < other->items.n; k++)
				*to++ = other->items.items[k];
	}
}

/* A list of lists is opened one level deep: of those that are older. */
static int list_link(struct link *link, struct linked_list *list)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	size_t n = items_count(link, list->def);
	struct span *items;

	if (n > LIST_ITEMS_MAX)
		return load_add(link->loading->result, LOAD_ERR_VALIDATE,
				list->def->ctx,
				"The list has more than %u items with the "
				"lists it names",
				LIST_ITEMS_MAX);
	items = arena_alloc(link->arena, n * sizeof(*items));
	items_open(link, list->def, items);
	for (size_t i = 0; i < n && text.n <= CONDITION_SIZE_MAX; i++) {
		strbuf_adds(&text, i ? ", " : "");
		quoted_add(items[i], &text);
	}
	list->items = items;
	list->nitems = n;
	list->text = span_make(arena_strndup(link->arena, text.data, text.n),
			       text.n);
	return 0;
}

static int lists_link(struct link *link)
{
	struct collector *c = link->loading->collector;

	link->nlists = c->lists.n;
	link->lists = arena_zalloc(link->arena,
				   link->nlists * sizeof(*link->lists));
	link->odd = arena_alloc(link->arena,
				link->nlists * sizeof(*link->odd));
	for (size_t i = 0; i < link->nlists; i++) {
		link->lists[i].def = c->lists.items[i];
		c->lists.items[i]->link = i;
		name_note(link, c->lists.items[i]->name);
		if (name_is_odd(c->lists.items[i]->name))
			link->odd[link->nodd++] = i;
	}
	for (size_t i = 0; i < link->nlists; i++) {
		int err = list_link(link, &link->lists[i]);

		if (err)
			return err;
	}
	return 0;
}

/* Text in which one list is being put in place: what is done, what is left. */
struct placing {
	const struct linked_list *list;
	struct strbuf done;
	struct span rest;
};

/* Where in the rest the list's name stands alone next. */
static bool name_find(const struct placing *p, size_t *ret)
{
	struct span name = p->list->def->name;
	struct span rest = p->rest;

	for (size_t at = 0; at < rest.n; at++) {
		const char *hit = memmem(rest.data + at, rest.n - at,
					 name.data, name.n);
		size_t end;
		char before;

		if (!hit)
			return false;
		at = (size_t)(hit - rest.data);
		end = at + name.n;
		before = at	   ? rest.data[at - 1] :
			 p->done.n ? p->done.data[p->done.n - 1] :
				     ' ';
		if (is_delimiter(before) &&
		    (end >= rest.n || is_delimiter(rest.data[end]))) {
			*ret = at;
			return true;
		}
	}
	return false;
}

/* The items, with one blank to each side, for the name at `at`; where there are no
 * items, a comma goes with them. */
static void items_place(struct placing *p, size_t at)
{
	bool is_empty = !p->list->text.n;

	strbuf_add(&p->done, p->rest.data, at);
	while (p->done.n && is_blank(p->done.data[p->done.n - 1]))
		strbuf_cut(&p->done, p->done.n - 1);
	p->rest = span_from(p->rest, at + p->list->def->name.n);
	while (p->rest.n && is_blank(p->rest.data[0]))
		p->rest = span_from(p->rest, 1);

	if (is_empty && span_ends_with(strbuf_span(&p->done), SPAN(",")))
		strbuf_cut(&p->done, p->done.n - 1);
	else if (is_empty && span_starts_with(p->rest, SPAN(",")))
		p->rest = span_from(p->rest, 1);

	if (p->done.n)
		strbuf_adds(&p->done, " ");
	strbuf_addspan(&p->done, p->list->text);
	strbuf_adds(&p->done, " ");
}

static int list_place(struct link *link, struct linked_list *list,
		      const struct condition *c, struct strbuf *text)
{
	struct placing p = { list, STRBUF_INIT, strbuf_span(text) };
	size_t at;

	while (p.done.n <= CONDITION_SIZE_MAX && name_find(&p, &at)) {
		list->is_used = true;
		items_place(&p, at);
	}
	if (!p.done.n && p.rest.data == text->data)
		return 0;
	strbuf_addspan(&p.done, p.rest);
	strbuf_done(text);
	*text = p.done;
	if (text->n > CONDITION_SIZE_MAX)
		return load_add(link->loading->result, LOAD_ERR_VALIDATE,
				c->ctx,
				"The condition is longer than %u bytes with "
				"its lists",
				CONDITION_SIZE_MAX);
	return 0;
}

/* The lists that a text may name, by their numbers, in their order. */
struct candidates {
	ARRAY(size_t) numbers;
	size_t next; /* of them the first that is still to be looked at */
};

static void candidate_add(struct candidates *c, size_t number)
{
	size_t at = c->numbers.n;

	while (at > c->next && c->numbers.items[at - 1] > number)
		at--;
	if (at > 0 && c->numbers.items[at - 1] >= number)
		return;
	array_push(&c->numbers);
	memmove(&c->numbers.items[at + 1], &c->numbers.items[at],
		(c->numbers.n - 1 - at) * sizeof(*c->numbers.items));
	c->numbers.items[at] = number;
}

/* Looks at each word of the text whether it is a list's name; is any? */
static bool candidates_find(const struct link *link, struct span text,
			    struct candidates *c)
{
	bool found = false;

	while (text.n) {
		const struct list_def *list;
		size_t n = 0;

		while (n < text.n && !is_delimiter(text.data[n]))
			n++;
		list = list_named(link, span_make(text.data, n));
		if (list)
			candidate_add(c, list->link);
		found |= list != NULL;
		text = span_from(text, n + 1);
	}
	return found;
}

static int candidates_place(struct link *link, struct condition *c,
			    struct candidates *lists, struct strbuf *text)
{
	while (lists->next < lists->numbers.n) {
		struct linked_list *list =
			&link->lists[lists->numbers.items[lists->next++]];
		int err = list_place(link, list, c, text);

		if (err)
			return err;
		/* Items may be names too: of lists whose turn comes yet. */
		if (!list->is_flat)
			list->is_flat = !candidates_find(link, list->text,
							 lists);
	}
	return 0;
}

static int lists_place(struct link *link, struct condition *c)
{
	CLEANUP(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct candidates lists = { ARRAY_INIT, 0 };
	int err;

	candidates_find(link, c->text, &lists);
	for (size_t i = 0; i < link->nodd; i++)
		candidate_add(&lists, link->odd[i]);
	c->linked = c->text;
	if (!lists.numbers.n)
		return 0;
	strbuf_addspan(&text, c->text);
	err = candidates_place(link, c, &lists, &text);
	array_done(&lists.numbers);
	c->linked = span_make(arena_strndup(link->arena, text.data, text.n),
			      text.n);
	return err;
}

/* --- Parsing --------------------------------------------------------------- */

/* Has one of eight bytes a parenthesis? They differ in the last bit only. */
static bool has_parenthesis(const char *s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	word = (word ^ ones * '(') & ~ones;
	return ((word - ones) & ~word & ones << 7) != 0;
}

/* Each parenthesis nests an and in an or at most. */
static size_t depth_bound(struct span text)
{
	size_t depth = 0, deepest = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.n - i >= 8 && !has_parenthesis(text.data + i))
			i += 7;
		else if (text.data[i] == '(' && ++depth > deepest)
			deepest = depth;
		else if (text.data[i] == ')' && depth)
			depth--;
	}
	return 4 * (deepest + 1);
}

/* Contexts live longer than what is linked. */
static struct span linked_keep(struct loading *l, struct span s)
{
	return span_make(arena_strndup(l->collector->arena, s.data, s.n), s.n);
}

/* Most conditions were parsed by an earlier load, whose trees are all still there. */
static int parse_once(struct link *link, struct condition *c,
		      struct filter_error *error)
{
	struct loading *l = link->loading;
	int err;

	c->ast = l->asts ? symtab_get(l->asts, c->linked) : NULL;
	if (c->ast)
		return 0;
	err = filter_parse(link->arena, c->linked, FILTER_DEPTH_LOADER, &c->ast,
			   error);
	if (!err && l->asts)
		symtab_set(l->asts, c->linked, c->ast);
	return err;
}

int condition_parse(struct link *link, struct condition *c)
{
	struct loading *l = link->loading;
	struct filter_error error;
	int err = lists_place(link, c);

	if (err)
		return err;
	if (parse_once(link, c, &error))
		return load_add(l->result, LOAD_ERR_COMPILE_CONDITION,
				context_condition(l, c->condition_ctx,
						  linked_keep(l, c->linked),
						  error.pos),
				"%s", error.text);
	c->weight = c->linked.n;
	c->depth = depth_bound(c->linked);
	return 0;
}

/* --- Macros ---------------------------------------------------------------- */

/* The macros that are being expanded, the innermost first. */
struct path {
	const struct path *outer;
	const struct linked_macro *macro;
	size_t length;
};

/* Macros that stand in macros that stand in macros: so many at most. */
#define PATH_LENGTH_MAX 500

struct expansion {
	struct link *link;
	const struct path *path;
	size_t visibility;
	size_t weight, depth; /* what the macros in place add */
	struct span unknown, looping; /* the first; data NULL: none */
	struct filter_pos unknown_pos, looping_pos;
};

static bool path_has(const struct path *path, const struct linked_macro *macro)
{
	for (; path; path = path->outer)
		if (path->macro == macro)
			return true;
	return false;
}

static struct ast *macro_place(void *ctx, struct span name,
			       struct filter_pos pos);

/* A macro's own tree, with the macros in it in place as the referrer sees them. */
static struct ast *macro_expand(struct expansion *x, struct linked_macro *macro)
{
	struct path path = { x->path, macro, x->path ? x->path->length + 1 : 1 };
	struct expansion inner = *x;
	struct ast *ast;

	x->weight += macro->weight;
	x->depth = macro->depth > x->depth ? macro->depth : x->depth;
	if (macro->is_linked)
		return macro->ast;
	if (path.length > PATH_LENGTH_MAX) {
		x->depth = CONDITION_DEPTH_MAX + 1;
		return NULL;
	}
	inner.path = &path;
	inner.weight = inner.depth = 0;
	ast = filter_replace_macros(x->link->arena, macro->ast, macro_place,
				    &inner);
	x->unknown = inner.unknown;
	x->unknown_pos = inner.unknown_pos;
	x->looping = inner.looping;
	x->looping_pos = inner.looping_pos;
	x->weight += inner.weight;
	if (macro->depth + inner.depth > x->depth)
		x->depth = macro->depth + inner.depth;
	return ast;
}

static struct ast *macro_place(void *ctx, struct span name,
			       struct filter_pos pos)
{
	struct expansion *x = ctx;
	struct linked_macro *macro = symtab_get(&x->link->macro_names, name);

	if (x->weight > CONDITION_WEIGHT_MAX || x->depth > CONDITION_DEPTH_MAX)
		return NULL;
	if (!macro || macro->def->index >= x->visibility) {
		if (!x->unknown.data) {
			x->unknown = name;
			x->unknown_pos = pos;
		}
		return NULL;
	}
	if (path_has(x->path, macro)) {
		if (!x->looping.data) {
			x->looping = name;
			x->looping_pos = pos;
		}
		return NULL;
	}
	macro->is_used = true;
	return macro_expand(x, macro);
}

static int expansion_check(const struct expansion *x, struct loading *l,
			   const struct condition *c)
{
	if (x->looping.data)
		return load_add(l->result, LOAD_ERR_VALIDATE,
				context_condition(l, c->ctx, c->text,
						  x->looping_pos),
				"reference loop in macro '%.*s'",
				SPAN_FMT(x->looping));
	if (x->unknown.data)
		return load_add(l->result, LOAD_ERR_VALIDATE,
				context_condition(l, c->ctx, c->text,
						  x->unknown_pos),
				"Undefined macro '%.*s' used in filter.",
				SPAN_FMT(x->unknown));
	if (c->weight + x->weight > CONDITION_WEIGHT_MAX)
		return load_add(l->result, LOAD_ERR_VALIDATE, c->ctx,
				"The condition is longer than %u bytes with "
				"its macros",
				CONDITION_WEIGHT_MAX);
	if (c->depth + x->depth > CONDITION_DEPTH_MAX)
		return load_add(l->result, LOAD_ERR_VALIDATE, c->ctx,
				"The condition's macros are nested too deeply");
	return 0;
}

int condition_link(struct link *link, struct condition *c)
{
	struct expansion x = { .link = link, .visibility = c->visibility };
	int err;

	c->ast = filter_replace_macros(link->arena, c->ast, macro_place, &x);
	err = expansion_check(&x, link->loading, c);
	if (err)
		return err;
	c->weight += x.weight;
	c->depth += x.depth;
	return 0;
}

static struct condition macro_condition(const struct linked_macro *macro)
{
	return (struct condition){
		.ctx = macro->def->ctx,
		.condition_ctx = macro->def->condition_ctx,
		.visibility = macro->def->visibility,
		.text = text_span(&macro->def->condition),
		.linked = macro->condition,
		.ast = macro->ast,
		.weight = macro->weight,
		.depth = macro->depth,
	};
}

static void macro_take(struct linked_macro *macro, const struct condition *c)
{
	macro->condition = c->linked;
	macro->ast = c->ast;
	macro->weight = c->weight;
	macro->depth = c->depth;
}

static int macros_parse(struct link *link)
{
	struct collector *c = link->loading->collector;

	link->nmacros = c->macros.n;
	link->macros = arena_zalloc(link->arena,
				    link->nmacros * sizeof(*link->macros));
	for (size_t i = 0; i < link->nmacros; i++) {
		struct linked_macro *macro = &link->macros[i];
		struct condition condition;
		int err;

		macro->def = c->macros.items[i];
		condition = macro_condition(macro);
		err = condition_parse(link, &condition);
		if (err)
			return err;
		macro_take(macro, &condition);
		symtab_set(&link->macro_names, macro->def->name, macro);
	}
	return 0;
}

int link_build(struct link *link)
{
	int err = lists_link(link);

	if (!err)
		err = macros_parse(link);
	for (size_t i = 0; !err && i < link->nmacros; i++) {
		struct condition c = macro_condition(&link->macros[i]);

		err = condition_link(link, &c);
		if (err)
			return err;
		macro_take(&link->macros[i], &c);
		link->macros[i].is_linked = true;
	}
	return err;
}

void link_done(struct link *link)
{
	symtab_done(&link->macro_names);
}

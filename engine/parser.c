/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar: one function for each production, each taking the parser and
 * returning a node, or NULL when it has put what is wrong into err. Nesting is
 * counted as Falco counts it, one for each production entered, so that the same
 * conditions are refused. No field or type is known here.
 */
#include "parser.h"

#include <errno.h>

#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "strbuf.h"

#include "ast.h"
#include "filter_error.h"
#include "lexer.h"
#include "transform.h"

struct parser {
	struct lexer lex;
	struct arena *arena;
	struct filter_error *err;
	unsigned depth;
	unsigned max_depth;
	/* The children of nodes that are being read, those of the innermost last. A
	 * parse that fails leaves them there. */
	ARRAY(struct ast *) nodes;
};

static void parser_done(struct parser *p)
{
	array_done(&p->nodes);
}

static struct ast *parse_or(struct parser *p);
static struct ast *parse_transform(struct parser *p, struct span name,
				   struct filter_pos pos);

/* What is wrong, where the parser stands; for `return fail(...)`. */
__attribute__((format(printf, 2, 3))) static void *fail(struct parser *p,
							 const char *fmt, ...)
{
	va_list ap;

	p->err->pos = p->lex.pos;
	va_start(ap, fmt);
	vsnprintf(p->err->text, sizeof(p->err->text), fmt, ap);
	va_end(ap);
	return NULL;
}

/* One production deeper; false: too deep. Failing parses never come back up. */
static bool enter(struct parser *p)
{
	if (++p->depth < p->max_depth)
		return true;
	fail(p, "exceeded max depth limit of %u", p->max_depth);
	return false;
}

static struct ast *leave(struct parser *p, struct ast *node)
{
	p->depth--;
	return node;
}

/* The nodes read since there were `from` become the children of `node`. */
static void take_children(struct parser *p, struct ast *node, size_t from)
{
	ast_set_items(p->arena, node, p->nodes.items + from,
		      p->nodes.n - from);
	p->nodes.n = from;
}

/* A node of the kind over the children; the only child itself when there is one. */
static struct ast *join(struct parser *p, enum ast_kind kind,
			struct filter_pos pos, size_t from)
{
	struct ast *node;

	if (p->nodes.n == from + 1)
		return p->nodes.items[--p->nodes.n];
	node = ast_new(p->arena, kind, pos);
	take_children(p, node, from);
	return node;
}

static struct ast *text_node(struct parser *p, enum ast_kind kind,
			     struct filter_pos pos)
{
	struct ast *node = ast_new(p->arena, kind, pos);

	node->text = p->lex.token;
	return node;
}

/* --- Strings, lists, numbers -------------------------------------------------- */

/* 1: found, 0: there is none, -EINVAL. */
static int string(struct parser *p)
{
	int r = lexer_quoted_string(&p->lex);

	return r ? r : lexer_bare_string(&p->lex);
}

/* The strings of a list behind its "(", up to the ")". */
static struct ast *parse_list_items(struct parser *p, struct filter_pos pos)
{
	struct ast *list = ast_new(p->arena, AST_LIST, pos);
	size_t from = p->nodes.n;
	struct filter_pos at;
	int r;

	do {
		lexer_blank(&p->lex);
		at = p->lex.pos;
		r = string(p);
		if (r < 0)
			return NULL;
		if (r == 0 && p->nodes.n > from)
			return fail(p, "expected a string value");
		if (r == 0)
			break;
		*array_push(&p->nodes) = text_node(p, AST_VALUE, at);
		lexer_blank(&p->lex);
	} while (lexer_word(&p->lex, ","));
	if (!lexer_word(&p->lex, ")"))
		return fail(p, "expected a ')' token");

	take_children(p, list, from);
	return list;
}

/* --- Fields and transformers -------------------------------------------------- */

/* [arg] right behind a field or a transformer, if it is there. */
static bool parse_arg(struct parser *p, struct ast *node)
{
	int r;

	if (!lexer_word(&p->lex, "["))
		return true;
	r = lexer_quoted_string(&p->lex);
	if (r < 0)
		return false;
	if (r == 0 && !lexer_field_arg(&p->lex))
		return fail(p, "expected a valid field argument: a quoted "
			       "string or a bare string");
	node->arg = p->lex.token;
	if (!lexer_word(&p->lex, "]"))
		return fail(p, "expected a ']' token");

	return true;
}

static struct ast *parse_field(struct parser *p, struct filter_pos pos)
{
	struct ast *field = text_node(p, AST_FIELD, pos);

	return parse_arg(p, field) ? field : NULL;
}

/* "tolower(" and kin, its name without the parenthesis as the token. */
static bool accept_transform(struct parser *p)
{
	size_t n;
	const struct transform_info *info = transform_infos(&n);

	for (size_t i = 0; i < n; i++) {
		struct lexer before;
		struct span name;

		if (!info[i].is_left_side ||
		    !lexer_is_at(&p->lex, info[i].name[0]))
			continue;
		before = p->lex;
		if (lexer_word(&p->lex, info[i].name)) {
			name = p->lex.token;
			if (lexer_word(&p->lex, "(")) {
				p->lex.token = name;
				return true;
			}
		}
		p->lex = before;
	}
	return false;
}

/*
 * A field or transformer, if there is one: NULL without an error otherwise, which
 * *ret_found tells apart.
 */
static struct ast *parse_operand(struct parser *p, bool *ret_found)
{
	struct filter_pos pos = p->lex.pos;

	*ret_found = true;
	if (lexer_field_name(&p->lex))
		return parse_field(p, pos);
	if (accept_transform(p))
		return parse_transform(p, p->lex.token, pos);

	*ret_found = false;
	return NULL;
}

/* A number or a quoted string, as above. */
static struct ast *parse_literal(struct parser *p, bool *ret_found)
{
	struct filter_pos pos = p->lex.pos;
	bool is_number = lexer_hex_number(&p->lex) || lexer_number(&p->lex);
	int r = is_number ? 1 : lexer_quoted_string(&p->lex);

	*ret_found = r != 0;
	return r > 0 ? text_node(p, AST_VALUE, pos) : NULL;
}

static struct ast *parse_item(struct parser *p)
{
	bool found;
	struct ast *node = parse_literal(p, &found);

	if (!found)
		node = parse_operand(p, &found);
	if (!found)
		return fail(p, "expected transformer list argument: field, "
			       "transformer, quoted string, or number");

	return node;
}

/* A literal list of a transformer, behind its "(". */
static struct ast *parse_items(struct parser *p, struct filter_pos pos)
{
	struct ast *node = ast_new(p->arena, AST_ITEMS, pos);
	size_t from = p->nodes.n;

	lexer_blank(&p->lex);
	if (lexer_word(&p->lex, ")"))
		return node;
	do {
		struct ast *item;

		lexer_blank(&p->lex);
		item = parse_item(p);
		if (!item)
			return NULL;
		*array_push(&p->nodes) = item;
		lexer_blank(&p->lex);
	} while (lexer_word(&p->lex, ","));
	if (!lexer_word(&p->lex, ")"))
		return fail(p, "expected ')'");

	take_children(p, node, from);
	return node;
}

static struct ast *parse_transform_arg(struct parser *p)
{
	struct filter_pos pos = p->lex.pos;
	struct ast *node;
	bool found;

	if (!enter(p))
		return NULL;
	node = parse_literal(p, &found);
	if (!found && lexer_word(&p->lex, "(")) {
		found = true;
		node = parse_items(p, pos);
	}
	if (!found)
		node = parse_operand(p, &found);
	if (!found)
		return fail(p, "expected field transformer argument: field, "
			       "transformer, quoted string, number, or "
			       "transformer list");

	return node ? leave(p, node) : NULL;
}

/* Behind the last argument: ")" and perhaps [arg]. */
static struct ast *close_transform(struct parser *p, struct ast *node,
				   size_t from)
{
	if (!lexer_word(&p->lex, ")"))
		return fail(p, "expected a ')' token closing the transformer");
	take_children(p, node, from);
	return parse_arg(p, node) ? leave(p, node) : NULL;
}

/* The arguments of a transformer, behind its "(". */
static struct ast *parse_transform(struct parser *p, struct span name,
				   struct filter_pos pos)
{
	struct ast *node = ast_new(p->arena, AST_TRANSFORM, pos);
	size_t from = p->nodes.n;

	node->text = name;
	if (!enter(p))
		return NULL;
	do {
		struct ast *arg;

		lexer_blank(&p->lex);
		arg = parse_transform_arg(p);
		if (!arg)
			return NULL;
		*array_push(&p->nodes) = arg;
		lexer_blank(&p->lex);
	} while (lexer_word(&p->lex, ","));

	return close_transform(p, node, from);
}

/* val(field), behind its "(". */
static struct ast *parse_val(struct parser *p, struct filter_pos pos)
{
	struct ast *node = ast_new(p->arena, AST_TRANSFORM, pos);
	size_t from = p->nodes.n;
	struct filter_pos at;
	struct ast *field;

	node->text = SPAN("val");
	if (!enter(p))
		return NULL;
	lexer_blank(&p->lex);
	at = p->lex.pos;
	if (!lexer_field_name(&p->lex))
		return fail(p, "expected a field within 'val' transformer");
	field = parse_field(p, at);
	if (!field)
		return NULL;
	*array_push(&p->nodes) = field;
	lexer_blank(&p->lex);
	return close_transform(p, node, from);
}

/* The right side as a field or transformer, if it is one. */
static struct ast *parse_rhs(struct parser *p, bool *ret_found)
{
	struct filter_pos pos = p->lex.pos;

	*ret_found = true;
	if (lexer_word(&p->lex, "val("))
		return parse_val(p, pos);
	if (accept_transform(p))
		return parse_transform(p, p->lex.token, pos);

	*ret_found = false;
	return NULL;
}

/* --- Checks -------------------------------------------------------------------- */

#define RHS_NAMES "a field with a valid transformer: %s"

/* 'val', 'tolower', ... for messages. */
static const char *rhs_names(struct parser *p)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	size_t n;
	const struct transform_info *info = transform_infos(&n);

	strbuf_adds(&b, "'val'");
	for (size_t i = 0; i < n; i++) {
		if (info[i].is_left_side)
			strbuf_addf(&b, ", '%s'", info[i].name);
	}
	return arena_strdup(p->arena, b.data);
}

static struct ast *parse_number_operand(struct parser *p)
{
	struct filter_pos pos = p->lex.pos;
	struct ast *node;
	bool found;

	if (lexer_hex_number(&p->lex) || lexer_number(&p->lex))
		return text_node(p, AST_VALUE, pos);
	node = parse_rhs(p, &found);
	if (!found)
		return fail(p, "expected a number value or " RHS_NAMES,
			    rhs_names(p));

	return node;
}

static struct ast *parse_string_operand(struct parser *p)
{
	struct filter_pos pos = p->lex.pos;
	bool found;
	struct ast *node = parse_rhs(p, &found);
	int r;

	if (found)
		return node;
	r = string(p);
	if (r == 0)
		return fail(p, "expected a string value or " RHS_NAMES,
			    rhs_names(p));

	return r < 0 ? NULL : text_node(p, AST_VALUE, pos);
}

static struct ast *parse_list_operand(struct parser *p, bool allows_rhs)
{
	struct filter_pos pos = p->lex.pos;
	struct ast *node;
	bool found = false;

	if (lexer_word(&p->lex, "("))
		return parse_list_items(p, pos);
	node = allows_rhs ? parse_rhs(p, &found) : NULL;
	if (found)
		return node;
	if (lexer_identifier(&p->lex))
		return text_node(p, AST_VALUE, pos);
	if (!allows_rhs)
		return fail(p, "expected a list or an identifier");

	return fail(p, "expected a list, an identifier, or " RHS_NAMES,
		    rhs_names(p));
}

/* Does what stands here make the word before it a modifier? */
static bool modifier_follows(struct parser *p)
{
	struct lexer before = p->lex;
	bool follows = lexer_word(&p->lex, "(");

	if (!follows && lexer_identifier(&p->lex)) {
		struct span s = p->lex.token;

		follows = !span_is(s, "and") && !span_is(s, "or") &&
			  !span_is(s, "not");
	}
	p->lex = before;
	return follows;
}

/* oneof, anyof, allof with what belongs behind them; else nothing is read. */
static enum op_modifier accept_modifier(struct parser *p)
{
	for (int i = MODIFIER_NONE + 1; i < MODIFIER_COUNT; i++) {
		const char *text = op_modifier_text(i);
		struct lexer before;

		if (!lexer_is_at(&p->lex, text[0]))
			continue;
		before = p->lex;
		if (lexer_word(&p->lex, text) && lexer_blank(&p->lex) &&
		    modifier_follows(p))
			return i;
		p->lex = before;
	}
	return MODIFIER_NONE;
}

/* The operator that stands here, in node->op and, as written, node->text. */
static bool accept_operator(struct parser *p, struct ast *node)
{
	size_t n;
	const struct op_token *tokens = op_tokens(&n);

	for (size_t i = 0; i < n; i++) {
		struct lexer before, behind;

		if (!lexer_is_at(&p->lex, tokens[i].text[0]))
			continue;
		before = p->lex;
		if (lexer_word(&p->lex, tokens[i].text)) {
			behind = p->lex;
			if (!op_info(tokens[i].op)->needs_blank ||
			    lexer_blank(&behind)) {
				node->op = tokens[i].op;
				node->text = p->lex.token;
				return true;
			}
		}
		p->lex = before;
	}
	return false;
}

static void *fail_operator(struct parser *p)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	size_t n;
	const struct op_token *tokens = op_tokens(&n);

	for (size_t i = 0; i < n; i++)
		strbuf_addf(&b, "%s'%s'", i ? ", " : "", tokens[i].text);
	return fail(p, "expected a valid check operator: one of %s", b.data);
}

/* What stands behind an operator. */
static struct ast *parse_operand_of(struct parser *p, struct ast *node)
{
	enum op_operand kind = op_info(node->op)->operand;
	bool blank = lexer_blank(&p->lex);

	if (kind == OPERAND_NUMBER)
		return parse_number_operand(p);
	if (kind == OPERAND_STRING && blank)
		node->modifier = accept_modifier(p);
	if (kind == OPERAND_STRING && !node->modifier)
		return parse_string_operand(p);

	return parse_list_operand(p, kind == OPERAND_LIST);
}

/* An operator and what follows, behind a left side. */
static struct ast *parse_condition(struct parser *p, struct ast *lhs)
{
	struct ast *node = ast_new(p->arena, AST_CHECK, lhs->pos);
	struct ast *sides[2] = { lhs, NULL };

	if (!enter(p))
		return NULL;
	lexer_blank(&p->lex);
	if (!accept_operator(p, node))
		return fail_operator(p);
	if (node->op == OP_EXISTS) {
		lexer_blank(&p->lex);
		return leave(p, ast_unary(p->arena, AST_EXISTS, lhs->pos, lhs));
	}
	sides[1] = parse_operand_of(p, node);
	if (!sides[1])
		return NULL;
	ast_set_items(p->arena, node, sides, 2);
	lexer_blank(&p->lex);
	return leave(p, node);
}

/* An expression in parentheses, behind the "(". */
static struct ast *parse_embedded(struct parser *p)
{
	struct ast *node;

	if (!enter(p))
		return NULL;
	lexer_blank(&p->lex);
	node = parse_or(p);
	if (!node)
		return NULL;
	if (!lexer_word(&p->lex, ")"))
		return fail(p, "expected a ')' token");
	lexer_blank(&p->lex);
	return leave(p, node);
}

static struct ast *parse_check(struct parser *p)
{
	struct filter_pos pos = p->lex.pos;
	struct ast *node = NULL;
	bool found;

	if (!enter(p))
		return NULL;
	if (lexer_word(&p->lex, "(")) {
		node = parse_embedded(p);
		return node ? leave(p, node) : NULL;
	}
	node = parse_operand(p, &found);
	if (found) {
		node = node ? parse_condition(p, node) : NULL;
		return node ? leave(p, node) : NULL;
	}
	if (!lexer_identifier(&p->lex))
		return fail(p, "expected a '(' token, a field check, or an "
			       "identifier");
	node = text_node(p, AST_MACRO, pos);
	lexer_blank(&p->lex);
	return leave(p, node);
}

/* "not" with what it needs behind it; *ret_opens: that was "(" at once. */
static bool accept_not(struct parser *p, bool *ret_opens)
{
	struct lexer before;

	*ret_opens = false;
	if (!lexer_is_at(&p->lex, 'n'))
		return false;
	before = p->lex;
	if (!lexer_word(&p->lex, "not"))
		return false;
	if (lexer_blank(&p->lex))
		return true;
	*ret_opens = lexer_word(&p->lex, "(");
	if (!*ret_opens)
		p->lex = before;
	return *ret_opens;
}

static struct ast *parse_not(struct parser *p)
{
	struct filter_pos pos = p->lex.pos;
	bool negated = false, opens = false;
	struct ast *node;

	if (!enter(p))
		return NULL;
	while (!opens && accept_not(p, &opens))
		negated = !negated;
	node = opens ? parse_embedded(p) : parse_check(p);
	if (!node)
		return NULL;
	if (negated)
		node = ast_unary(p->arena, AST_NOT, pos, node);
	return leave(p, node);
}

/* The operand behind "and" or "or": a blank and `next`, or a "(" at once. */
static struct ast *parse_behind(struct parser *p, const char *word,
				struct ast *(*next)(struct parser *p))
{
	if (lexer_blank(&p->lex))
		return next(p);
	if (lexer_word(&p->lex, "("))
		return parse_embedded(p);

	return fail(p, "expected blank or '(' after '%s'", word);
}

/* operands of `next` joined by the word */
static struct ast *parse_chain(struct parser *p, enum ast_kind kind,
			       const char *word,
			       struct ast *(*next)(struct parser *p))
{
	struct filter_pos pos = p->lex.pos;
	size_t from = p->nodes.n;
	struct ast *node;

	if (!enter(p))
		return NULL;
	for (node = next(p); node; node = parse_behind(p, word, next)) {
		*array_push(&p->nodes) = node;
		if (!lexer_word(&p->lex, word))
			return leave(p, join(p, kind, pos, from));
	}
	return NULL;
}

static struct ast *parse_and(struct parser *p)
{
	return parse_chain(p, AST_AND, "and", parse_not);
}

static struct ast *parse_or(struct parser *p)
{
	return parse_chain(p, AST_OR, "or", parse_and);
}

int filter_parse(struct arena *arena, struct span text, unsigned max_depth,
		 struct ast **ret, struct filter_error *err)
{
	CLEANUP(parser_done) struct parser p = { .arena = arena,
						 .max_depth = max_depth,
						 .err = err };
	struct ast *root;

	lexer_init(&p.lex, arena, text, err);
	if (!text.n)
		return filter_fail(err, p.lex.pos, -EINVAL,
				   "filter input string is empty");
	lexer_blank(&p.lex);
	root = parse_or(&p);
	if (!root) {
		err->pos = p.lex.pos;
		return -EINVAL;
	}
	if (!lexer_at_end(&p.lex))
		return filter_fail(err, p.lex.pos, -EINVAL,
				   "unexpected token after '%.*s', expecting "
				   "'or', 'and'",
				   SPAN_FMT(p.lex.token));

	*ret = root;
	return 0;
}

size_t parser_lhs(struct arena *arena, struct span text, struct ast **ret)
{
	struct filter_error err;
	CLEANUP(parser_done) struct parser p = { .arena = arena,
						 .max_depth = FILTER_DEPTH_DEFAULT,
						 .err = &err };
	struct ast *node;
	bool found;

	lexer_init(&p.lex, arena, text, &err);
	node = parse_operand(&p, &found);
	if (!node)
		return 0;

	*ret = node;
	return p.lex.pos.offset;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A condition as Falco prints it back: one blank around operators, parentheses
 * around every chain, quotes only where the text needs them.
 */
#include "strbuf.h"

#include "ast.h"
#include "filter.h"
#include "op.h"

/* Bytes that make a text be quoted. */
static bool needs_quotes(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!s.data[i] || strchr("\b\f\n\r\t =\\\"'", s.data[i]))
			return true;
	}
	return false;
}

static void print_text(struct span s, struct strbuf *out)
{
	static const char special[] = "\b\f\n\r\t\\\"";
	static const char letters[] = "bfnrt\\\"";

	if (!needs_quotes(s)) {
		strbuf_addspan(out, s);
		return;
	}
	strbuf_addch(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.data[i] ? strchr(special, s.data[i]) : NULL;

		if (at)
			strbuf_addch(out, '\\');
		strbuf_addch(out, at ? letters[at - special] : s.data[i]);
	}
	strbuf_addch(out, '"');
}

static void print_items(const struct ast *node, const char *open,
			const char *between, struct strbuf *out)
{
	strbuf_adds(out, open);
	for (size_t i = 0; i < node->n; i++) {
		if (i)
			strbuf_adds(out, between);
		filter_print(node->items[i], out);
	}
	strbuf_addch(out, ')');
}

static void print_arg(const struct ast *node, struct strbuf *out)
{
	if (!node->arg.data)
		return;
	strbuf_addch(out, '[');
	print_text(node->arg, out);
	strbuf_addch(out, ']');
}

static void print_check(const struct ast *node, struct strbuf *out)
{
	filter_print(node->items[0], out);
	strbuf_addf(out, " %.*s ", SPAN_FMT(node->text));
	if (node->modifier)
		strbuf_addf(out, "%s ", op_modifier_text(node->modifier));
	filter_print(node->items[1], out);
}

static void print_named(const struct ast *node, struct strbuf *out)
{
	strbuf_addspan(out, node->text);
	if (node->kind == AST_TRANSFORM)
		print_items(node, "(", ",", out);
	print_arg(node, out);
}

void filter_print(const struct ast *node, struct strbuf *out)
{
	switch (node->kind) {
	case AST_AND:
		print_items(node, "(", " and ", out);
		break;
	case AST_OR:
		print_items(node, "(", " or ", out);
		break;
	case AST_NOT:
		strbuf_adds(out, "not ");
		filter_print(node->items[0], out);
		break;
	case AST_CHECK:
		print_check(node, out);
		break;
	case AST_EXISTS:
		filter_print(node->items[0], out);
		strbuf_adds(out, " exists");
		break;
	case AST_MACRO:
	case AST_FIELD:
	case AST_TRANSFORM:
		print_named(node, out);
		break;
	case AST_ITEMS:
		print_items(node, "(", ",", out);
		break;
	case AST_VALUE:
		print_text(node->text, out);
		break;
	case AST_LIST:
		print_items(node, "(", ", ", out);
		break;
	}
}

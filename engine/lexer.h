/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of the filter language (filter-language.md section 1), asked for one by
 * one: the grammar decides which token may come, so there is no token stream. Each
 * lexer_*() that finds its token moves behind it and keeps it as `token`; each that
 * does not leaves everything as it was. The text may hold any bytes.
 */
#pragma once

#include <stdbool.h>

#include "span.h"

#include "filter.h"

struct arena;

struct lexer {
	struct span text;
	struct filter_pos pos; /* of the next byte */
	struct span token;     /* the last one found, escapes resolved */
	struct arena *arena;   /* for texts that escapes make anew */
	struct filter_error *err;
};

/* Starts at the beginning of `text`, which must outlive the tokens. */
void lexer_init(struct lexer *l, struct arena *arena, struct span text,
		struct filter_error *err);
/* Is everything read? */
bool lexer_at_end(const struct lexer *l);
/* Space, TAB, BS, CR, LF. */
static inline bool lexer_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\b' || c == '\r' || c == '\n';
}
/* Skips blanks; were there any? Not a token. */
bool lexer_blank(struct lexer *l);
/* The bytes of `word`, which has no line end, whatever follows. */
bool lexer_span(struct lexer *l, struct span word);
/* Is it the next byte? Nearly always this tells what does not come. */
static inline bool lexer_is_at(const struct lexer *l, char c)
{
	return l->pos.offset < l->text.n && l->text.data[l->pos.offset] == c;
}
/* lexer_span() of a word that is not empty. */
static inline bool lexer_word(struct lexer *l, const char *word)
{
	return lexer_is_at(l, word[0]) && lexer_span(l, span_of(word));
}
/* A letter, then letters, digits and underscores. */
bool lexer_identifier(struct lexer *l);
/* Two or more identifiers joined by dots. */
bool lexer_field_name(struct lexer *l);
/* What may stand between a field's brackets without quotes. */
bool lexer_field_arg(struct lexer *l);
bool lexer_hex_number(struct lexer *l);
bool lexer_number(struct lexer *l);
bool lexer_bare_string(struct lexer *l);
/*
 * A string in single or double quotes. 1: found, 0: not there (or it does not
 * end), -EINVAL: a bad escape, err says which.
 */
int lexer_quoted_string(struct lexer *l);

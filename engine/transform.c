/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The field transformers. Values come from tracees: every length is taken from the
 * value, never from a terminator. ASCII case only, as in the C locale.
 */
#include "transform.h"

#include <errno.h>

#include "arena.h"
#include "array.h"
#include "error.h"

static const struct transform_info infos[TRANSFORM_COUNT] = {
#define ONE false
#define MANY true
#define TRANSFORM(symbol, name, arity, left) \
	[TRANSFORM_##symbol] = { #name, arity, left },
#include "transforms.def"
};

const struct transform_info *transform_infos(size_t *ret_n)
{
	*ret_n = TRANSFORM_COUNT;
	return infos;
}

bool transform_named(struct span name, enum transform *ret)
{
	for (unsigned i = 0; i < TRANSFORM_COUNT; i++) {
		if (span_is(name, infos[i].name)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* --- Types --------------------------------------------------------------------- */

static bool is_text(enum value_type type)
{
	return type == VALUE_CHARBUF || type == VALUE_FSPATH ||
	       type == VALUE_FSRELPATH;
}

static bool accepts(enum transform t, const struct transform_type *arg)
{
	if (t == TRANSFORM_VAL)
		return true;
	if (t == TRANSFORM_LEN)
		return arg->is_list || is_text(arg->type) ||
		       arg->type == VALUE_BYTEBUF;
	if (t == TRANSFORM_B64)
		return arg->type == VALUE_CHARBUF || arg->type == VALUE_BYTEBUF;

	return is_text(arg->type);
}

bool transform_type(enum transform t, const struct transform_type *arg,
		    struct transform_type *ret)
{
	if (!accepts(t, arg))
		return false;
	*ret = *arg;
	if (t == TRANSFORM_LEN)
		*ret = (struct transform_type){ VALUE_UINT64, false };
	return true;
}

static int no_option(const char *name, struct span option, struct error *err)
{
	if (!option.data)
		return 0;

	return error_set(err, -EINVAL,
			 "transformer '%s' does not support field arguments",
			 name);
}

static int join_types(const struct transform_type *args, size_t n,
		      struct span option, struct transform_type *ret,
		      struct error *err)
{
	if (n != 2)
		return error_set(err, -EINVAL,
				 "join() requires exactly 2 arguments: "
				 "separator and list");
	if (args[0].is_list)
		return error_set(err, -EINVAL,
				 "join() first argument (separator) must be a "
				 "single value, not a list");
	if (!args[1].is_list)
		return error_set(err, -EINVAL,
				 "join() second argument must be a list");
	if (no_option("join", option, err) < 0)
		return -EINVAL;

	*ret = (struct transform_type){ VALUE_CHARBUF, false };
	return 0;
}

static int concat_types(const struct transform_type *args, size_t n,
			struct span option, struct transform_type *ret,
			struct error *err)
{
	if (n < 2)
		return error_set(err, -EINVAL,
				 "concat() requires at least 2 arguments");
	for (size_t i = 0; i < n; i++) {
		if (args[i].is_list || !is_text(args[i].type))
			return error_set(err, -EINVAL,
					 "concat() arguments must be strings");
	}
	if (no_option("concat", option, err) < 0)
		return -EINVAL;

	*ret = (struct transform_type){ VALUE_CHARBUF, false };
	return 0;
}

static int getopt_types(const struct transform_type *args, size_t n,
			struct span option, struct transform_type *ret,
			struct error *err)
{
	if (n != 2)
		return error_set(err, -EINVAL,
				 "getopt() requires exactly 2 arguments: args "
				 "list and optstring");
	if (!args[0].is_list)
		return error_set(err, -EINVAL,
				 "getopt() first argument must be a list");
	if (args[1].is_list)
		return error_set(err, -EINVAL,
				 "getopt() second argument (optstring) must be "
				 "a single value");
	if (!is_text(args[0].type) || !is_text(args[1].type))
		return error_set(err, -EINVAL,
				 "getopt() arguments must be strings");
	if (option.data && option.n != 1)
		return error_set(err, -EINVAL,
				 "getopt() field argument must be a single "
				 "option character");

	*ret = (struct transform_type){ VALUE_CHARBUF, !option.data };
	return 0;
}

int transform_types(enum transform t, const struct transform_type *args,
		    size_t n, struct span option, struct transform_type *ret,
		    struct error *err)
{
	if (t == TRANSFORM_JOIN)
		return join_types(args, n, option, ret, err);
	if (t == TRANSFORM_CONCAT)
		return concat_types(args, n, option, ret, err);

	return getopt_types(args, n, option, ret, err);
}

/* --- One value ----------------------------------------------------------------- */

typedef enum outcome one_fn(struct arena *arena, struct span in,
			    struct span *ret);

static enum outcome map_bytes(struct arena *arena, struct span in, char first,
			      char last, struct span *ret)
{
	char *out = arena_alloc(arena, in.n);

	for (size_t i = 0; i < in.n; i++) {
		char c = in.data[i];

		out[i] = c >= first && c <= last ? (char)(c ^ 0x20) : c;
	}
	*ret = span_make(out, in.n);
	return OUTCOME_VALUE;
}

static enum outcome lower(struct arena *arena, struct span in, struct span *ret)
{
	return map_bytes(arena, in, 'A', 'Z', ret);
}

static enum outcome upper(struct arena *arena, struct span in, struct span *ret)
{
	return map_bytes(arena, in, 'a', 'z', ret);
}

static enum outcome base(struct arena *arena, struct span in, struct span *ret)
{
	(void)arena;
	*ret = span_last_part(in);
	return OUTCOME_VALUE;
}

static int base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Base64 without its padding: at most two signs, and only where they fit. */
static struct span without_padding(struct span in)
{
	for (int i = 0; i < 2 && in.n && in.n % 4 == (i ? 3 : 0); i++) {
		if (in.data[in.n - 1] != '=')
			break;
		in.n--;
	}
	return in;
}

static enum outcome decode_base64(struct arena *arena, struct span in,
				  struct span *ret)
{
	char *out = arena_alloc(arena, in.n);
	unsigned bits = 0;
	size_t n = 0;

	in = without_padding(in);
	if (in.n % 4 == 1)
		return OUTCOME_ABSENT;
	for (size_t i = 0; i < in.n; i++) {
		int digit = base64_digit(in.data[i]);

		if (digit < 0)
			return OUTCOME_ABSENT;
		bits = bits << 6 | (unsigned)digit;
		if (i % 4)
			out[n++] = (char)(bits >> (6 - 2 * (i % 4)));
	}
	*ret = span_make(out, n);
	return OUTCOME_VALUE;
}

static one_fn *const ones[TRANSFORM_COUNT] = {
	[TRANSFORM_TOLOWER] = lower,
	[TRANSFORM_TOUPPER] = upper,
	[TRANSFORM_B64] = decode_base64,
	[TRANSFORM_BASENAME] = base,
};

static enum outcome apply_list(one_fn *fn, struct arena *arena,
			       const struct value_list *list, struct value *ret)
{
	struct value *items = arena_alloc(arena, list->n * sizeof(*items));
	struct value_list *out = arena_alloc(arena, sizeof(*out));

	for (size_t i = 0; i < list->n; i++) {
		items[i] = list->items[i];
		if (fn(arena, items[i].text, &items[i].text) != OUTCOME_VALUE)
			return OUTCOME_ABSENT;
	}
	*out = (struct value_list){ items, list->n };
	ret->list = out;
	return OUTCOME_VALUE;
}

static enum outcome apply_one(one_fn *fn, struct arena *arena,
			      const struct value *in, struct value *ret)
{
	*ret = *in;
	if (in->is_list)
		return apply_list(fn, arena, in->list, ret);

	return fn(arena, in->text, &ret->text);
}

static void set_text(struct span text, struct value *ret)
{
	*ret = (struct value){ .type = VALUE_CHARBUF,
			       .outcome = OUTCOME_VALUE,
			       .text = text };
}

void value_set_texts(struct arena *arena, const struct span *items, size_t n,
		     struct value *ret)
{
	struct value *values = arena_alloc(arena, n * sizeof(*values));
	struct value_list *list = arena_alloc(arena, sizeof(*list));

	for (size_t i = 0; i < n; i++)
		set_text(items[i], &values[i]);
	*list = (struct value_list){ values, n };
	*ret = (struct value){ .type = VALUE_CHARBUF,
			       .outcome = OUTCOME_VALUE,
			       .is_list = true,
			       .list = list };
}

static enum outcome length(const struct value *in, struct value *ret)
{
	uint64_t n = in->is_list ? in->list->n : in->text.n;

	*ret = (struct value){ .type = VALUE_UINT64,
			       .outcome = OUTCOME_VALUE,
			       .u = n };
	return OUTCOME_VALUE;
}

/* --- Several values ------------------------------------------------------------ */

/* The texts one behind the other, `between` each two. */
static enum outcome paste(struct arena *arena, const struct span *texts,
			  size_t n, struct span between, struct value *ret)
{
	size_t total = 0;
	char *out;

	for (size_t i = 0; i < n; i++)
		total += texts[i].n + between.n;
	out = arena_alloc(arena, total);
	total = 0;
	for (size_t i = 0; i < n; i++) {
		if (i && between.n)
			memcpy(out + total, between.data, between.n);
		total += i ? between.n : 0;
		if (texts[i].n)
			memcpy(out + total, texts[i].data, texts[i].n);
		total += texts[i].n;
	}
	set_text(span_make(out, total), ret);
	return OUTCOME_VALUE;
}

static enum outcome join(struct arena *arena, const struct value *separator,
			 const struct value *in, struct value *ret)
{
	size_t n = in->list->n;
	struct span *texts = arena_alloc(arena, n * sizeof(*texts));

	for (size_t i = 0; i < n; i++) {
		/* Numbers have no text here; in a literal list they got one. */
		if (!is_text(in->list->items[i].type))
			return OUTCOME_ABSENT;
		texts[i] = in->list->items[i].text;
	}
	return paste(arena, texts, n, separator->text, ret);
}

static enum outcome concat(struct arena *arena, const struct value *const *args,
			   size_t n, struct value *ret)
{
	struct span *texts = arena_alloc(arena, n * sizeof(*texts));

	for (size_t i = 0; i < n; i++)
		texts[i] = args[i]->text;
	return paste(arena, texts, n, SPAN(""), ret);
}

/* Options as getopt(3) finds them: each a character, some with a value. */
struct options {
	const struct value_list *args;
	size_t arg;        /* the one that is being read */
	size_t at;         /* the next character in it */
	struct span known; /* as getopt(3)'s optstring */
};

struct option {
	char c;
	bool is_known;
	bool has_value;
	struct span value;
};

/* Steps to an argument with options left in it; false: there are no more. */
static bool options_begin(struct options *o)
{
	for (; o->arg < o->args->n; o->arg++, o->at = 0) {
		struct span s = o->args->items[o->arg].text;

		if (o->at && o->at < s.n)
			return true;
		if (o->at)
			continue;
		if (s.n < 2 || s.data[0] != '-' || span_is(s, "--"))
			return false;
		if (s.data[1] != '-') {
			o->at = 1;
			return true;
		}
	}
	return false;
}

static bool options_next(struct options *o, struct option *ret)
{
	struct span s;
	const char *known;

	if (!options_begin(o))
		return false;
	s = o->args->items[o->arg].text;
	*ret = (struct option){ .c = s.data[o->at++], .value = SPAN("") };
	known = ret->c != ':' && o->known.n ?
			memchr(o->known.data, ret->c, o->known.n) :
			NULL;
	ret->is_known = known != NULL;
	ret->has_value = known && known + 1 < o->known.data + o->known.n &&
			 known[1] == ':';
	if (!ret->has_value)
		return true;
	/* The rest of this argument, or else the next one. */
	if (o->at < s.n)
		ret->value = span_from(s, o->at);
	else if (++o->arg < o->args->n)
		ret->value = o->args->items[o->arg].text;
	o->arg++;
	o->at = 0;
	return true;
}

/* The value of one option, or the option itself when it takes none. */
static enum outcome select_option(struct options *o, struct span wanted,
				  struct value *ret)
{
	enum outcome outcome = OUTCOME_ABSENT;
	struct option option;

	while (options_next(o, &option)) {
		if (!option.is_known || option.c != wanted.data[0])
			continue;
		set_text(option.has_value ? option.value : wanted, ret);
		outcome = OUTCOME_VALUE;
	}
	return outcome;
}

static size_t count_characters(const struct value_list *args)
{
	size_t n = 0;

	for (size_t i = 0; i < args->n; i++)
		n += args->items[i].text.n;
	return n;
}

static enum outcome list_options(struct options *o, struct arena *arena,
				 struct value *ret)
{
	/* Every option takes a character at least, and gives two texts at most. */
	size_t most = 2 * count_characters(o->args), n = 0;
	struct span *texts = arena_alloc(arena, most * sizeof(*texts));
	struct option option;

	while (options_next(o, &option)) {
		char *c = arena_strndup(arena, option.is_known ? &option.c : "?",
					1);

		texts[n++] = span_make(c, 1);
		if (option.has_value)
			texts[n++] = option.value;
	}
	value_set_texts(arena, texts, n, ret);
	return OUTCOME_VALUE;
}

static enum outcome get_options(struct arena *arena, const struct value *args,
				struct span known, struct span wanted,
				struct value *ret)
{
	struct options o = { .args = args->list, .known = known };

	return wanted.data ? select_option(&o, wanted, ret) :
			     list_options(&o, arena, ret);
}

enum outcome transform_apply(enum transform t, struct arena *arena,
			     const struct value *const *args, size_t n,
			     struct span option, struct value *ret)
{
	if (ones[t])
		return apply_one(ones[t], arena, args[0], ret);
	if (t == TRANSFORM_LEN)
		return length(args[0], ret);
	if (t == TRANSFORM_JOIN)
		return join(arena, args[0], args[1], ret);
	if (t == TRANSFORM_CONCAT)
		return concat(arena, args, n, ret);
	if (t == TRANSFORM_GETOPT)
		return get_options(arena, args[0], args[1]->text, option, ret);

	*ret = *args[0];
	return OUTCOME_VALUE;
}

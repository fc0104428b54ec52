/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The field transformers (transforms.def): what types they take and give, and what
 * they make of values. Where arguments come from is the business of expr.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "span.h"
#include "value.h"

struct arena;
struct error;

enum transform {
#define TRANSFORM(symbol, ...) TRANSFORM_##symbol,
#include "transforms.def"
	TRANSFORM_COUNT
};

struct transform_info {
	const char *name;
	bool takes_many;
	bool is_left_side;
};

/* All of them, by enum transform. */
const struct transform_info *transform_infos(size_t *ret_n);
bool transform_named(struct span name, enum transform *ret);

/* What is known of an argument before there is an event. */
struct transform_type {
	enum value_type type;
	bool is_list;
};

/*
 * The result's type of a transformer that takes one argument. False: it does not
 * take this type.
 */
bool transform_type(enum transform t, const struct transform_type *arg,
		    struct transform_type *ret);

/*
 * The same for those that take several; `option` is what stands in brackets
 * behind, data NULL for nothing. -EINVAL: Falco's message.
 */
int transform_types(enum transform t, const struct transform_type *args,
		    size_t n, struct span option, struct transform_type *ret,
		    struct error *err);

/*
 * Transforms values that were checked so; results live in the arena. ABSENT where
 * the transformer has none (bad base64, an option that is not there).
 */
enum outcome transform_apply(enum transform t, struct arena *arena,
			     const struct value *const *args, size_t n,
			     struct span option, struct value *ret);

/* A list of n texts as a value. */
void value_set_texts(struct arena *arena, const struct span *items, size_t n,
		     struct value *ret);

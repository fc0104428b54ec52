/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static.KEY: constants that the configuration names (static_fields).
 */
#include "fields.h"

enum outcome extract_static(struct eval *e, const struct field_ref *ref,
			    struct value *ret)
{
	return give_text(ret,
			 e->env->options.static_values[ref->info->variant]);
}

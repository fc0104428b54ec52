/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntax of RE2 in POSIX mode, checked with RE2's messages and rewritten for
 * PCRE2 so that both mean the same.
 */
#pragma once

#include "span.h"

struct error;
struct strbuf;

/* Appends the pattern for PCRE2 (UTF and MULTILINE). -EINVAL: the message, without
 * any prefix. */
int regex_rewrite(struct span pattern, struct strbuf *out, struct error *err);

/* The length of the UTF-8 sequence at the start of s, its code point in *ret (may
 * be NULL); 0 when it is none. */
size_t utf8_decode(struct span s, unsigned *ret);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program and the forms it is packed in agree on.
 */
#pragma once

/* Stands for the L of LD_PRELOAD and its kin between the bundle's door and main(),
 * while the bundle's loader could read them. */
#define HIDDEN_LETTER '\1'

/* What a static program cannot do, as a line of --version says it. Defined in such a
 * program alone: elsewhere the function's address is NULL. */
const char *static_lacks(void) __attribute__((weak));

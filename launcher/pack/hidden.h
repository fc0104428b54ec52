/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the bundle's door (start.c) and main() agree on.
 */
#pragma once

/* Stands for the L of LD_PRELOAD and its kin while the bundle's loader could read
 * them. */
#define HIDDEN_LETTER '\1'

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live resolver's table of answers, see include/resolver.h.
 */
#pragma once

#include "resolver.h"

extern const struct resolver live_resolver;

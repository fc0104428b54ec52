/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that do not compile here: each has a bounded or checked neighbour in
 * strbuf.h, span.h or the C library. Forced into every file with -include.
 */
#pragma once

/* The system headers first, so that poisoning meets only our own uses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atof gets

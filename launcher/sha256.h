/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 (FIPS 180-4), for saying which files were loaded. Pure.
 */
#pragma once

#include "span.h"

/* Two hexadecimal digits a byte, and a NUL. */
#define SHA256_TEXT_SIZE 65

void sha256_text(struct span data, char ret[SHA256_TEXT_SIZE]);

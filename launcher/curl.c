/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding libcurl: see curl.h.
 */
#include "curl.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "array.h"
#include "error.h"

#define GLOBAL_ALL 3L

static int load_functions(struct curl *curl, const char *user,
			  struct error *err)
{
	const struct {
		const char *name;
		void *to;
	} rows[] = {
#define CURL_FUNCTION(type, name, parameters) { "curl_" #name, &curl->name },
#include "curl.def"
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		void *function = dlsym(curl->library, rows[i].name);

		if (!function)
			return error_set(err, -ENOSYS,
					 "this libcurl is too old for %s: "
					 "it has no %s",
					 user, rows[i].name);
		memcpy(rows[i].to, &function, sizeof(function));
	}
	return 0;
}

int curl_load(struct curl *curl, const char *user, struct error *err)
{
	static const char *const names[] = { "libcurl.so.4",
					     "libcurl-gnutls.so.4" };

	for (size_t i = 0; i < ARRAY_SIZE(names) && !curl->library; i++)
		curl->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!curl->library)
		return error_set(err, -ENOENT,
				 "%s needs libcurl (Debian's package libcurl4): "
				 "%s",
				 user, dlerror());
	if (load_functions(curl, user, err) < 0)
		return -ENOSYS;
	if (curl->global_init(GLOBAL_ALL) != 0)
		return error_set(err, -EIO, "libcurl cannot be initialised");

	return 0;
}

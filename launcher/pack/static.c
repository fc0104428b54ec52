/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands for dlopen(3) and its kin in the static program (linked by --wrap): the C
 * library's own would load libraries of whatever system it is on, if it found any. Here
 * there are none. libunwind's archive cannot be linked into a program without a fixed
 * place, and without one a program is harder to attack.
 */
#include <stddef.h>

#include "pack.h"

void *__wrap_dlopen(const char *name, int flags);
void *__wrap_dlsym(void *library, const char *name);
char *__wrap_dlerror(void);
int __wrap_dlclose(void *library);

void *__wrap_dlopen(const char *name, int flags)
{
	(void)name;
	(void)flags;
	return NULL;
}

void *__wrap_dlsym(void *library, const char *name)
{
	(void)library;
	(void)name;
	return NULL;
}

char *__wrap_dlerror(void)
{
	static char text[] = "this falco-run is static and loads no libraries: "
			     "use the bundle";

	return text;
}

int __wrap_dlclose(void *library)
{
	(void)library;
	return 0;
}

const char *static_lacks(void)
{
	return "http_output, webserver and %thread.stack: the bundle has them";
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making the shared page. It is written to at once, so that no page fault stands
 * between the kernel's copy and a monitor that is being killed.
 */
#include "page.h"

#include <stddef.h>
#include <sys/mman.h>

struct page *page_new(void)
{
	struct page *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;

	atomic_store(&p->listener, -1);
	return p;
}

void page_free(struct page *p)
{
	if (p)
		munmap(p, sizeof(*p));
}

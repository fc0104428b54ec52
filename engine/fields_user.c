/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of users and groups. A name that the target's own /etc does not have is
 * "root" for 0 and "<NA>" for anybody else, as Falco says it.
 */
#include "fields.h"

/* The text of an unknown user: for root what everybody knows of root. */
static enum outcome unknown_user(uint32_t uid, const char *of_root,
				 struct value *ret)
{
	return give_string(ret, uid == 0 && of_root ? of_root : "<NA>");
}

enum outcome extract_user_text(struct eval *e, const struct field_ref *ref,
			       struct value *ret)
{
	static const char *const of_root[] = {
		[USER_NAME] = "root",
		[USER_HOME] = "/root",
		[USER_SHELL] = NULL,
	};
	int what = ref->info->variant;
	const struct resolver *r = e->ev->resolver;
	const struct user_info *user;
	const struct process *p;
	enum outcome o = r->process(e->ev, RESOLVE_THREAD, PROCESS_USER, &p);

	if (o != OUTCOME_VALUE)
		return o;
	if (r->user(e->ev, p->uid, &user) != OUTCOME_VALUE)
		return unknown_user(p->uid, of_root[what], ret);

	return give_text(ret, what == USER_NAME ? user->name :
			      what == USER_HOME ? user->home :
						  user->shell);
}

enum outcome extract_user_loginuid(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	const struct process *p;
	enum outcome o = e->ev->resolver->process(e->ev, RESOLVE_THREAD,
						  PROCESS_LOGIN, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_int(ret, p->loginuid == UINT32_MAX ? -1 :
							 (int64_t)p->loginuid);
}

enum outcome extract_user_loginname(struct eval *e, const struct field_ref *ref,
				    struct value *ret)
{
	const struct resolver *r = e->ev->resolver;
	const struct user_info *user;
	const struct process *p;
	enum outcome o = r->process(e->ev, RESOLVE_THREAD, PROCESS_LOGIN, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	if (p->loginuid == UINT32_MAX ||
	    r->user(e->ev, p->loginuid, &user) != OUTCOME_VALUE)
		return unknown_user(p->loginuid, "root", ret);

	return give_text(ret, user->name);
}

enum outcome extract_group_name(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	const struct resolver *r = e->ev->resolver;
	const struct group_info *group;
	const struct process *p;
	enum outcome o = r->process(e->ev, RESOLVE_THREAD, PROCESS_USER, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	if (r->group(e->ev, p->gid, &group) != OUTCOME_VALUE)
		return unknown_user(p->gid, "root", ret);

	return give_text(ret, group->name);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel says of the file behind a new descriptor.
 */
#include "decode.h"

#include "fds.h"

/* A part of the descriptor that the call created; zero where it failed. */
static enum outcome new_file(struct live_event *le, const struct fd_info **ret)
{
	enum outcome got = live_event_result(le);

	*ret = NULL;
	if (got != OUTCOME_VALUE || le->call.result < 0)
		return got;
	return live_event_fd(&le->ev, FD_PART_FILE, ret);
}

enum outcome decode_fd_dev(struct live_event *le, const struct source *s,
			   struct value *v)
{
	const struct fd_info *info;
	enum outcome got = new_file(le, &info);

	(void)s;
	v->u = info ? info->dev : 0;
	return got;
}

enum outcome decode_fd_ino(struct live_event *le, const struct source *s,
			   struct value *v)
{
	const struct fd_info *info;
	enum outcome got = new_file(le, &info);

	(void)s;
	v->u = info ? info->ino : 0;
	return got;
}

/* The path of the new descriptor as the kernel has it. */
enum outcome decode_fd_path(struct live_event *le, const struct source *s,
			    struct value *v)
{
	enum outcome got = live_event_result(le);
	const struct fd_info *info;

	(void)s;
	if (got != OUTCOME_VALUE)
		return got;
	if (le->call.result < 0)
		return OUTCOME_ABSENT;
	got = live_fd(&le->ev, le->call.result, FD_PART_NAME, &info);
	if (got == OUTCOME_VALUE)
		v->text = info->name;
	return got;
}

/* arg[0]: where the call put the two descriptors. */
enum outcome decode_pipe_ino(struct live_event *le, const struct source *s,
			     struct value *v)
{
	enum outcome got = live_event_result(le);
	const struct fd_info *info;
	struct value fd = { .type = VALUE_FD };

	v->u = 0;
	if (got != OUTCOME_VALUE || le->call.result < 0)
		return got;
	got = decode_int_at(le, s, &fd);
	if (got != OUTCOME_VALUE)
		return got;
	got = live_fd(&le->ev, fd.i, FD_PART_FILE, &info);
	if (got == OUTCOME_VALUE)
		v->u = info->ino;
	return got;
}

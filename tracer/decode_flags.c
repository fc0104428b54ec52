/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers that change their meaning on the way: the kernel's flags become Falco's.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/quota.h>
#include <sys/stat.h>

#include "decode.h"
#include "maps.h"

/* FILE_FLAGS of flags.def: the call made the file. */
#define FALCO_CREATED 0x4000
#define PERMISSIONS 07777
/* struct open_how: flags, mode, resolve, 64 bits each. */
#define HOW_SIZE 24
/* struct clone_args: flags first. */
#define CLONE_ARGS_FLAGS_SIZE 8

/* arg[0]: the argument's number, arg[1]: the map. */
enum outcome decode_mapped(struct live_event *le, const struct source *s,
			   struct value *v)
{
	/* Kernel flag words of these calls are ints. */
	v->u = map_value(s->arg[1], (uint32_t)le->call.args[s->arg[0]]);
	return OUTCOME_VALUE;
}

static uint64_t falco_open_flags(uint64_t flags)
{
	static const uint64_t access[] = { [O_RDONLY] = 1, [O_WRONLY] = 2,
					   [O_RDWR] = 3, [O_ACCMODE] = 0 };

	return access[flags & O_ACCMODE] | map_value(MAP_OPEN_FLAGS, flags);
}

static enum outcome finish_open_flags(struct live_event *le, uint64_t flags,
				      struct value *v)
{
	v->u = falco_open_flags(flags);
	/* Only a success can add that the file is new. */
	v->partial = le->ev.phase == PHASE_ENTRY && flags & O_CREAT;
	if (flags & O_CREAT && live_event_succeeded(le) && le->existed == 0)
		v->u |= FALCO_CREATED;
	return OUTCOME_VALUE;
}

static bool takes_mode(uint64_t flags)
{
	/* As Falco: any bit of O_TMPFILE. */
	return (flags & (O_CREAT | O_TMPFILE)) != 0;
}

/* arg[0]: the flags. */
enum outcome decode_open_flags(struct live_event *le, const struct source *s,
			       struct value *v)
{
	return finish_open_flags(le, (uint32_t)le->call.args[s->arg[0]], v);
}

/* arg[0]: the flags, arg[1]: the mode. */
enum outcome decode_open_mode(struct live_event *le, const struct source *s,
			      struct value *v)
{
	v->u = takes_mode(le->call.args[s->arg[0]]) ?
		       le->call.args[s->arg[1]] & PERMISSIONS :
		       0;
	return OUTCOME_VALUE;
}

/* arg[0]: struct open_how. */
enum outcome decode_how_flags(struct live_event *le, const struct source *s,
			      struct value *v)
{
	enum outcome got =
		decode_block(le, le->call.args[s->arg[0]], HOW_SIZE);

	if (got != OUTCOME_VALUE)
		return got;
	return finish_open_flags(le, decode_block_number(le, 0, 8), v);
}

enum outcome decode_how_mode(struct live_event *le, const struct source *s,
			     struct value *v)
{
	enum outcome got =
		decode_block(le, le->call.args[s->arg[0]], HOW_SIZE);

	v->u = takes_mode(decode_block_number(le, 0, 8)) ?
		       decode_block_number(le, 8, 8) & PERMISSIONS :
		       0;
	return got;
}

enum outcome decode_how_resolve(struct live_event *le, const struct source *s,
				struct value *v)
{
	enum outcome got =
		decode_block(le, le->call.args[s->arg[0]], HOW_SIZE);

	v->u = map_value(MAP_RESOLVE, decode_block_number(le, 16, 8));
	return got;
}

/* The layer of an overlay file system: not found out yet. */
enum outcome decode_creat_flags(struct live_event *le, const struct source *s,
				struct value *v)
{
	(void)s;
	v->u = 0;
	return live_event_result(le);
}

/* arg[0]: permission bits. */
enum outcome decode_perm_mode(struct live_event *le, const struct source *s,
			      struct value *v)
{
	v->u = le->call.args[s->arg[0]] & PERMISSIONS;
	return OUTCOME_VALUE;
}

/* arg[0]: a mode with a kind; no kind means a regular file. */
enum outcome decode_mknod_mode(struct live_event *le, const struct source *s,
			       struct value *v)
{
	uint64_t mode = le->call.args[s->arg[0]] & (S_IFMT | PERMISSIONS);

	v->u = mode & S_IFMT ? mode : mode | S_IFREG;
	return OUTCOME_VALUE;
}

/* arg[0]: a device as calls take it. Falco shows the kernel's own numbering,
 * twenty bits of minor. */
enum outcome decode_kernel_dev(struct live_event *le, const struct source *s,
			       struct value *v)
{
	uint64_t dev = (uint32_t)le->call.args[s->arg[0]];

	v->u = ((dev & 0xfff00) >> 8) << 20 | (dev & 0xff) |
	       ((dev >> 12) & 0xfff00);
	return OUTCOME_VALUE;
}

/* arg[0]: operation and flags in one. */
enum outcome decode_futex_op(struct live_event *le, const struct source *s,
			     struct value *v)
{
	uint64_t op = (uint32_t)le->call.args[s->arg[0]];

	v->u = (op & FUTEX_CMD_MASK & 0xff) | map_value(MAP_FUTEX_FLAGS, op);
	return OUTCOME_VALUE;
}

static uint32_t quota_command(const struct live_event *le,
			      const struct source *s)
{
	return (uint32_t)le->call.args[s->arg[0]] >> SUBCMDSHIFT;
}

/* arg[0]: QCMD(command, type). */
enum outcome decode_quota_cmd(struct live_event *le, const struct source *s,
			      struct value *v)
{
	v->u = map_value(MAP_QUOTA_CMD, quota_command(le, s));
	return OUTCOME_VALUE;
}

enum outcome decode_quota_type(struct live_event *le, const struct source *s,
			       struct value *v)
{
	v->u = map_value(MAP_QUOTA_TYPE,
			 le->call.args[s->arg[0]] & SUBCMDMASK);
	return OUTCOME_VALUE;
}

/* arg[0]: the command, arg[1]: the address that is a path for Q_QUOTAON alone. */
enum outcome decode_quota_path(struct live_event *le, const struct source *s,
			       struct value *v)
{
	struct source path = { .arg = { s->arg[1] } };

	if (quota_command(le, s) != Q_QUOTAON)
		return OUTCOME_ABSENT;
	return decode_text(le, &path, v);
}

/* arg[0]: CLONE_* and, in the lowest byte, a signal. */
enum outcome decode_clone_flags(struct live_event *le, const struct source *s,
				struct value *v)
{
	v->u = map_value(MAP_CLONE_FLAGS,
			 (uint32_t)le->call.args[s->arg[0]]);
	return OUTCOME_VALUE;
}

/* arg[0]: struct clone_args. */
enum outcome decode_clone3_flags(struct live_event *le, const struct source *s,
				 struct value *v)
{
	enum outcome got = decode_block(le, le->call.args[s->arg[0]],
					CLONE_ARGS_FLAGS_SIZE);

	v->u = map_value(MAP_CLONE_FLAGS, decode_block_number(le, 0, 8));
	return got;
}

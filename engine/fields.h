/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the extractors share: the variants that fields.def names, and the questions
 * to the event and its resolver that more than one of them asks. For
 * field.c, the fields_*.c and who asks an event what they ask.
 */
#pragma once

#include <errno.h>
#include <stdint.h>

#include "arena.h"
#include "resolver.h"

#include "env.h"
#include "event_info.h"
#include "field.h"

/* Whose process: of the event, of an ancestor, or a leader's. */
enum {
	WHO_SELF = RESOLVE_THREAD,
	WHO_MAIN = 0,
	WHO_PARENT = 1,
	WHO_ANCESTOR = 100, /* by the index, or all from the parent up */
	WHO_SESSION,
	WHO_PGROUP,
	WHO_VPGROUP,
};

/* An ancestor chain is followed this far; the kernel's depth has no limit. */
#define ANCESTORS_MAX 100

enum { TIME_LOCAL, TIME_LOCAL_S, TIME_ISO, TIME_DATE, TIME_DATE_S };
enum { NS_RAW, NS_RAW_S, NS_RAW_NS, NS_REL, NS_REL_S, NS_REL_NS };
enum { IO_ANY, IO_READ, IO_WRITE };
enum { OPEN_READ, OPEN_WRITE, OPEN_EXEC, OPEN_CREATE };
enum { CAPS_PERMITTED, CAPS_INHERITABLE, CAPS_EFFECTIVE };
enum { VM_SIZE, VM_RSS, VM_SIZE_BYTES, VM_RSS_BYTES };
enum { USER_NAME, USER_HOME, USER_SHELL };
enum { END_CLIENT, END_SERVER, END_LOCAL, END_REMOTE, END_ANY };
enum { DEV_WHOLE, DEV_MAJOR, DEV_MINOR };
enum { PATH_NAME, PATH_SOURCE, PATH_TARGET, PATH_RAW = 4 };
enum { LABELS_CONTAINER, LABELS_POD };

enum {
	BUFLEN_ALL,
	BUFLEN_IN,
	BUFLEN_OUT,
	BUFLEN_FILE,
	BUFLEN_FILE_IN,
	BUFLEN_FILE_OUT,
	BUFLEN_NET,
	BUFLEN_NET_IN,
	BUFLEN_NET_OUT,
};

enum {
	COUNT_ALL,
	COUNT_ERROR,
	COUNT_ERROR_FILE,
	COUNT_ERROR_NET,
	COUNT_ERROR_MEMORY,
	COUNT_ERROR_OTHER,
	COUNT_EXIT,
	COUNT_PROCINFO,
	COUNT_THREADINFO,
};

/* Plain members of struct process, see the table in fields_thread.c. */
enum {
	MEMBER_TTY,
	MEMBER_VPID,
	MEMBER_VTID,
	MEMBER_SID,
	MEMBER_PGID,
	MEMBER_VPGID,
	MEMBER_EXE_WRITABLE,
	MEMBER_EXE_UPPER,
	MEMBER_EXE_LOWER,
	MEMBER_EXE_MEMFD,
	MEMBER_EXE_INO,
	MEMBER_EXE_CTIME,
	MEMBER_EXE_MTIME,
	MEMBER_PIDNS_START,
	MEMBER_NFDS,
	MEMBER_FDLIMIT,
	MEMBER_VM_SIZE,
	MEMBER_VM_RSS,
	MEMBER_VM_SWAP,
	MEMBER_PF_MAJOR,
	MEMBER_PF_MINOR,
	MEMBER_NTHREADS,
	MEMBER_UID,
	MEMBER_GID,
};

enum {
	FDLIST_NUMS,
	FDLIST_NAMES,
	FDLIST_CIPS,
	FDLIST_SIPS,
	FDLIST_CPORTS,
	FDLIST_SPORTS,
};

enum {
	CT_ID,
	CT_FULL_ID,
	CT_NAME,
	CT_TYPE,
	CT_IMAGE,
	CT_IMAGE_ID,
	CT_IMAGE_REPOSITORY,
	CT_IMAGE_TAG,
	CT_IMAGE_DIGEST,
	CT_IP,
	CT_POD_NAME,
	CT_POD_UID,
	CT_POD_NAMESPACE,
	CT_SANDBOX_ID,
	CT_FULL_SANDBOX_ID,
	CT_POD_IP,
	CT_PRIVILEGED,
	CT_HOST_PID,
	CT_HOST_NETWORK,
	CT_HOST_IPC,
};

enum {
	MOUNT_ALL,
	MOUNT_SOURCE,
	MOUNT_DEST,
	MOUNT_MODE,
	MOUNT_RDWR,
	MOUNT_PROPAGATION,
};

/* Every extractor that fields.def names. */
#define FIELD(name, type, format, flags, arg, class, extract, variant, text) \
	field_extract_fn extract_##extract;
#include "fields.def"
field_extract_fn extract_static;

/* --- Short ways to give a value ------------------------------------------- */

static inline enum outcome give_text(struct value *ret, struct span text)
{
	ret->text = text;
	return OUTCOME_VALUE;
}

static inline enum outcome give_string(struct value *ret, const char *s)
{
	return give_text(ret, span_of(s));
}

static inline enum outcome give_int(struct value *ret, int64_t i)
{
	ret->i = i;
	return OUTCOME_VALUE;
}

static inline enum outcome give_uint(struct value *ret, uint64_t u)
{
	ret->u = u;
	return OUTCOME_VALUE;
}

static inline enum outcome give_bool(struct value *ret, bool b)
{
	ret->b = b;
	return OUTCOME_VALUE;
}

/* --- Questions to the event (fields_evt.c) -------------------------------- */

/* The result as a number. ABSENT: the event has none. UNKNOWN: not ended. */
enum outcome event_result(struct event *ev, int64_t *ret);

/* The event's own parameter by name; OUTCOME_ABSENT when it has none. */
enum outcome event_param_named(struct event *ev, const char *name,
			       const struct value **ret);

/* Parameter i as text: resolved, or raw where it has no resolved form. */
enum outcome event_param_text(struct eval *e, unsigned i, struct value *ret);

/* Is it one of open, openat, openat2, open_by_handle_at? */
bool event_is_open(enum event_type type);

/* --- Questions to the process (fields_proc.c) ----------------------------- */

/* The process that `who` stands for; WHO_ANCESTOR takes the index. */
enum outcome field_process(struct eval *e, const struct field_ref *ref,
			   enum process_part part, const struct process **ret);

/* --- Questions to descriptors (fields_fd.c) ------------------------------- */

/* The parts of the event's descriptor; ABSENT where fd.* have no value. */
enum outcome field_fd(struct event *ev, enum fd_part part,
		      const struct fd_info **ret);

/* Where the parts of one descriptor come from: the event's, or a numbered one. */
struct fd_source {
	struct event *ev;
	bool of_event;
	int64_t fd;
};

enum outcome fd_source_part(const struct fd_source *s, enum fd_part part,
			    const struct fd_info **ret);

/* fd.name of any descriptor: a path, or the addresses as text. */
enum outcome fd_name_text(const struct fd_source *s, struct span *ret);

bool fd_kind_is_inet(enum fd_kind kind);
bool fd_kind_is_file(enum fd_kind kind);
const char *fd_kind_name(enum fd_kind kind);
char fd_kind_char(enum fd_kind kind);

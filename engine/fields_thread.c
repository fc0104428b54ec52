/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of the thread that are plain members of struct process, and what is
 * reckoned from them: leaders, limits, capabilities, cgroups, memory.
 */
#include "fields.h"

#include "cleanup.h"
#include "strbuf.h"

static enum outcome own_process(struct eval *e, enum process_part part,
				const struct process **ret)
{
	return e->ev->resolver->process(e->ev, RESOLVE_THREAD, part, ret);
}

/* --- Plain members --------------------------------------------------------- */

enum member_kind { KIND_I64, KIND_U64, KIND_U32, KIND_BOOL };

/* When a member's value means that there is none. */
enum member_none { NONE_NEVER, NONE_ZERO, NONE_MINUS_ONE };

static const struct member {
	enum process_part part;
	enum member_kind kind;
	size_t offset;
	enum member_none none;
} members[] = {
#define MEMBER(part, kind, name, none) \
	{ PROCESS_##part, KIND_##kind, offsetof(struct process, name), \
	  NONE_##none }
	[MEMBER_TTY] = MEMBER(SESSION, U32, tty, NEVER),
	[MEMBER_VPID] = MEMBER(IDS, I64, vpid, MINUS_ONE),
	[MEMBER_VTID] = MEMBER(IDS, I64, vtid, MINUS_ONE),
	[MEMBER_SID] = MEMBER(SESSION, I64, sid, NEVER),
	[MEMBER_PGID] = MEMBER(SESSION, I64, pgid, NEVER),
	[MEMBER_VPGID] = MEMBER(SESSION, I64, vpgid, NEVER),
	[MEMBER_EXE_WRITABLE] = MEMBER(EXEFILE, BOOL, exe_writable, NEVER),
	[MEMBER_EXE_UPPER] = MEMBER(EXEFILE, BOOL, exe_upper_layer, NEVER),
	[MEMBER_EXE_LOWER] = MEMBER(EXEFILE, BOOL, exe_lower_layer, NEVER),
	[MEMBER_EXE_MEMFD] = MEMBER(EXEFILE, BOOL, exe_from_memfd, NEVER),
	[MEMBER_EXE_INO] = MEMBER(EXEFILE, U64, exe_ino, ZERO),
	[MEMBER_EXE_CTIME] = MEMBER(EXEFILE, U64, exe_ctime_ns, ZERO),
	[MEMBER_EXE_MTIME] = MEMBER(EXEFILE, U64, exe_mtime_ns, ZERO),
	[MEMBER_PIDNS_START] = MEMBER(PIDNS, U64, pidns_start_ns, ZERO),
	[MEMBER_NFDS] = MEMBER(FDS, U64, nfds, NEVER),
	[MEMBER_FDLIMIT] = MEMBER(MEMORY, I64, fdlimit, NEVER),
	[MEMBER_VM_SIZE] = MEMBER(MEMORY, U64, vm_size, NEVER),
	[MEMBER_VM_RSS] = MEMBER(MEMORY, U64, vm_rss, NEVER),
	[MEMBER_VM_SWAP] = MEMBER(MEMORY, U64, vm_swap, NEVER),
	[MEMBER_PF_MAJOR] = MEMBER(MEMORY, U64, pf_major, NEVER),
	[MEMBER_PF_MINOR] = MEMBER(MEMORY, U64, pf_minor, NEVER),
	[MEMBER_NTHREADS] = MEMBER(MEMORY, U64, nthreads, NEVER),
	[MEMBER_UID] = MEMBER(USER, U32, uid, NEVER),
	[MEMBER_GID] = MEMBER(USER, U32, gid, NEVER),
};

static bool means_none(enum member_none none, uint64_t bits)
{
	return (none == NONE_ZERO && bits == 0) ||
	       (none == NONE_MINUS_ONE && bits == UINT64_MAX);
}

enum outcome extract_proc_member(struct eval *e, const struct field_ref *ref,
				 struct value *ret)
{
	const struct member *m = &members[ref->info->variant];
	const struct process *p;
	const char *at;
	uint64_t bits = 0;
	uint32_t half;
	enum outcome o = own_process(e, m->part, &p);

	if (o != OUTCOME_VALUE)
		return o;
	at = (const char *)p + m->offset;
	switch (m->kind) {
	case KIND_BOOL:
		return give_bool(ret, *(const bool *)(const void *)at);
	case KIND_U32:
		memcpy(&half, at, sizeof(half));
		bits = half;
		break;
	case KIND_I64:
	case KIND_U64:
		memcpy(&bits, at, sizeof(bits));
		break;
	}
	if (means_none(m->none, bits))
		return OUTCOME_ABSENT;

	return give_uint(ret, bits);
}

/* --- Ids ------------------------------------------------------------------- */

enum outcome extract_thread_tid(struct eval *e, const struct field_ref *ref,
				struct value *ret)
{
	(void)ref;
	if (e->ev->tid < -1 || e->ev->tid > (int64_t)UINT32_MAX)
		return OUTCOME_ABSENT;

	return give_int(ret, e->ev->tid);
}

enum outcome extract_thread_stack(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	struct span text;
	enum outcome o = e->ev->resolver->stack(e->ev, &text);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_text(ret, text);
}

enum outcome extract_thread_ismain(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	const struct process *p;
	enum outcome o = own_process(e, PROCESS_IDS, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_bool(ret, p->tid == p->pid);
}

enum outcome extract_thread_nametid(struct eval *e, const struct field_ref *ref,
				    struct value *ret)
{
	const struct process *p;
	enum outcome o = own_process(e, PROCESS_COMM, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	ret->text.data = arena_printf(e->ev->arena, &ret->text.n, "%.*s%lld",
				      SPAN_FMT(p->comm),
				      (long long)e->ev->tid);
	return OUTCOME_VALUE;
}

enum outcome extract_proc_is_leader(struct eval *e, const struct field_ref *ref,
				    struct value *ret)
{
	const struct process *p;
	int64_t leader, own;
	enum outcome o = own_process(e, PROCESS_SESSION, &p);

	if (o != OUTCOME_VALUE)
		return o;
	leader = ref->info->variant == LEADER_SESSION ? p->sid :
		 ref->info->variant == LEADER_PGROUP  ? p->pgid :
							p->vpgid;
	o = own_process(e, PROCESS_IDS, &p);
	if (o != OUTCOME_VALUE)
		return o;
	own = ref->info->variant == LEADER_PGROUP ? p->pid : p->vpid;
	return give_bool(ret, leader == own);
}

enum outcome extract_proc_nchilds(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	const struct process *p;
	enum outcome o = own_process(e, PROCESS_MEMORY, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_uint(ret, p->nthreads ? p->nthreads - 1 : 0);
}

/* CPU time needs a driver's switch events: none have been seen. */
enum outcome extract_thread_totexectime(struct eval *e,
					const struct field_ref *ref,
					struct value *ret)
{
	const struct process *p;
	enum outcome o = own_process(e, PROCESS_IDS, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;

	return give_uint(ret, 0);
}

/* --- The program's file ---------------------------------------------------- */

/* Variant 0: from its ctime to the process's start; 1: from the start of the pid
 * namespace to its ctime. Only where that came later, or may have: a process that is
 * started from a file just written began after it. */
enum outcome extract_proc_ctime_age(struct eval *e, const struct field_ref *ref,
				    struct value *ret)
{
	bool of_pidns = ref->info->variant;
	const struct process *p;
	uint64_t ctime, start, from, to;
	enum outcome o = own_process(e, PROCESS_EXEFILE, &p);

	if (o != OUTCOME_VALUE)
		return o;
	ctime = p->exe_ctime_ns;
	o = own_process(e, of_pidns ? PROCESS_PIDNS : PROCESS_IDS, &p);
	if (o != OUTCOME_VALUE)
		return o;
	start = of_pidns ? p->pidns_start_ns : p->start_ns;
	if (!of_pidns && start && start <= ctime)
		start += p->start_slack_ns;
	from = of_pidns ? start : ctime;
	to = of_pidns ? ctime : start;
	if (!ctime || !start || to <= from)
		return OUTCOME_ABSENT;

	return give_uint(ret, to - from);
}

/* --- Limits and memory ----------------------------------------------------- */

enum outcome extract_proc_fdusage(struct eval *e, const struct field_ref *ref,
				  struct value *ret)
{
	const struct process *p;
	int64_t limit;
	double usage;
	enum outcome o = own_process(e, PROCESS_MEMORY, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	limit = p->fdlimit;
	o = own_process(e, PROCESS_FDS, &p);
	if (o != OUTCOME_VALUE)
		return o;
	usage = limit > 0 ? 100.0 * (double)p->nfds / (double)limit : 0;
	ret->d = usage > 100 ? 100 : usage;
	return OUTCOME_VALUE;
}

enum outcome extract_thread_vm(struct eval *e, const struct field_ref *ref,
			       struct value *ret)
{
	int what = ref->info->variant;
	bool is_size = what == VM_SIZE || what == VM_SIZE_BYTES;
	bool is_bytes = what == VM_SIZE_BYTES || what == VM_RSS_BYTES;
	const struct process *p;
	enum outcome o = own_process(e, PROCESS_IDS, &p);

	if (o != OUTCOME_VALUE)
		return o;
	if (p->tid != p->pid)
		return give_uint(ret, 0);
	o = own_process(e, PROCESS_MEMORY, &p);
	if (o != OUTCOME_VALUE)
		return o;

	return give_uint(ret, (is_size ? p->vm_size : p->vm_rss) *
				      (is_bytes ? 1024 : 1));
}

/* --- Capabilities ---------------------------------------------------------- */

/* By the kernel's number, capabilities(7). */
static const char *const capability_names[] = {
	"CAP_CHOWN",
	"CAP_DAC_OVERRIDE",
	"CAP_DAC_READ_SEARCH",
	"CAP_FOWNER",
	"CAP_FSETID",
	"CAP_KILL",
	"CAP_SETGID",
	"CAP_SETUID",
	"CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE",
	"CAP_NET_BIND_SERVICE",
	"CAP_NET_BROADCAST",
	"CAP_NET_ADMIN",
	"CAP_NET_RAW",
	"CAP_IPC_LOCK",
	"CAP_IPC_OWNER",
	"CAP_SYS_MODULE",
	"CAP_SYS_RAWIO",
	"CAP_SYS_CHROOT",
	"CAP_SYS_PTRACE",
	"CAP_SYS_PACCT",
	"CAP_SYS_ADMIN",
	"CAP_SYS_BOOT",
	"CAP_SYS_NICE",
	"CAP_SYS_RESOURCE",
	"CAP_SYS_TIME",
	"CAP_SYS_TTY_CONFIG",
	"CAP_MKNOD",
	"CAP_LEASE",
	"CAP_AUDIT_WRITE",
	"CAP_AUDIT_CONTROL",
	"CAP_SETFCAP",
	"CAP_MAC_OVERRIDE",
	"CAP_MAC_ADMIN",
	"CAP_SYSLOG",
	"CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND",
	"CAP_AUDIT_READ",
	"CAP_PERFMON",
	"CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};

enum outcome extract_thread_caps(struct eval *e, const struct field_ref *ref,
				 struct value *ret)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	const struct process *p;
	uint64_t set;
	enum outcome o = own_process(e, PROCESS_USER, &p);

	if (o != OUTCOME_VALUE)
		return o;
	set = ref->info->variant == CAPS_PERMITTED   ? p->cap_permitted :
	      ref->info->variant == CAPS_INHERITABLE ? p->cap_inheritable :
						       p->cap_effective;
	for (size_t i = 0; i < ARRAY_SIZE(capability_names); i++)
		if (set >> i & 1)
			strbuf_addf(&b, "%s%s", b.n ? " " : "",
				    capability_names[i]);

	return give_text(ret, span_make(arena_strndup(e->ev->arena, b.data,
						      b.n),
					b.n));
}

/* --- Control groups -------------------------------------------------------- */

/* Falco's name for a subsystem: "perf" is "perf_event" and so on. */
static struct span subsystem_name(struct span name)
{
	static const struct {
		const char *from, *to;
	} names[] = {
		{ "perf", "perf_event" },
		{ "mem", "memory" },
		{ "io", "blkio" },
	};

	if (span_ends_with(name, SPAN("_cgroup")))
		name.n -= strlen("_cgroup");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_is(name, names[i].from))
			return span_of(names[i].to);

	return name;
}

/* Splits "subsystem=path"; false when there is no '='. */
static bool split_cgroup(struct span entry, struct span *ret_name,
			 struct span *ret_path)
{
	const char *equals = memchr(entry.data, '=', entry.n);
	size_t n;

	if (!equals)
		return false;
	n = (size_t)(equals - entry.data);
	*ret_name = subsystem_name(span_make(entry.data, n));
	*ret_path = span_from(entry, n + 1);
	return true;
}

enum outcome extract_thread_cgroups(struct eval *e, const struct field_ref *ref,
				    struct value *ret)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	const struct process *p;
	struct span name, path;
	enum outcome o = own_process(e, PROCESS_CGROUPS, &p);

	(void)ref;
	if (o != OUTCOME_VALUE)
		return o;
	for (size_t i = 0; i < p->cgroups.n; i++) {
		if (!split_cgroup(p->cgroups.items[i], &name, &path))
			continue;
		strbuf_addf(&b, "%s%.*s=%.*s", b.n ? " " : "", SPAN_FMT(name),
			    SPAN_FMT(path));
	}
	if (!b.n)
		return OUTCOME_ABSENT;

	return give_text(ret, span_make(arena_strndup(e->ev->arena, b.data,
						      b.n),
					b.n));
}

enum outcome extract_thread_cgroup(struct eval *e, const struct field_ref *ref,
				   struct value *ret)
{
	const struct process *p;
	struct span name, path;
	enum outcome o = own_process(e, PROCESS_CGROUPS, &p);

	if (o != OUTCOME_VALUE)
		return o;
	for (size_t i = 0; i < p->cgroups.n; i++)
		if (split_cgroup(p->cgroups.items[i], &name, &path) &&
		    span_eq(name, ref->arg))
			return give_text(ret, path);

	return OUTCOME_ABSENT;
}

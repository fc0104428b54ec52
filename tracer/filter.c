/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program is made here and not by libseccomp: that names a call of another ABI by
 * its native number, which many of them have not, and adds what it thinks belongs to
 * it. For each architecture a binary search over ranges of numbers.
 */
#include "filter.h"

#include <errno.h>
#include <linux/seccomp.h>

#include "array.h"
#include "error.h"

#include "regs.h"

/* A jump reaches so far at most. */
#define JUMP_MAX 255

/* What becomes of a call; where the argument is not such, it is allowed. */
struct outcome {
	uint32_t action;
	uint32_t bit; /* or several; 0: it does not depend on a bit */
	uint32_t arg;
	uint64_t among; /* see filter_add_among(); 0: it does not depend on that */
};

struct wanted {
	uint32_t audit;
	uint32_t nr;
	struct outcome outcome;
};

/* From this number on, until the next one's, the outcome. */
struct range {
	uint32_t from;
	struct outcome outcome;
};

static const struct outcome allowed = { .action = SECCOMP_RET_ALLOW };

struct filter {
	enum filter_kind kind;
	bool allow_io_uring;
	size_t added;
	ARRAY(struct wanted) calls;
	ARRAY(struct range) ranges; /* of the architecture whose turn it is */
	ARRAY(struct sock_filter) code;
	struct sock_fprog program;
};

/* FILTER_NONE has no program, and no action. */
static const uint32_t actions[FILTER_KIND_COUNT] = {
	[FILTER_NOTIFY] = SECCOMP_RET_USER_NOTIF,
	[FILTER_TRACE] = SECCOMP_RET_TRACE,
};

struct filter *filter_new(enum filter_kind kind, bool allow_io_uring)
{
	struct filter *f = xcalloc(1, sizeof(*f));

	f->kind = kind;
	f->allow_io_uring = allow_io_uring;
	return f;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	array_done(&f->calls);
	array_done(&f->ranges);
	array_done(&f->code);
	free(f);
}

static struct wanted *find(const struct filter *f, uint32_t audit, uint32_t nr)
{
	for (size_t i = 0; i < f->calls.n; i++) {
		if (f->calls.items[i].nr == nr &&
		    f->calls.items[i].audit == audit)
			return &f->calls.items[i];
	}

	return NULL;
}

bool filter_is_among(const uint64_t args[6], unsigned arg, uint64_t numbers)
{
	return args[arg + 1] && args[arg] - 1 < 64 &&
	       numbers >> (args[arg] - 1) & 1;
}

static bool is_such(const struct outcome *o, const uint64_t args[6])
{
	if (o->among)
		return filter_is_among(args, o->arg, o->among);
	return !o->bit || args[o->arg] & o->bit;
}

bool filter_has(const struct filter *f, uint32_t arch, int nr,
		const uint64_t args[6])
{
	const struct regs_abi *abi = regs_abi(arch);
	const struct wanted *w = abi ? find(f, abi->audit, (uint32_t)nr) : NULL;

	if (!abi)
		return true;
	return w && is_such(&w->outcome, args);
}

/* Returns false when it is there already. */
static bool add(struct filter *f, uint32_t arch, int nr, struct outcome outcome)
{
	const struct regs_abi *abi = regs_abi(arch);
	struct wanted *w;

	if (!abi || nr < 0)
		return false;
	w = find(f, abi->audit, (uint32_t)nr);
	if (!w)
		*array_push(&f->calls) = (struct wanted){
			abi->audit, (uint32_t)nr, outcome
		};
	else if (!outcome.bit || w->outcome.arg != outcome.arg ||
		 w->outcome.among)
		w->outcome.bit = w->outcome.among = 0;
	else if (w->outcome.bit)
		w->outcome.bit |= outcome.bit;
	return !w;
}

void filter_add(struct filter *f, uint32_t arch, int nr)
{
	filter_add_when(f, arch, nr, 0, 0);
}

void filter_add_when(struct filter *f, uint32_t arch, int nr, unsigned arg,
		     uint32_t bit)
{
	f->added += add(f, arch, nr,
			(struct outcome){ actions[f->kind], bit, arg, 0 });
}

void filter_add_among(struct filter *f, uint32_t arch, int nr, unsigned arg,
		      uint64_t numbers)
{
	f->added += add(f, arch, nr,
			(struct outcome){ actions[f->kind], 0, arg, numbers });
}

/* Those that are wanted are there already. Without a program nobody but us refuses
 * them. */
static void refuse_io_uring(struct filter *f)
{
	uint32_t action = f->kind == FILTER_NONE ? actions[FILTER_NONE] :
						   SECCOMP_RET_ERRNO | ENOSYS;

	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		for (int nr = REGS_IO_URING_FIRST; nr <= REGS_IO_URING_LAST;
		     nr++)
			add(f, a->arch, nr | a->mark,
			    (struct outcome){ .action = action });
	}
}

static void emit(struct filter *f, unsigned code, uint32_t k, uint8_t jt,
		 uint8_t jf)
{
	*array_push(&f->code) = (struct sock_filter){
		(uint16_t)code, jt, jf, k
	};
}

static int by_number(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->audit != y->audit)
		return x->audit < y->audit ? -1 : 1;
	return (x->nr > y->nr) - (x->nr < y->nr);
}

static bool is_same(struct outcome a, struct outcome b)
{
	return a.action == b.action && a.bit == b.bit && a.arg == b.arg &&
	       a.among == b.among;
}

/* Adds a range, which may go on with the last one's outcome. */
static void mark(struct filter *f, uint32_t from, struct outcome outcome)
{
	struct range *last = f->ranges.n ?
				     &f->ranges.items[f->ranges.n - 1] :
				     NULL;

	if (last && last->from == from)
		f->ranges.n--;
	last = f->ranges.n ? &f->ranges.items[f->ranges.n - 1] : NULL;
	if (!last || !is_same(last->outcome, outcome))
		*array_push(&f->ranges) = (struct range){ from, outcome };
}

static void find_ranges(struct filter *f, uint32_t audit)
{
	f->ranges.n = 0;
	mark(f, 0, allowed);
	for (size_t i = 0; i < f->calls.n; i++) {
		const struct wanted *w = &f->calls.items[i];

		if (w->audit != audit)
			continue;
		mark(f, w->nr, w->outcome);
		mark(f, w->nr + 1, allowed);
	}
}

static void load(struct filter *f, size_t offset)
{
	emit(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* The lower half (our machines are little-endian). */
static void load_argument(struct filter *f, unsigned arg)
{
	load(f, offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t));
}

/* Not 0 is what has something in its lower half: a pointer, but for one in 2^32. */
static void emit_among(struct filter *f, struct outcome outcome)
{
	load_argument(f, outcome.arg + 1);
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
	emit(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	load_argument(f, outcome.arg);
	for (uint32_t from = 0, to; from < 64; from = to + 1) {
		for (to = from; to < 64 && outcome.among >> to & 1; to++)
			continue;
		if (to == from)
			continue;
		emit(f, BPF_JMP | BPF_JGT | BPF_K, from, 0, 2);
		emit(f, BPF_JMP | BPF_JGT | BPF_K, to, 1, 0);
		emit(f, BPF_RET | BPF_K, outcome.action, 0, 0);
	}
	emit(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

static void emit_outcome(struct filter *f, struct outcome outcome)
{
	if (outcome.among) {
		emit_among(f, outcome);
		return;
	}
	if (outcome.bit) {
		load_argument(f, outcome.arg);
		emit(f, BPF_JMP | BPF_JSET | BPF_K, outcome.bit, 1, 0);
		emit(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	}
	emit(f, BPF_RET | BPF_K, outcome.action, 0, 0);
}

/* The search among n ranges: below the middle's first number is the left half, which
 * follows at once. Where the right half is too far, a long jump is put in between. */
static void search(struct filter *f, const struct range *ranges, size_t n)
{
	size_t middle = n / 2, at = f->code.n, left;
	struct sock_filter *branch;

	if (n == 1) {
		emit_outcome(f, ranges->outcome);
		return;
	}
	emit(f, BPF_JMP | BPF_JGE | BPF_K, ranges[middle].from, 0, 1);
	emit(f, BPF_JMP | BPF_JA, 0, 0, 0);
	search(f, ranges, middle);
	left = f->code.n - at - 2;
	branch = &f->code.items[at];
	if (left > JUMP_MAX) {
		branch[1].k = (uint32_t)left;
	} else {
		memmove(branch + 1, branch + 2, left * sizeof(*branch));
		f->code.n--;
		branch->jt = (uint8_t)left;
		branch->jf = 0;
	}
	search(f, ranges + middle, n - middle);
}

/* Entered with the architecture loaded, left so where it is another. */
static void one_architecture(struct filter *f, uint32_t audit)
{
	size_t at;

	emit(f, BPF_JMP | BPF_JEQ | BPF_K, audit, 1, 0);
	emit(f, BPF_JMP | BPF_JA, 0, 0, 0);
	at = f->code.n;
	load(f, offsetof(struct seccomp_data, nr));
	find_ranges(f, audit);
	search(f, f->ranges.items, f->ranges.n);
	f->code.items[at - 1].k = (uint32_t)(f->code.n - at);
}

/* An ABI with a mark shares its architecture with the one without. */
static void assemble(struct filter *f)
{
	load(f, offsetof(struct seccomp_data, arch));
	for (const struct regs_abi *a = regs_abis; a->arch; a++) {
		if (!a->mark)
			one_architecture(f, a->audit);
	}
	emit(f, BPF_RET | BPF_K, actions[f->kind], 0, 0);
}

int filter_build(struct filter *f, struct error *err)
{
	if (!f->allow_io_uring)
		refuse_io_uring(f);
	if (f->calls.n)
		qsort(f->calls.items, f->calls.n, sizeof(*f->calls.items),
		      by_number);
	if (f->kind == FILTER_NONE)
		return 0;
	assemble(f);
	if (f->code.n > BPF_MAXINSNS)
		return error_set(err, -EINVAL,
				 "a seccomp program of %zu calls is too long",
				 f->calls.n);

	f->program = (struct sock_fprog){ (unsigned short)f->code.n,
					  f->code.items };
	return 0;
}

const struct sock_fprog *filter_program(const struct filter *f)
{
	return &f->program;
}

size_t filter_count(const struct filter *f)
{
	return f->added;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container.* and k8s.*: what the launcher found out about the container and the
 * pod around the workload. A text that is not known is an absent field; on a host
 * the id and the name are "host".
 */
#include "fields.h"

#include <fnmatch.h>

#include "cleanup.h"
#include "container.h"
#include "strbuf.h"

static const struct container_info *info_of(const struct eval *e)
{
	const struct container_info *c = e->env->options.container;

	return c && c->known ? c : NULL;
}

/* Labels tell of a CI system on a host, too. */
static const struct container_info *labelled(const struct eval *e)
{
	return e->env->options.container;
}

/* A copy: the launcher may learn more while the event's values still live. */
static enum outcome give_known(struct eval *e, struct value *ret,
			       const char *text, size_t max)
{
	size_t n = text ? strnlen(text, max) : 0;

	if (!n)
		return OUTCOME_ABSENT;

	return give_text(ret, span_make(arena_strndup(e->ev->arena, text, n),
					n));
}

/* --- Texts and flags ------------------------------------------------------- */

/* How many characters of an id the short forms show. */
#define SHORT_ID 12

static const struct {
	size_t offset;
	size_t max;
} texts[] = {
#define TEXT(name) { offsetof(struct container_info, name), 65536 }
	[CT_ID] = { offsetof(struct container_info, id), SHORT_ID },
	[CT_FULL_ID] = TEXT(full_id),
	[CT_NAME] = TEXT(name),
	[CT_TYPE] = TEXT(type),
	[CT_IMAGE] = TEXT(image),
	[CT_IMAGE_ID] = TEXT(image_id),
	[CT_IMAGE_REPOSITORY] = TEXT(image_repository),
	[CT_IMAGE_TAG] = TEXT(image_tag),
	[CT_IMAGE_DIGEST] = TEXT(image_digest),
	[CT_IP] = TEXT(ip),
	[CT_POD_NAME] = TEXT(pod_name),
	[CT_POD_UID] = TEXT(pod_uid),
	[CT_POD_NAMESPACE] = TEXT(pod_namespace),
	[CT_SANDBOX_ID] = { offsetof(struct container_info, pod_sandbox_id),
			    SHORT_ID },
	[CT_FULL_SANDBOX_ID] = TEXT(pod_sandbox_id),
	[CT_POD_IP] = TEXT(pod_ip),
};

enum outcome extract_container_text(struct eval *e, const struct field_ref *ref,
				    struct value *ret)
{
	const struct container_info *c = info_of(e);
	int what = ref->info->variant;
	const char *text;

	if (!c && (what == CT_ID || what == CT_FULL_ID || what == CT_NAME))
		return give_text(ret, SPAN("host"));
	if (!c)
		return OUTCOME_ABSENT;
	memcpy(&text, (const char *)c + texts[what].offset, sizeof(text));
	return give_known(e, ret, text, texts[what].max);
}

enum outcome extract_container_flag(struct eval *e, const struct field_ref *ref,
				    struct value *ret)
{
	const struct container_info *c = info_of(e);

	if (!c)
		return OUTCOME_ABSENT;
	switch (ref->info->variant) {
	case CT_PRIVILEGED:
		return give_bool(ret, c->privileged);
	case CT_HOST_PID:
		return give_bool(ret, c->host_pid);
	case CT_HOST_NETWORK:
		return give_bool(ret, c->host_network);
	default:
		return give_bool(ret, c->host_ipc);
	}
}

/* Variant 1: how long ago that was. */
enum outcome extract_container_start(struct eval *e,
				     const struct field_ref *ref,
				     struct value *ret)
{
	const struct process *p;
	enum outcome o;

	if (ref->info->variant && e->ev->phase == PHASE_ENTRY)
		return OUTCOME_UNKNOWN;
	o = e->ev->resolver->process(e->ev, RESOLVE_THREAD, PROCESS_PIDNS, &p);
	if (o != OUTCOME_VALUE)
		return o;
	if (!p->pidns_start_ns)
		return OUTCOME_ABSENT;
	if (!ref->info->variant)
		return give_uint(ret, p->pidns_start_ns);
	if (e->ev->time_ns < p->pidns_start_ns)
		return OUTCOME_ABSENT;

	return give_uint(ret, e->ev->time_ns - p->pidns_start_ns);
}

/* --- Mounts ---------------------------------------------------------------- */

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static void print_mount(const struct container_mount *m, struct strbuf *out)
{
	strbuf_addf(out, "%s:%s:%s:%s:%s", or_empty(m->source),
		    or_empty(m->dest), or_empty(m->mode),
		    m->writable ? "true" : "false", or_empty(m->propagation));
}

enum outcome extract_container_mounts(struct eval *e,
				      const struct field_ref *ref,
				      struct value *ret)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	const struct container_info *c = info_of(e);

	(void)ref;
	if (!c)
		return OUTCOME_ABSENT;
	for (size_t i = 0; i < c->nmounts; i++) {
		if (i)
			strbuf_addch(&b, ',');
		print_mount(&c->mounts[i], &b);
	}
	return give_known(e, ret, b.data, b.n);
}

/* By number, or the first whose source (for its source: whose destination) the
 * key names. */
static const struct container_mount *find_mount(const struct container_info *c,
						const struct field_ref *ref)
{
	bool by_dest = ref->info->variant == MOUNT_SOURCE;

	if (ref->has_index)
		return ref->index < c->nmounts ? &c->mounts[ref->index] : NULL;
	for (size_t i = 0; i < c->nmounts; i++) {
		const struct container_mount *m = &c->mounts[i];
		const char *key = or_empty(by_dest ? m->dest : m->source);

		if (fnmatch(ref->arg.data, key, FNM_PATHNAME) == 0)
			return m;
	}
	return NULL;
}

enum outcome extract_container_mount(struct eval *e,
				     const struct field_ref *ref,
				     struct value *ret)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	const struct container_info *c = info_of(e);
	const struct container_mount *m = c ? find_mount(c, ref) : NULL;

	if (!m)
		return OUTCOME_ABSENT;
	switch (ref->info->variant) {
	case MOUNT_SOURCE:
		return give_known(e, ret, m->source, SIZE_MAX);
	case MOUNT_DEST:
		return give_known(e, ret, m->dest, SIZE_MAX);
	case MOUNT_MODE:
		return give_known(e, ret, m->mode, SIZE_MAX);
	case MOUNT_PROPAGATION:
		return give_known(e, ret, m->propagation, SIZE_MAX);
	case MOUNT_RDWR:
		return give_string(ret, m->writable ? "true" : "false");
	default:
		print_mount(m, &b);
		return give_known(e, ret, b.data, b.n);
	}
}

/* --- Labels ---------------------------------------------------------------- */

static const struct key_value *labels_of(const struct container_info *c,
					 int which, size_t *ret_n)
{
	*ret_n = which == LABELS_POD ? c->npod_labels : c->nlabels;
	return which == LABELS_POD ? c->pod_labels : c->labels;
}

enum outcome extract_container_label(struct eval *e,
				     const struct field_ref *ref,
				     struct value *ret)
{
	const struct container_info *c = labelled(e);
	const struct key_value *labels;
	size_t n;

	if (!c)
		return OUTCOME_ABSENT;
	labels = labels_of(c, ref->info->variant, &n);
	for (size_t i = 0; i < n; i++)
		if (span_is(ref->arg, labels[i].key))
			return give_string(ret, or_empty(labels[i].value));

	return OUTCOME_ABSENT;
}

/* Annotations and Kubernetes' own labels are not listed. */
static bool label_is_hidden(const char *key)
{
	return span_starts_with(span_of(key), SPAN("annotation.")) ||
	       span_starts_with(span_of(key), SPAN("io.kubernetes."));
}

enum outcome extract_container_labels(struct eval *e,
				      const struct field_ref *ref,
				      struct value *ret)
{
	CLEANUP(strbuf_done) struct strbuf b = STRBUF_INIT;
	const struct container_info *c = labelled(e);
	const struct key_value *labels;
	size_t n;

	if (!c)
		return OUTCOME_ABSENT;
	labels = labels_of(c, ref->info->variant, &n);
	for (size_t i = 0; i < n; i++)
		if (!label_is_hidden(labels[i].key))
			strbuf_addf(&b, "%s%s:%s", b.n ? ", " : "",
				    labels[i].key, or_empty(labels[i].value));

	return give_known(e, ret, b.data, b.n);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every row of fields.def on one event about which everything is known: the fields
 * that no other test has, with what they must show; and all of them in every phase,
 * about which nothing is known, so that none takes what is not there.
 */
#include "harness/test.h"

#include <sys/socket.h>

#include "array.h"
#include "container.h"

#include "engine/field.h"
#include "engine/fields.h"
#include "harness/fake_state.h"

static const struct {
	const char *output, *want;
} shown[] = {
	{ "%evt.plugininfo", "<NA>" },
	{ "%evt.latency.s", "0" },
	{ "%evt.latency.ns", "000000000" },
	{ "%evt.latency.quantized", "0" },
	{ "%evt.latency.human", "0ns" },
	{ "%evt.deltatime.s", "0" },
	{ "%evt.deltatime.ns", "000000000" },
	{ "%evt.info",
	  "res=12 data=NULL fd=4(<4t>10.0.0.1:4000->10.9.0.2:443) size=40" },
	{ "%evt.is_wait", "false" },
	{ "%evt.wait_latency", "0" },
	{ "%evt.count.error.memory", "<NA>" },
	{ "%evt.count.error.other", "<NA>" },
	{ "%evt.count.procinfo", "0" },
	{ "%evt.count.threadinfo", "0" },
	{ "%evt.buflen.in", "12" },
	{ "%evt.buflen.file.out", "<NA>" },
	{ "%evt.buflen.net.in", "12" },
	{ "%evt.buflen.net.out", "<NA>" },
	{ "%evt.infra.docker.name", "<NA>" },
	{ "%evt.infra.docker.container.id", "<NA>" },
	{ "%evt.infra.docker.container.name", "<NA>" },
	{ "%evt.infra.docker.container.image", "<NA>" },
	{ "%proc.cwd", "/srv/" },
	{ "%proc.tty", "34817" },
	{ "%proc.sid.exepath", "/bin/sh" },
	{ "%proc.vpgid.exepath", "/bin/sh" },
	{ "%proc.is_exe_upper_layer", "true" },
	{ "%proc.is_exe_lower_layer", "false" },
	{ "%proc.vmrss", "300" },
	{ "%proc.vmswap", "20" },
	{ "%thread.pfmajor", "5" },
	{ "%thread.pfminor", "60" },
	{ "%thread.cpu.system", "<NA>" },
	{ "%group.gid", "33" },
	{ "%fd.cip.name", "<NA>" },
	{ "%fd.sip.name", "<NA>" },
	{ "%fd.lip.name", "<NA>" },
	{ "%fd.rip.name", "<NA>" },
	{ "%container.image.id", "sha" },
	{ "%container.type", "docker" },
	{ "%container.mount.propagation[0]", "shared" },
	{ "%container.image.repository", "reg.example/nginx" },
	{ "%container.image.tag", "1" },
	{ "%container.image.digest", "sha256:d" },
	{ "%container.healthcheck", "<NA>" },
	{ "%container.liveness_probe", "<NA>" },
	{ "%container.readiness_probe", "<NA>" },
	{ "%container.ip", "10.2.0.3" },
	{ "%container.cni.json", "<NA>" },
	{ "%container.host_network", "true" },
	{ "%container.host_ipc", "false" },
	{ "%proc.is_container_healthcheck", "<NA>" },
	{ "%proc.is_container_liveness_probe", "<NA>" },
	{ "%proc.is_container_readiness_probe", "<NA>" },
	{ "%k8s.pod.id", "uid" },
	{ "%k8s.pod.uid", "uid" },
	{ "%k8s.pod.sandbox_id", "fedcba987654" },
	{ "%k8s.pod.full_sandbox_id", "fedcba9876543210" },
	{ "%k8s.pod.labels", "a:b" },
	{ "%k8s.pod.ip", "10.2.0.4" },
	{ "%k8s.pod.cni.json", "<NA>" },
	{ "%k8s.rc.id", "<NA>" },
	{ "%k8s.rc.labels", "<NA>" },
	{ "%k8s.svc.name", "<NA>" },
	{ "%k8s.svc.id", "<NA>" },
	{ "%k8s.svc.labels", "<NA>" },
	{ "%k8s.ns.id", "<NA>" },
	{ "%k8s.ns.labels", "<NA>" },
	{ "%k8s.rs.name", "<NA>" },
	{ "%k8s.rs.id", "<NA>" },
	{ "%k8s.rs.labels", "<NA>" },
	{ "%k8s.deployment.name", "<NA>" },
	{ "%k8s.deployment.id", "<NA>" },
	{ "%k8s.deployment.labels", "<NA>" },
	{ "%k8s.rc.label[a]", "<NA>" },
	{ "%k8s.svc.label[a]", "<NA>" },
	{ "%k8s.ns.label[a]", "<NA>" },
	{ "%k8s.rs.label[a]", "<NA>" },
	{ "%k8s.deployment.label[a]", "<NA>" },
};

static void fill_process(struct process *p, int64_t pid, const char *name)
{
	p->tid = p->pid = p->vpid = p->vtid = pid;
	p->comm = p->exe = span_of(name);
	p->exepath = span_of("/bin/sh");
	p->exe_upper_layer = true;
	p->cwd = SPAN("/srv/");
	p->uid = p->gid = 33;
	p->tty = 34817;
	p->sid = p->pgid = p->vpgid = 7;
	p->vm_rss = 300;
	p->vm_swap = 20;
	p->pf_major = 5;
	p->pf_minor = 60;
}

static const struct container_mount mount = { "/a", "/b", "rw", "shared", true };
static const struct key_value label = { "a", "b" };
static const struct container_info container = {
	.id = "0123456789ab",
	.full_id = "0123456789abcdef",
	.name = "web",
	.type = "docker",
	.image = "reg.example/nginx:1",
	.image_id = "sha",
	.image_repository = "reg.example/nginx",
	.image_tag = "1",
	.image_digest = "sha256:d",
	.ip = "10.2.0.3",
	.pod_name = "pod",
	.pod_uid = "uid",
	.pod_namespace = "space",
	.pod_sandbox_id = "fedcba9876543210",
	.pod_ip = "10.2.0.4",
	.mounts = &mount,
	.nmounts = 1,
	.labels = &label,
	.nlabels = 1,
	.pod_labels = &label,
	.npod_labels = 1,
	.known = true,
	.host_network = true,
};

/* A read from an established connection. */
static void fill(struct fake_state *s)
{
	static const uint8_t here[] = { 10, 0, 0, 1 }, there[] = { 10, 9, 0, 2 };

	fake_state_init(s, EVENT_SYSCALL_READ_X);
	s->env.options.container_plugin = true;
	s->env.options.container = &container;
	s->env.options.hostname = "";
	fake_param_int(s, "res", 12);
	fake_param_int(s, "fd", 4);
	fake_param_int(s, "size", 40);
	fake_fd(s, 4, FD_KIND_IPV4_SOCKET, NULL);
	s->fd.connected = s->fd.client_is_local = true;
	s->fd.l4proto = 6;
	s->fd.role = FD_ROLE_CLIENT;
	s->fd.client.family = s->fd.server.family = AF_INET;
	memcpy(s->fd.client.bytes, here, sizeof(here));
	memcpy(s->fd.server.bytes, there, sizeof(there));
	s->fd.client_port = 4000;
	s->fd.server_port = 443;
	s->fd_parts[FD_PART_ROLE] = s->fd_parts[FD_PART_CLIENT] =
		s->fd_parts[FD_PART_SERVER] = OUTCOME_VALUE;
	s->group = (struct group_info){ .gid = 33, .name = SPAN("www") };
	s->nprocesses = 2;
	fill_process(&s->processes[0], 100, "cat");
	fill_process(&s->processes[1], 7, "sh");
	s->leaders[LEADER_SESSION] = s->leaders[LEADER_VIRTUAL_PGROUP] = 1;
}

static void a_field_shows_what_the_event_has(void **state)
{
	struct fake_state s;

	(void)state;
	fill(&s);
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		const char *got = fake_output(&s, shown[i].output);

		if (!got || strcmp(got, shown[i].want) != 0)
			fail_msg("%s: want %s, got %s", shown[i].output,
				 shown[i].want, got ? got : "nothing");
	}
	fake_state_done(&s);
}

/* The argument that a row needs, as it is written in an output. */
static const char *argument_of(const struct field_info *row)
{
	switch (row->arg) {
	case FIELD_ARG_REQUIRED_KEY:
		return "[key]";
	case FIELD_ARG_REQUIRED_INDEX:
	case FIELD_ARG_TIMESTAMP:
		return "[1]";
	case FIELD_ARG_PARAM:
	case FIELD_ARG_RAW_PARAM:
		return ".fd";
	case FIELD_ARG_EVENT:
		return ".open";
	case FIELD_ARG_SUBSYSTEM:
		return ".cpu";
	case FIELD_ARG_NONE:
	case FIELD_ARG_INDEX:
	case FIELD_ARG_KEY:
	case FIELD_ARG_SIDE:
		return "";
	}
	return "";
}

/* How many of the fields print something for the event. */
static size_t print_all(struct fake_state *s)
{
	size_t n, printed = 0;
	const struct field_info *rows = field_rows(&n);
	char output[128];

	for (size_t i = 0; i < n; i++) {
		enum field_arg how = rows[i].arg;

		if (rows[i].flags & FIELD_FILTER_ONLY)
			continue;
		snprintf(output, sizeof(output), "%%%s%s", rows[i].name,
			 argument_of(&rows[i]));
		if (how == FIELD_ARG_NONE)
			assert_non_null(fake_output(s, output));
		printed += fake_output(s, output) != NULL;
	}
	return printed;
}

static void every_field_prints_something_in_every_phase(void **state)
{
	static const enum event_phase phases[] = { PHASE_ENTRY, PHASE_EXIT,
						   PHASE_UNCONFIRMED };
	struct fake_state s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		fill(&s);
		s.ev.phase = phases[i];
		assert_true(print_all(&s) > 200);
		fake_state_done(&s);
	}
}

static void nothing_known_is_no_trouble_for_any_field(void **state)
{
	static const enum event_type types[] = { EVENT_SYSCALL_OPENAT_2_X,
						 EVENT_GENERIC_X,
						 EVENT_PROCEXIT_1_E,
						 EVENT_SYSCALL_EXECVE_19_X };
	struct fake_state s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		fake_state_init(&s, types[i]);
		s.env.options.hostname = "";
		s.env.options.container_plugin = true;
		for (size_t p = 0; p < PROCESS_PART_COUNT; p++)
			s.parts[p] = OUTCOME_FAILED;
		s.nprocesses = 1;
		assert_true(print_all(&s) > 200);
		fake_state_done(&s);
	}
}

/* FIELDS.md tells people which fields to expect nothing of. */
static void fields_that_never_have_a_value_are_documented(void **state)
{
	FILE *file = fopen("engine/FIELDS.md", "re");
	char text[8192];
	const struct field_info *rows;
	size_t n;

	(void)state;
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	rows = field_rows(&n);
	for (size_t i = 0; i < n; i++) {
		char name[80];

		snprintf(name, sizeof(name), "`%s`", rows[i].name);
		if (rows[i].extract == extract_never)
			assert_contains(text, name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_shows_what_the_event_has),
		cmocka_unit_test(every_field_prints_something_in_every_phase),
		cmocka_unit_test(nothing_known_is_no_trouble_for_any_field),
		cmocka_unit_test(fields_that_never_have_a_value_are_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

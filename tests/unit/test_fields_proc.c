/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields_proc.c, fields_thread.c, fields_user.c, fields_container.c and
 * fields_static.c: who made the call, and in what surroundings.
 */
#include "harness/fake_state.h"
#include "harness/test.h"

#include "array.h"
#include "container.h"

static const struct span cat_args[] = { { "-n", 2 }, { "/etc/shadow", 11 } };
static const struct span bash_args[] = { { "-l", 2 } };
static const struct span env[] = { { "HOME=/root", 10 },
				   { "A= b ", 5 },
				   { "EMPTY=", 6 } };
static const struct span cgroups[] = { { "cpuset=/", 8 },
				       { "io=/x", 5 },
				       { "nonsense", 8 },
				       { "mem_cgroup=/m", 13 } };

/* cat, started by bash, started by sshd, started by init. */
static int setup(void **state)
{
	static struct fake_state s;
	static const char *const names[] = { "cat", "bash", "sshd", "init" };

	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	s.nprocesses = ARRAY_SIZE(names);
	for (size_t i = 0; i < s.nprocesses; i++) {
		struct process *p = &s.processes[i];

		p->tid = p->pid = p->vpid = p->vtid = 100 - (int64_t)i * 10;
		p->comm = p->exe = span_of(names[i]);
		p->exepath = SPAN("/bin/x");
		p->start_ns = 1000 * (i + 1);
	}
	s.processes[0].args = (struct span_list){ cat_args, 2 };
	s.processes[1].args = (struct span_list){ bash_args, 1 };
	s.processes[0].env = (struct span_list){ env, 3 };
	s.processes[2].env = (struct span_list){ env, 1 };
	s.processes[0].cgroups = (struct span_list){ cgroups, 4 };
	s.ev.time_ns = 5000;
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	fake_state_done(*state);
	return 0;
}

static void shows(void **state, const char *format, const char *want)
{
	assert_string_equal(fake_output(*state, format), want);
}

/* --- Processes ------------------------------------------------------------- */

static void a_process_has_a_name_and_a_command_line(void **state)
{
	shows(state, "%proc.name|%proc.exe|%proc.exepath", "cat|cat|/bin/x");
	shows(state, "%proc.args|%proc.args[0]|%proc.args[1]|%proc.args[7]",
	      "-n /etc/shadow|-n|/etc/shadow|");
	shows(state, "%proc.cmdline|%proc.exeline",
	      "cat -n /etc/shadow|cat -n /etc/shadow");
	shows(state, "%proc.cmdnargs %proc.cmdlenargs", "2 13");
	shows(state, "%proc.pname %proc.pexe %proc.pexepath %proc.pcmdline",
	      "bash bash /bin/x bash -l");
}

static void a_command_line_without_arguments(void **state)
{
	struct fake_state *s = *state;

	s->processes[0].args.n = 0;
	shows(state, "%proc.cmdline|%proc.exeline|%proc.args", "cat|cat |");
}

static void ancestors_are_counted_from_oneself(void **state)
{
	shows(state, "%proc.aname[0] %proc.aname[1] %proc.aname[3]",
	      "cat bash init");
	shows(state, "%proc.aname[4] %proc.apid[9] %proc.acmdline[2]",
	      "<NA> <NA> sshd");
	shows(state, "%proc.apid[0] %proc.apid[1] %proc.ppid", "100 90 90");
	shows(state, "%proc.aargs[1]", "-l");
	shows(state, "%proc.aname[999999]", "<NA>");
}

static void all_ancestors_print_in_a_row(void **state)
{
	shows(state, "%proc.aname", "bash sshd init");
	shows(state, "%proc.acmdline", "bash -l sshd init");
	shows(state, "%proc.aexe|%proc.aexepath",
	      "bash sshd init|/bin/x /bin/x /bin/x");
	shows(state, "%proc.aargs", "-l  ");
}

static void all_ancestors_are_candidates_of_a_condition(void **state)
{
	const struct value *v = fake_field(*state, "proc.aname");

	assert_true(v->is_list);
	assert_int_equal(v->list->n, 3);
	assert_span_text(v->list->items[2].text, "init");
	v = fake_field(*state, "proc.apid");
	assert_int_equal(v->list->n, 3);
	assert_int_equal(v->list->items[0].i, 90);
	assert_false(fake_field(*state, "proc.aargs")->is_list);
	shows(state, "%proc.apid", "100");
}

static void without_ancestors_there_are_no_candidates(void **state)
{
	struct fake_state *s = *state;

	s->nprocesses = 1;
	assert_int_equal(fake_field(s, "proc.aname")->outcome, OUTCOME_ABSENT);
	assert_int_equal(fake_field(s, "proc.apid")->outcome, OUTCOME_ABSENT);
	shows(state, "%proc.pname %proc.ppid %proc.aname", "<NA> <NA> <NA>");
}

static void unreadable_ancestors_are_left_out(void **state)
{
	struct fake_state *s = *state;

	s->parts[PROCESS_ARGS] = OUTCOME_FAILED;
	assert_int_equal(fake_field(s, "proc.acmdline")->outcome,
			 OUTCOME_ABSENT);
	assert_int_equal(fake_field(s, "proc.cmdline")->outcome,
			 OUTCOME_FAILED);
	shows(state, "%proc.aname", "bash sshd init");
}

static void the_environment_is_asked_by_name(void **state)
{
	shows(state, "%proc.env", "HOME=/root A= b  EMPTY=");
	shows(state, "%proc.env[HOME]|%proc.env[A]|%proc.env[EMPTY]|",
	      "/root|b||");
	shows(state, "%proc.env[HOM]|%proc.env[NOPE]|", "||");
	shows(state, "%proc.env[3]", "HOME=/root A= b  EMPTY=");
	shows(state, "%proc.aenv[HOME]|%proc.aenv[A]|", "/root||");
	shows(state, "%proc.aenv[2]|%proc.aenv[9]|", "HOME=/root|<NA>|");
	shows(state, "%proc.aenv", "HOME=/root A= b  EMPTY=");
	assert_true(fake_field(*state, "proc.aenv")->is_list);
	assert_true(fake_field_arg(*state, "proc.aenv", "2")->is_list);
}

static void leaders_are_empty_when_unknown(void **state)
{
	struct fake_state *s = *state;

	shows(state, "[%proc.sname|%proc.vpgid.exe|%proc.pgid.exepath]",
	      "[||]");
	s->leaders[LEADER_SESSION] = 2;
	s->leaders[LEADER_VIRTUAL_PGROUP] = 1;
	s->leaders[LEADER_PGROUP] = 0;
	shows(state, "%proc.sname %proc.sid.exe %proc.vpgid.name "
		     "%proc.pgid.name",
	      "sshd sshd bash cat");
}

static void leaders_lead_by_their_numbers(void **state)
{
	struct fake_state *s = *state;

	s->processes[0].sid = 100;
	s->processes[0].pgid = 100;
	s->processes[0].vpgid = 7;
	shows(state,
	      "%proc.is_sid_leader %proc.is_pgid_leader %proc.is_vpgid_leader",
	      "true true false");
	shows(state, "%proc.sid %proc.pgid %proc.vpgid", "100 100 7");
}

static void the_login_shell_is_the_oldest_shell(void **state)
{
	struct fake_state *s = *state;

	shows(state, "%proc.loginshellid", "90");
	s->processes[3].comm = SPAN("dash");
	shows(state, "%proc.loginshellid", "70");
	s->nprocesses = 1;
	shows(state, "%proc.loginshellid", "<NA>");
}

static void durations_count_from_the_start(void **state)
{
	struct fake_state *s = *state;

	shows(state, "%proc.duration %proc.ppid.duration", "4000 3000");
	shows(state, "%proc.pid.ts %proc.ppid.ts", "1000 2000");
	s->processes[0].start_ns = 0;
	shows(state, "%proc.duration %proc.pid.ts", "<NA> <NA>");
	s->ev.phase = PHASE_ENTRY;
	assert_int_equal(fake_field(s, "proc.duration")->outcome,
			 OUTCOME_UNKNOWN);
}

/* --- Threads --------------------------------------------------------------- */

static void numbers_may_be_none(void **state)
{
	struct fake_state *s = *state;

	shows(state, "%proc.vpid %thread.vtid %proc.pvpid", "100 100 90");
	shows(state, "%thread.tid %thread.nametid %thread.ismain",
	      "100 cat100 true");
	s->processes[0].vpid = -1;
	s->processes[0].tid = 101;
	s->ev.tid = 101;
	shows(state, "%proc.vpid %thread.ismain %thread.tid",
	      "<NA> false 101");
	s->processes[0].pid = (int64_t)UINT32_MAX + 1;
	shows(state, "%proc.pid", "<NA>");
}

static void capabilities_have_names(void **state)
{
	struct fake_state *s = *state;

	s->processes[0].cap_effective = 1 | UINT64_C(1) << 21 |
					UINT64_C(1) << 40;
	s->processes[0].cap_permitted = UINT64_C(1) << 63;
	shows(state, "%thread.cap_effective",
	      "CAP_CHOWN CAP_SYS_ADMIN CAP_CHECKPOINT_RESTORE");
	shows(state, "[%thread.cap_permitted%thread.cap_inheritable]", "[]");
}

static void cgroups_have_falcos_names(void **state)
{
	struct fake_state *s = *state;

	shows(state, "%thread.cgroups", "cpuset=/ blkio=/x memory=/m");
	shows(state, "%thread.cgroup.memory %thread.cgroup.blkio "
		     "%thread.cgroup.pids",
	      "/m /x <NA>");
	s->processes[0].cgroups.n = 0;
	shows(state, "%thread.cgroups", "<NA>");
}

static void memory_counts_for_main_threads(void **state)
{
	struct fake_state *s = *state;

	s->processes[0].vm_size = 428;
	s->processes[0].vm_rss = 7;
	s->processes[0].nthreads = 3;
	shows(state, "%proc.vmsize %thread.vmsize %thread.vmsize.b "
		     "%thread.vmrss.b",
	      "428 428 438272 7168");
	shows(state, "%proc.nthreads %proc.nchilds", "3 2");
	s->processes[0].tid = 101;
	shows(state, "%proc.vmsize %thread.vmsize", "428 0");
}

static void descriptor_usage_is_a_percentage(void **state)
{
	struct fake_state *s = *state;

	s->processes[0].nfds = 1;
	s->processes[0].fdlimit = 512;
	shows(state, "%proc.fdusage %proc.fdopencount %proc.fdlimit",
	      "0.2 1 512");
	assert_string_equal(fake_json(s, "%proc.fdusage"),
			    "{\"proc.fdusage\":0.1953125}");
	s->processes[0].fdlimit = -1;
	assert_string_equal(fake_json(s, "%proc.fdusage"),
			    "{\"proc.fdusage\":0.0}");
	s->processes[0].fdlimit = 1;
	s->processes[0].nfds = 9;
	shows(state, "%proc.fdusage", "100.0");
}

static void the_programs_file_has_a_past(void **state)
{
	struct fake_state *s = *state;
	struct process *p = &s->processes[0];

	shows(state, "%proc.exe_ino %proc.exe_ino.ctime", "<NA> <NA>");
	p->exe_ino = 42;
	p->exe_ctime_ns = 600;
	p->exe_mtime_ns = 500;
	p->exe_writable = true;
	shows(state, "%proc.exe_ino %proc.exe_ino.ctime %proc.exe_ino.mtime",
	      "42 600 500");
	shows(state, "%proc.exe_ino.ctime_duration_proc_start "
		     "%proc.exe_ino.ctime_duration_pidns_start",
	      "400 <NA>");
	p->pidns_start_ns = 100;
	shows(state, "%proc.exe_ino.ctime_duration_pidns_start "
		     "%proc.pidns_init_start_ts",
	      "500 100");
	shows(state, "%proc.is_exe_writable %proc.is_exe_from_memfd",
	      "true false");
	p->exe_ctime_ns = 1005;
	shows(state, "%proc.exe_ino.ctime_duration_proc_start", "<NA>");
	p->start_slack_ns = 10;
	shows(state, "%proc.exe_ino.ctime_duration_proc_start", "5");
	p->exe_ctime_ns = 1011;
	shows(state, "%proc.exe_ino.ctime_duration_proc_start", "<NA>");
}

static void fields_of_a_driver_have_no_value(void **state)
{
	shows(state, "%thread.cpu %thread.cpu.user %thread.exectime "
		     "%thread.totexectime",
	      "<NA> <NA> 0 0");
}

/* --- Users ----------------------------------------------------------------- */

static void users_have_names(void **state)
{
	struct fake_state *s = *state;

	s->processes[0].uid = 1000;
	s->processes[0].gid = 50;
	s->processes[0].loginuid = 1000;
	shows(state, "%user.uid %user.name %user.homedir %user.shell",
	      "1000 <NA> <NA> <NA>");
	s->user = (struct user_info){ .uid = 1000,
				      .name = SPAN("ann"),
				      .home = SPAN("/home/ann"),
				      .shell = SPAN("/bin/sh") };
	s->group = (struct group_info){ .gid = 50, .name = SPAN("staff") };
	shows(state, "%user.name %user.homedir %user.shell %group.name",
	      "ann /home/ann /bin/sh staff");
	shows(state, "%user.loginuid %user.loginname", "1000 ann");
}

static void root_is_known_to_everybody(void **state)
{
	struct fake_state *s = *state;

	s->processes[0].loginuid = UINT32_MAX;
	shows(state, "%user.name %user.homedir %user.shell %group.name",
	      "root /root <NA> root");
	shows(state, "%user.loginuid %user.loginname", "-1 <NA>");
}

/* --- Containers ------------------------------------------------------------ */

static void outside_of_containers_it_says_host(void **state)
{
	struct fake_state *s = *state;

	s->env.options.container_plugin = true;
	shows(state, "%container.id %container.full_id %container.name "
		     "%container.image %k8s.pod.name %container.privileged",
	      "host host host <NA> <NA> <NA>");
	shows(state, "%container.mounts %container.mount[0] "
		     "%container.labels %container.label[a]",
	      "<NA> <NA> <NA> <NA>");
}

static void a_container_tells_what_is_known(void **state)
{
	static const struct container_mount mounts[] = {
		{ "/data", "/mnt", "rw", "rprivate", true },
		{ "/lib", "/usr/lib", "ro", NULL, false },
	};
	static const struct key_value labels[] = {
		{ "app", "shop" },
		{ "annotation.x", "y" },
		{ "io.kubernetes.pod.name", "p" },
		{ "tier", "front" },
	};
	static const struct container_info info = {
		.known = true,
		.id = "3ad7b26ded6d8e7b",
		.name = "web",
		.image = "",
		.privileged = true,
		.mounts = mounts,
		.nmounts = 2,
		.labels = labels,
		.nlabels = 4,
		.pod_name = "shop-1",
	};
	struct fake_state *s = *state;

	s->env.options.container_plugin = true;
	s->env.options.container = &info;
	shows(state, "%container.id %container.name %container.image "
		     "%container.privileged %container.host_pid",
	      "3ad7b26ded6d web <NA> true false");
	shows(state, "%container.mounts", "/data:/mnt:rw:true:rprivate,"
					  "/lib:/usr/lib:ro:false:");
	shows(state, "%container.mount[1] %container.mount[/d*] "
		     "%container.mount[7]",
	      "/lib:/usr/lib:ro:false: /data:/mnt:rw:true:rprivate <NA>");
	shows(state, "%container.mount.source[/mnt] "
		     "%container.mount.dest[/data] %container.mount.mode[0] "
		     "%container.mount.rdwr[1]",
	      "/data /mnt rw false");
	shows(state, "%container.labels|%container.label[app]|"
		     "%container.label[no]",
	      "app:shop, tier:front|shop|<NA>");
	shows(state, "%k8s.pod.name %k8s.ns.name %k8s.rc.name",
	      "shop-1 <NA> <NA>");
}

static void container_times_come_from_the_pid_namespace(void **state)
{
	struct fake_state *s = *state;

	s->env.options.container_plugin = true;
	shows(state, "%container.start_ts %container.duration", "<NA> <NA>");
	s->processes[0].pidns_start_ns = 2000;
	shows(state, "%container.start_ts %container.duration", "2000 3000");
}

static void static_fields_are_constants(void **state)
{
	static const struct span name = { "site", 4 };
	static const struct span value = { "Rotterdam", 9 };
	struct fake_state *s = *state;

	s->env.options.static_names = &name;
	s->env.options.static_values = &value;
	s->env.options.nstatic = 1;
	shows(state, "%static.site", "Rotterdam");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_process_has_a_name_and_a_command_line),
		TEST(a_command_line_without_arguments),
		TEST(ancestors_are_counted_from_oneself),
		TEST(all_ancestors_print_in_a_row),
		TEST(all_ancestors_are_candidates_of_a_condition),
		TEST(without_ancestors_there_are_no_candidates),
		TEST(unreadable_ancestors_are_left_out),
		TEST(the_environment_is_asked_by_name),
		TEST(leaders_are_empty_when_unknown),
		TEST(leaders_lead_by_their_numbers),
		TEST(the_login_shell_is_the_oldest_shell),
		TEST(durations_count_from_the_start),
		TEST(numbers_may_be_none),
		TEST(capabilities_have_names),
		TEST(cgroups_have_falcos_names),
		TEST(memory_counts_for_main_threads),
		TEST(descriptor_usage_is_a_percentage),
		TEST(the_programs_file_has_a_past),
		TEST(fields_of_a_driver_have_no_value),
		TEST(users_have_names),
		TEST(root_is_known_to_everybody),
		TEST(outside_of_containers_it_says_host),
		TEST(a_container_tells_what_is_known),
		TEST(container_times_come_from_the_pid_namespace),
		TEST(static_fields_are_constants),
	};

	return RUN_TESTS(tests);
}

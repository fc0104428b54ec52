/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_info.h and flag_names.h: the schema's tables, from codes to names and back.
 */
#include "harness/test.h"

#include "engine/event_info.h"
#include "engine/flag_names.h"

static void an_event_knows_its_name_and_parameters(void **state)
{
	const struct event_info *info = event_info(EVENT_SYSCALL_OPENAT_2_X);

	(void)state;
	assert_string_equal(info->name, "openat");
	assert_true(info->is_current);
	assert_int_equal(info->category, CATEGORY_FILE);
	assert_int_equal(info->event_class, CLASS_SYSCALL);
	assert_true(info->flags & EVENT_CREATES_FD);
	assert_string_equal(info->params[0].name, "fd");
	assert_int_equal(info->params[0].type, VALUE_FD);
	assert_int_equal(info->params[3].flags, FLAGS_FILE_FLAGS);
}

static void a_path_knows_its_directory(void **state)
{
	int i = event_param_index(EVENT_SYSCALL_OPENAT_2_X, "name");

	(void)state;
	assert_int_equal(i, 2);
	assert_int_equal(event_param_info(EVENT_SYSCALL_OPENAT_2_X, 2)->dirfd,
			 event_param_index(EVENT_SYSCALL_OPENAT_2_X, "dirfd"));
	assert_int_equal(event_param_info(EVENT_SYSCALL_OPEN_X, 1)->dirfd, -1);
}

static void every_code_has_an_entry(void **state)
{
	size_t current = 0, old = 0, unused = 0;

	(void)state;
	for (unsigned i = 0; i < EVENT_TYPE_COUNT; i++) {
		const struct event_info *info = event_info(i);

		current += info->is_current;
		old += info->name && !info->is_current;
		unused += !info->name;
		assert_true(info->nparams <= EVENT_PARAMS_MAX);
	}
	assert_int_equal(current, 196);
	assert_int_equal(old, 223);
	assert_int_equal(unused, 35);
}

static void a_code_outside_the_schema_has_no_name(void **state)
{
	(void)state;
	assert_null(event_info(EVENT_TYPE_COUNT)->name);
	assert_int_equal(event_info((enum event_type)100000)->nparams, 0);
}

static void an_event_without_parameters_has_none(void **state)
{
	(void)state;
	assert_int_equal(event_info(EVENT_SOCKET_GETSOCKNAME_X)->nparams, 0);
	assert_int_equal(event_param_index(EVENT_SOCKET_GETSOCKNAME_X, "fd"),
			 -1);
}

static void a_name_stands_for_all_its_codes(void **state)
{
	struct interest set = { .events = { 0 } };

	(void)state;
	assert_true(event_types_named(SPAN("open"), &set));
	assert_true(interest_has(&set, EVENT_SYSCALL_OPEN_E));
	assert_true(interest_has(&set, EVENT_SYSCALL_OPEN_X));
	assert_false(interest_has(&set, EVENT_SYSCALL_OPENAT_2_X));
	assert_true(event_types_named(SPAN("execve"), &set));
	assert_true(interest_has(&set, EVENT_SYSCALL_EXECVE_8_X));
	assert_false(event_types_named(SPAN("kettle"), &set));
	assert_false(event_types_named(SPAN(""), &set));
}

static void a_generic_call_is_found_by_name(void **state)
{
	struct interest set = { .events = { 0 } };

	(void)state;
	assert_true(event_types_named(SPAN("kexec_load"), &set));
	assert_true(interest_has_generic(&set, GENERIC_kexec_load));
	assert_false(interest_has(&set, EVENT_GENERIC_X));
}

static void a_generic_event_is_called_as_its_call(void **state)
{
	struct event ev = { .type = EVENT_GENERIC_X,
			    .generic = GENERIC_kexec_load };

	(void)state;
	assert_string_equal(event_name(&ev), "kexec_load");
	assert_int_equal(generic_code(GENERIC_kexec_load), 187);
	assert_string_equal(generic_name(GENERIC_COUNT), "unknown");
	ev.type = EVENT_SYSCALL_CLOSE_X;
	assert_string_equal(event_name(&ev), "close");
}

static void the_longest_parameter_name_wins(void **state)
{
	(void)state;
	assert_string_equal(param_named(SPAN("fd"))->name, "fd");
	assert_string_equal(param_named(SPAN("fdlimit"))->name, "fdlimit");
	assert_string_equal(param_named(SPAN("pathxyz"))->name, "path");
	assert_null(param_named(SPAN("nosuch")));
	assert_null(param_named(SPAN("")));
}

static void old_events_decide_some_types(void **state)
{
	(void)state;
	assert_int_equal(param_named(SPAN("uid"))->type, VALUE_UINT32);
	assert_int_equal(param_named(SPAN("request"))->type, VALUE_UINT64);
	assert_int_equal(param_named(SPAN("image"))->type, VALUE_CHARBUF);
}

static void flags_keep_their_order(void **state)
{
	size_t n;
	const struct flag_name *names = flag_names(FLAGS_FILE_FLAGS, &n);

	(void)state;
	assert_int_equal(n, 19);
	assert_string_equal(names[0].name, "O_LARGEFILE");
	assert_string_equal(names[10].name, "O_RDWR");
	assert_int_equal(names[10].value, 3);
	flag_names(FLAGS_NONE, &n);
	assert_int_equal(n, 0);
}

static void odd_codes_are_exits(void **state)
{
	(void)state;
	assert_true(event_is_exit(EVENT_SYSCALL_OPEN_X));
	assert_false(event_is_exit(EVENT_SYSCALL_OPEN_E));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_knows_its_name_and_parameters),
		cmocka_unit_test(a_path_knows_its_directory),
		cmocka_unit_test(every_code_has_an_entry),
		cmocka_unit_test(a_code_outside_the_schema_has_no_name),
		cmocka_unit_test(an_event_without_parameters_has_none),
		cmocka_unit_test(a_name_stands_for_all_its_codes),
		cmocka_unit_test(a_generic_call_is_found_by_name),
		cmocka_unit_test(a_generic_event_is_called_as_its_call),
		cmocka_unit_test(the_longest_parameter_name_wins),
		cmocka_unit_test(old_events_decide_some_types),
		cmocka_unit_test(flags_keep_their_order),
		cmocka_unit_test(odd_codes_are_exits),
	};

	return RUN_TESTS(tests);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field.h: names and arguments become references, with Falco's messages; a
 * reference gives its value once.
 */
#include <errno.h>

#include "harness/fake_state.h"
#include "harness/test.h"

#include "array.h"
#include "error.h"

#include "engine/field.h"

/* A new environment for each test. */
static struct arena arena;
static struct engine_env env;

static int setup(void **state)
{
	(void)state;
	memset(&env, 0, sizeof(env));
	env.arena = &arena;
	env.options.container_plugin = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static struct span maybe(const char *s)
{
	return s ? span_of(s) : (struct span){ NULL, 0 };
}

static const struct field_ref *resolve(const char *name, const char *arg)
{
	const struct field_ref *ref;

	assert_int_equal(field_resolve(&env, span_of(name), maybe(arg), &ref,
				       NULL),
			 0);
	return ref;
}

static void assert_refused(const char *name, const char *arg, const char *why)
{
	const struct field_ref *ref;
	struct error err;

	assert_int_equal(field_resolve(&env, span_of(name), maybe(arg), &ref,
				       &err),
			 -EINVAL);
	assert_string_equal(err.text, why);
}

static void every_row_resolves(void **state)
{
	size_t n;
	const struct field_info *rows = field_rows(&n);

	(void)state;
	assert_int_equal(n, 297);
	for (size_t i = 0; i < n; i++) {
		static const struct {
			const char *after, *arg;
		} written[] = {
			[FIELD_ARG_NONE] = { "", NULL },
			[FIELD_ARG_INDEX] = { "", "1" },
			[FIELD_ARG_KEY] = { "", "HOME" },
			[FIELD_ARG_REQUIRED_KEY] = { "", "app" },
			[FIELD_ARG_REQUIRED_INDEX] = { "", "0" },
			[FIELD_ARG_PARAM] = { ".fd", NULL },
			[FIELD_ARG_RAW_PARAM] = { ".fd", NULL },
			[FIELD_ARG_EVENT] = { ".open", NULL },
			[FIELD_ARG_SUBSYSTEM] = { ".cpu", NULL },
			[FIELD_ARG_TIMESTAMP] = { "", "5" },
			[FIELD_ARG_SIDE] = { ".src", NULL },
		};
		char name[128];

		snprintf(name, sizeof(name), "%s%s", rows[i].name,
			 written[rows[i].arg].after);
		assert_ptr_equal(resolve(name, written[rows[i].arg].arg)->info,
				 &rows[i]);
		assert_non_null(rows[i].extract);
		assert_true(strlen(rows[i].description) > 10);
	}
}

static void the_same_text_is_the_same_reference(void **state)
{
	const struct field_ref *a = resolve("proc.aname", "2");

	(void)state;
	assert_ptr_equal(a, resolve("proc.aname", "2"));
	assert_ptr_not_equal(a, resolve("proc.aname", NULL));
	assert_ptr_not_equal(a, resolve("proc.aname", "02"));
	assert_int_equal(field_slots(&env), 3);
	assert_span_text(a->text, "proc.aname[2]");
	assert_true(a->has_arg && a->has_index);
	assert_int_equal(a->index, 2);
}

static void slots_are_handed_out_in_order(void **state)
{
	(void)state;
	assert_int_equal(field_slots(&env), 0);
	assert_int_equal(resolve("proc.name", NULL)->slot, 0);
	assert_int_equal(resolve("fd.name", NULL)->slot, 1);
	assert_int_equal(resolve("proc.name", NULL)->slot, 0);
}

static void unknown_fields_are_named_as_written(void **state)
{
	(void)state;
	assert_refused("nope.x", NULL,
		       "filter_check called with nonexistent field nope.x");
	assert_refused("proc.namex", NULL,
		       "filter_check called with nonexistent field proc.namex");
	assert_refused("proc.nam", NULL,
		       "filter_check called with nonexistent field proc.nam");
	assert_refused("fd.name", "a b",
		       "filter_check called with nonexistent field "
		       "fd.name[a b]");
	assert_refused("arg.x", NULL,
		       "filter error: proc.arg filter not implemented yet");
}

static void an_index_is_a_decimal_number(void **state)
{
	static const char *const good[] = { "0", "1", "01", "-1", "+3",
					    "99999999999999999999" };
	static const char *const bad[] = { "abc", "0x1", "1.5", "*",
					   "a]b", "",	 "-",   "1 " };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		resolve("proc.aname", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(field_resolve(&env, SPAN("proc.aname"),
					       span_of(bad[i]),
					       &(const struct field_ref *){ 0 },
					       NULL),
				 -EINVAL);
}

static void minus_one_is_no_index(void **state)
{
	(void)state;
	assert_false(resolve("proc.aname", "-1")->has_index);
	assert_true(resolve("proc.aname", "0")->has_index);
}

static void keys_may_be_anything_but_a_bracket(void **state)
{
	(void)state;
	assert_span_text(resolve("proc.env", "A B")->arg, "A B");
	assert_false(resolve("proc.env", "a.b")->has_index);
	assert_true(resolve("proc.env", "12")->has_index);
	assert_refused("proc.env", "a]b",
		       "filter_check called with nonexistent field "
		       "proc.env[a]b]");
}

static void parameters_are_found_by_name_and_number(void **state)
{
	const struct field_ref *ref = resolve("evt.arg.flags", NULL);

	(void)state;
	assert_span_text(ref->arg, "flags");
	assert_false(ref->has_index);
	assert_int_equal(resolve("evt.arg", "3")->index, 3);
	assert_int_equal(resolve("evt.rawarg.fd", NULL)->type, VALUE_FD);
	assert_int_equal(resolve("evt.rawarg.uid", NULL)->type, VALUE_UINT32);
	assert_refused("evt.arg", NULL, "filter syntax error: evt.arg");
	assert_refused("evt.arg", "abc", "abc is not a valid number");
	assert_refused("evt.arg", "a]b", "a is not a valid number");
	assert_refused("evt.arg.nosuch", NULL, "unknown event argument nosuch");
	assert_refused("evt.arg.path.x", NULL,
		       "filter_check called with nonexistent field "
		       "evt.arg.path.x");
	assert_refused("evt.rawarg", NULL, "filter syntax error: evt.rawarg");
	assert_refused("evt.rawarg", "0",
		       "evt.arg fields must be expressed explicitly");
}

static void dotted_arguments_are_checked(void **state)
{
	(void)state;
	assert_span_text(resolve("thread.cgroup.cpu_set", NULL)->arg,
			 "cpu_set");
	resolve("evt.abspath", NULL);
	resolve("evt.abspath.dst", NULL);
	resolve("evt.type.is.open", NULL);
	assert_refused("evt.type.isx", NULL,
		       "filter syntax error: evt.type.isx");
	assert_refused("evt.type.is", "1",
		       "filter syntax error: evt.type.is[1]");
	assert_refused("evt.type.is.kettle", NULL,
		       "filter_check called with nonexistent field "
		       "evt.type.is.kettle");
	assert_refused("thread.cgroup", "0",
		       "filter syntax error: thread.cgroup[0]");
	assert_refused("thread.cgroup.cpu1", NULL,
		       "filter_check called with nonexistent field "
		       "thread.cgroup.cpu1");
	assert_refused("evt.abspath.up", NULL,
		       "filter_check called with nonexistent field "
		       "evt.abspath.up");
	assert_refused("evt.around", NULL, "filter syntax error: evt.around");
	assert_refused("evt.around", "1.5", "1.5 is not a valid number");
}

static void plugin_fields_speak_as_plugins_do(void **state)
{
	(void)state;
	assert_refused("container.name", "3",
		       "filter 'container.name[3]': container.name does not "
		       "allow nor require an argument but one is provided: 3");
	assert_refused("container.mount.dest", NULL,
		       "filter 'container.mount.dest': container.mount.dest "
		       "requires an argument but none provided");
	assert_true(resolve("container.mount", "2")->has_index);
	assert_false(resolve("container.mount", "/data")->has_index);
	assert_false(resolve("container.mount", "02")->has_index);
	resolve("k8s.pod.label", "app");
}

static void without_the_plugin_its_fields_do_not_exist(void **state)
{
	(void)state;
	env.options.container_plugin = false;
	assert_refused("container.id", NULL,
		       "filter_check called with nonexistent field "
		       "container.id");
	assert_false(field_is_name(&env, SPAN("container.id")));
	assert_true(field_is_name(&env, SPAN("proc.name")));
	assert_false(field_is_name(&env, SPAN("proc.nam")));
}

static void static_fields_are_those_of_the_configuration(void **state)
{
	static const struct span names[] = { { "site", 4 } };
	static const struct span values[] = { { "Rotterdam", 9 } };
	const struct field_ref *ref;

	(void)state;
	assert_refused("static.site", NULL,
		       "filter_check called with nonexistent field "
		       "static.site");
	env.options.static_names = names;
	env.options.static_values = values;
	env.options.nstatic = 1;
	ref = resolve("static.site", NULL);
	assert_true(ref->info->flags & FIELD_FORMAT_SUGGESTED);
	assert_true(field_is_name(&env, SPAN("static.site")));
	assert_refused("static.town", NULL,
		       "filter_check called with nonexistent field "
		       "static.town");
	assert_refused("static.site", "1",
		       "filter_check called with nonexistent field "
		       "static.site[1]");
}

static void outputs_share_references_unless_they_differ(void **state)
{
	const struct field_ref *ref;
	struct span none = { NULL, 0 };

	(void)state;
	field_resolve_output(&env, SPAN("proc.name"), none, &ref, NULL);
	assert_ptr_equal(ref, resolve("proc.name", NULL));
	field_resolve_output(&env, SPAN("proc.apid"), none, &ref, NULL);
	assert_ptr_not_equal(ref, resolve("proc.apid", NULL));
	assert_true(ref->is_output);
	field_resolve_output(&env, SPAN("proc.apid"), SPAN("1"), &ref, NULL);
	assert_ptr_equal(ref, resolve("proc.apid", "1"));
	field_resolve_output(&env, SPAN("proc.aenv"), SPAN("1"), &ref, NULL);
	assert_true(ref->is_output);
	field_resolve_output(&env, SPAN("proc.aenv"), SPAN("HOME"), &ref, NULL);
	assert_false(ref->is_output);
}

static void hostile_names_are_only_names(void **state)
{
	char long_name[5000];

	(void)state;
	memset(long_name, 'a', sizeof(long_name));
	assert_int_equal(field_resolve(&env, span_make(long_name, 5000),
				       (struct span){ NULL, 0 },
				       &(const struct field_ref *){ 0 }, NULL),
			 -EINVAL);
	assert_int_equal(field_resolve(&env, SPAN(""), SPAN(""),
				       &(const struct field_ref *){ 0 }, NULL),
			 -EINVAL);
	assert_int_equal(field_resolve(&env, SPAN("evt.arg."), SPAN("\0]"),
				       &(const struct field_ref *){ 0 }, NULL),
			 -EINVAL);
}

/* --- Values ---------------------------------------------------------------- */

static void a_value_is_extracted_once(void **state)
{
	struct value slots[1] = { { .outcome = OUTCOME_PENDING } };
	struct fake_state s;
	uint32_t answered[1];
	struct eval e = { .fields = slots, .nfields = 1, .answered = answered };
	const struct field_ref *ref;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	e.env = &s.env;
	e.ev = &s.ev;
	assert_int_equal(field_resolve(&s.env, SPAN("util.cnt"),
				       (struct span){ NULL, 0 }, &ref, NULL),
			 0);
	assert_int_equal(field_value(&e, ref)->u, 0);
	assert_int_equal(field_value(&e, ref)->u, 0);
	slots[0].outcome = OUTCOME_PENDING;
	assert_int_equal(field_value(&e, ref)->u, 1);
	fake_state_done(&s);
}

static void nothing_is_unknown_after_the_end(void **state)
{
	struct fake_state s;

	(void)state;
	fake_state_init(&s, EVENT_SYSCALL_CLOSE_X);
	s.nprocesses = 1;
	s.parts[PROCESS_COMM] = OUTCOME_UNKNOWN;
	assert_int_equal(fake_field(&s, "proc.name")->outcome, OUTCOME_ABSENT);
	s.ev.phase = PHASE_ENTRY;
	assert_int_equal(fake_field(&s, "proc.name")->outcome, OUTCOME_UNKNOWN);
	s.parts[PROCESS_COMM] = OUTCOME_FAILED;
	assert_int_equal(fake_field(&s, "proc.name")->outcome, OUTCOME_FAILED);
	fake_state_done(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_row_resolves),
		TEST(the_same_text_is_the_same_reference),
		TEST(slots_are_handed_out_in_order),
		TEST(unknown_fields_are_named_as_written),
		TEST(an_index_is_a_decimal_number),
		TEST(minus_one_is_no_index),
		TEST(keys_may_be_anything_but_a_bracket),
		TEST(parameters_are_found_by_name_and_number),
		TEST(dotted_arguments_are_checked),
		TEST(plugin_fields_speak_as_plugins_do),
		TEST(without_the_plugin_its_fields_do_not_exist),
		TEST(static_fields_are_those_of_the_configuration),
		TEST(outputs_share_references_unless_they_differ),
		TEST(hostile_names_are_only_names),
		cmocka_unit_test(a_value_is_extracted_once),
		cmocka_unit_test(nothing_is_unknown_after_the_end),
	};

	return RUN_TESTS(tests);
}

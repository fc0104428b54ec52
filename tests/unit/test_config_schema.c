/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_shape.c and config_schema.c: the schema that the tables make, what it says
 * of a tree, and how it is shown. Also that of rules files, through the door.
 */
#include "harness/test.h"

#include "engine/engine.h"

#include "arena.h"
#include "cleanup.h"
#include "error.h"
#include "json_node.h"
#include "schema.h"
#include "strbuf.h"

#include "launcher/config_schema.h"
#include "launcher/config_shape.h"
#include "launcher/tree.h"

#define WRONG_TYPE "Value type not permitted by 'type' constraint."

static void assert_verdict(const char *text, const char *verdict)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;
	struct error err = { "" };
	struct tree *tree;

	assert_int_equal(tree_parse(&arena, span_of(text), &tree, &err), 0);
	assert_int_equal(config_schema_check(tree, &out),
			 !strcmp(verdict, "ok"));
	assert_string_equal(out.data, verdict);
}

/* The item at the end of a path of names in a JSON text that was printed. */
static struct json_object *find(struct json_object *json,
				const char *const *names)
{
	for (; *names; names++) {
		json = json_get(json, *names);
		assert_non_null(json);
	}
	return json;
}

#define FIND(json, ...) find(json, (const char *const[]){ __VA_ARGS__, NULL })

static struct json_object *printed(bool own)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;
	struct json_object *json;

	config_schema_print(own, &out);
	json = json_tokener_parse(out.data);
	assert_non_null(json);
	return json;
}

/* --- The check ---------------------------------------------------------------- */

static void what_the_schema_allows_is_ok(void **state)
{
	(void)state;
	assert_verdict("{}", "ok");
	assert_verdict("engine: {kind: kmod, kmod: {drop_failed_exit: true}}",
		       "ok");
	assert_verdict("rules: [{enable: {rule: '*'}}]", "ok");
	assert_verdict("falco_run: {wait_all: true}", "ok");
	assert_verdict("static_fields: {a: b, c: [d]}", "ok");
}

static void alternatives_are_tried_in_turn(void **state)
{
	(void)state;
	assert_verdict("config_files: [a.yaml, {path: b, strategy: append}]",
		       "ok");
	assert_verdict("config_files: [a, {path: b, strategy: nope}]",
		       "failed for <root>[config_files][1]: " WRONG_TYPE);
	assert_verdict("config_files: [{strategy: append}]",
		       "failed for <root>[config_files][0]: " WRONG_TYPE);
	assert_verdict("append_output: [{extra_fields: [a, {b: c}]}]", "ok");
	assert_verdict("plugins: [{name: a, library_path: b, init_config: }]",
		       "ok");
	assert_verdict("plugins: [{name: a, library_path: b, "
		       "init_config: [1]}]",
		       "failed for <root>[plugins][0][init_config]: "
		       WRONG_TYPE);
}

static void limits_of_numbers_are_told(void **state)
{
	(void)state;
	assert_verdict("capture: {max_file_size_mb: 1048576}", "ok");
	assert_verdict("capture: {max_file_size_mb: -1}",
		       "failed for <root>[capture][max_file_size_mb]: "
		       "Expected number greater than or equal to 0.000000");
	assert_verdict("capture: {max_file_size_mb: 1048577}",
		       "failed for <root>[capture][max_file_size_mb]: "
		       "Expected number less than or equal to 1048576.000000");
}

static void words_are_of_a_list(void **state)
{
	(void)state;
	assert_verdict("capture: {mode: all_rules}", "ok");
	assert_verdict("capture: {mode: some}",
		       "failed for <root>[capture][mode]: Failed to match "
		       "against any enum values.");
}

static void some_maps_may_not_be_empty(void **state)
{
	(void)state;
	assert_verdict("capture: {}", "ok");
	assert_verdict("metrics: {}",
		       "failed for <root>[metrics]: Object should have no "
		       "fewer than 1 properties.");
}

static void a_list_names_the_item_that_fails(void **state)
{
	(void)state;
	assert_verdict("load_plugins: [a, [b]]",
		       "failed for <root>[load_plugins][1]: " WRONG_TYPE);
	assert_verdict("plugins: [{name: a}]",
		       "failed for <root>[plugins][0]: Missing required "
		       "property 'library_path'.");
	assert_verdict("- a", "failed for <root>: " WRONG_TYPE);
	assert_verdict("", "failed for <root>: " WRONG_TYPE);
}

/* --- The shape ---------------------------------------------------------------- */

static void keys_are_sorted_and_there_once(void **state)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	const struct schema *all = config_shape(&arena, "", true);

	(void)state;
	assert_int_equal(all->type, SCHEMA_OBJECT);
	for (size_t i = 1; all->keys[i].name; i++)
		assert_true(strcmp(all->keys[i - 1].name, all->keys[i].name) <
			    0);
}

/* --- What is shown -------------------------------------------------------------- */

static void falcos_schema_has_falcos_keys_alone(void **state)
{
	struct json_object *json = printed(false);
	struct json_object *keys =
		FIND(json, "definitions", "FalcoConfig", "properties");

	(void)state;
	assert_string_equal(json_text(FIND(json, "$ref")),
			    "#/definitions/FalcoConfig");
	assert_string_equal(json_text(FIND(keys, "json_output", "type")),
			    "boolean");
	assert_string_equal(json_text(FIND(keys, "plugins", "items", "$ref")),
			    "#/definitions/Plugin");
	assert_null(json_get(keys, CONFIG_OWN));
	assert_int_equal(json_object_get_int(FIND(
				 json, "definitions", "Capture", "properties",
				 "max_file_size_mb", "maximum")),
			 1048576);
	json_object_put(json);
}

static void our_own_part_stands_alone(void **state)
{
	struct json_object *json = printed(true);

	(void)state;
	assert_int_equal(json_count(FIND(json, "definitions")), 3);
	assert_string_equal(json_text(FIND(json, "definitions", "FalcoRun",
					   "properties", "wait_all", "type")),
			    "boolean");
	json_object_put(json);
}

static void the_schema_of_rules_is_a_list_of_items(void **state)
{
	CLEANUP(strbuf_done) struct strbuf out = STRBUF_INIT;
	struct json_object *json;

	(void)state;
	engine_rule_schema(&out);
	json = json_tokener_parse(out.data);
	assert_non_null(json);
	assert_string_equal(json_text(FIND(json, "items", "$ref")),
			    "#/definitions/FalcoRule");
	assert_int_equal(
		json_count(FIND(json, "definitions", "Priority", "enum")), 9);
	assert_int_equal(
		json_count(FIND(json, "definitions", "FalcoRule", "required")),
		0);
	json_object_put(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_schema_allows_is_ok),
		cmocka_unit_test(alternatives_are_tried_in_turn),
		cmocka_unit_test(limits_of_numbers_are_told),
		cmocka_unit_test(words_are_of_a_list),
		cmocka_unit_test(some_maps_may_not_be_empty),
		cmocka_unit_test(a_list_names_the_item_that_fails),
		cmocka_unit_test(keys_are_sorted_and_there_once),
		cmocka_unit_test(falcos_schema_has_falcos_keys_alone),
		cmocka_unit_test(our_own_part_stands_alone),
		cmocka_unit_test(the_schema_of_rules_is_a_list_of_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

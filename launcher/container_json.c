/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON about containers, read and written: see container_facts.h. What is read is
 * bounded in depth by json_parse().
 */
#include "container_facts.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "container.h"
#include "json_node.h"

static void take(struct arena *arena, struct json_object *json, const char *key,
		 const char **member)
{
	const char *text = json_text(json_get(json, key));

	if (!*member && text && *text)
		*member = arena_strdup(arena, text);
}

static void take_labels(struct arena *arena, struct json_object *json,
			struct container_info *info)
{
	struct json_object *labels = json_get(json, "Labels");
	struct json_object_iter label;

	if (!json_object_is_type(labels, json_type_object))
		return;
	json_object_object_foreachC(labels, label) if (json_text(label.val))
		container_add_label(arena, info, label.key,
				    json_text(label.val));
}

static void take_address(struct arena *arena, struct json_object *json,
			 struct container_info *info)
{
	struct json_object *network = json_at(json_get(json, "Networks"), 0);
	const char *address =
		json_text(json_at(json_get(network, "IPv4Addresses"), 0));

	if (!info->ip && address)
		info->ip = arena_strdup(arena, address);
}

bool container_from_ecs(struct arena *arena, struct span text,
			struct container_info *info)
{
	CLEANUP(json_putp) struct json_object *json = json_parse(text);
	const char *id = NULL;

	take(arena, json, "DockerId", &id);
	if (!id)
		return false;
	info->full_id = id;
	info->id = arena_strndup(arena, id, strnlen(id, 12));
	take(arena, json, "Name", &info->name);
	take(arena, json, "DockerName", &info->name);
	take(arena, json, "Image", &info->image);
	take(arena, json, "ImageID", &info->image_id);
	take_labels(arena, json, info);
	take_address(arena, json, info);
	container_split_image(arena, info);
	return true;
}

/* --- The event --------------------------------------------------------------- */

static const struct {
	const char *key;
	size_t member;
} texts[] = {
#define TEXT(key, name) { key, offsetof(struct container_info, name) }
	TEXT("full_id", full_id),
	TEXT("id", id),
	TEXT("image", image),
	TEXT("imagedigest", image_digest),
	TEXT("imageid", image_id),
	TEXT("imagerepo", image_repository),
	TEXT("imagetag", image_tag),
	TEXT("ip", ip),
	TEXT("name", name),
	TEXT("pod_sandbox_id", pod_sandbox_id),
	TEXT("type", type),
#undef TEXT
};

static const char *text_at(const struct container_info *info, size_t member)
{
	const char *text;

	memcpy(&text, (const char *)info + member, sizeof(text));
	return text ? text : "";
}

static void put_labels(struct json_object *to, const char *name,
		       const struct key_value *labels, size_t n)
{
	struct json_object *object = json_add_object(to, name);

	for (size_t i = 0; i < n; i++)
		json_add_text(object, labels[i].key, labels[i].value);
}

static void put_mounts(struct json_object *to,
		       const struct container_info *info)
{
	struct json_object *list = json_add_array(to, "Mounts");

	for (size_t i = 0; i < info->nmounts; i++) {
		const struct container_mount *m = &info->mounts[i];
		struct json_object *mount = json_object_new_object();

		json_add_text(mount, "Destination", m->dest);
		json_add_text(mount, "Mode", m->mode);
		json_add_text(mount, "Propagation", m->propagation);
		json_add_bool(mount, "RW", m->writable);
		json_add_text(mount, "Source", m->source);
		json_append(list, mount);
	}
}

char *container_event_json(struct arena *arena,
			   const struct container_info *info)
{
	CLEANUP(json_putp) struct json_object *json = json_object_new_object();
	struct json_object *c = json_add_object(json, "container");

	put_mounts(c, info);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		json_add_text(c, texts[i].key, text_at(info, texts[i].member));
	json_add_bool(c, "host_ipc", info->host_ipc);
	json_add_bool(c, "host_network", info->host_network);
	json_add_bool(c, "host_pid", info->host_pid);
	json_add_bool(c, "privileged", info->privileged);
	put_labels(c, "labels", info->labels, info->nlabels);
	put_labels(c, "pod_sandbox_labels", info->pod_labels,
		   info->npod_labels);
	return arena_strdup(
		arena, json_object_to_json_string_ext(
			       json, JSON_C_TO_STRING_PLAIN |
					     JSON_C_TO_STRING_NOSLASHESCAPE));
}

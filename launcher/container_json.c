/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON about containers, read and written: see container_facts.h. cJSON bounds the
 * depth of what it reads.
 */
#include "container_facts.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "array.h"
#include "cleanup.h"
#include "container.h"

static void json_freep(cJSON **json)
{
	cJSON_Delete(*json);
}

static void take(struct arena *arena, const cJSON *json, const char *key,
		 const char **member)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

	if (!*member && cJSON_IsString(item) && *item->valuestring)
		*member = arena_strdup(arena, item->valuestring);
}

static void take_labels(struct arena *arena, const cJSON *json,
			struct container_info *info)
{
	const cJSON *label;

	cJSON_ArrayForEach(label,
			   cJSON_GetObjectItemCaseSensitive(json, "Labels")) {
		if (cJSON_IsString(label))
			container_add_label(arena, info, label->string,
					    label->valuestring);
	}
}

static void take_address(struct arena *arena, const cJSON *json,
			 struct container_info *info)
{
	const cJSON *networks =
		cJSON_GetObjectItemCaseSensitive(json, "Networks");
	const cJSON *addresses = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetArrayItem(networks, 0), "IPv4Addresses");
	const cJSON *first = cJSON_GetArrayItem(addresses, 0);

	if (!info->ip && cJSON_IsString(first))
		info->ip = arena_strdup(arena, first->valuestring);
}

bool container_from_ecs(struct arena *arena, struct span text,
			struct container_info *info)
{
	CLEANUP(json_freep) cJSON *json =
		cJSON_ParseWithLength(text.data, text.n);
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

static void put_labels(cJSON *to, const char *name,
		       const struct key_value *labels, size_t n)
{
	cJSON *object = cJSON_AddObjectToObject(to, name);

	for (size_t i = 0; i < n; i++)
		cJSON_AddStringToObject(object, labels[i].key, labels[i].value);
}

static void put_mounts(cJSON *to, const struct container_info *info)
{
	cJSON *list = cJSON_AddArrayToObject(to, "Mounts");

	for (size_t i = 0; i < info->nmounts; i++) {
		const struct container_mount *m = &info->mounts[i];
		cJSON *mount = cJSON_CreateObject();

		cJSON_AddStringToObject(mount, "Destination", m->dest);
		cJSON_AddStringToObject(mount, "Mode", m->mode);
		cJSON_AddStringToObject(mount, "Propagation", m->propagation);
		cJSON_AddBoolToObject(mount, "RW", m->writable);
		cJSON_AddStringToObject(mount, "Source", m->source);
		cJSON_AddItemToArray(list, mount);
	}
}

char *container_event_json(struct arena *arena,
			   const struct container_info *info)
{
	CLEANUP(json_freep) cJSON *json = cJSON_CreateObject();
	CLEANUP(freep) char *text = NULL;
	cJSON *c = cJSON_AddObjectToObject(json, "container");

	put_mounts(c, info);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		cJSON_AddStringToObject(c, texts[i].key,
					text_at(info, texts[i].member));
	cJSON_AddBoolToObject(c, "host_ipc", info->host_ipc);
	cJSON_AddBoolToObject(c, "host_network", info->host_network);
	cJSON_AddBoolToObject(c, "host_pid", info->host_pid);
	cJSON_AddBoolToObject(c, "privileged", info->privileged);
	put_labels(c, "labels", info->labels, info->nlabels);
	put_labels(c, "pod_sandbox_labels", info->pod_labels,
		   info->npod_labels);
	text = cJSON_PrintUnformatted(json);
	return arena_strdup(arena, text ? text : "{}");
}

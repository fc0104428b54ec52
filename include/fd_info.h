/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A descriptor as rules may read it, filled part by part like struct process.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "value.h"

enum fd_kind {
#define FD_KIND(symbol, type, typechar) FD_KIND_##symbol,
#include "fd_kinds.def"
	FD_KIND_COUNT
};

/* Who opened the conversation on a socket. NONE: not connected, not bound. */
enum fd_role {
	FD_ROLE_NONE,
	FD_ROLE_CLIENT,
	FD_ROLE_SERVER,
};

/* Who is asked for at once; each names the members that it fills. */
enum fd_part {
	FD_PART_NUM,    /* fd */
	FD_PART_KIND,   /* kind l4proto connected */
	FD_PART_NAME,   /* name nameraw: files, directories and what has no address */
	FD_PART_ROLE,   /* role; sockets only, as the next three */
	FD_PART_CLIENT, /* client client_port client_is_local */
	FD_PART_SERVER, /* server server_port server_is_local */
	FD_PART_UNIX,   /* source_pointer dest_pointer name: unix sockets */
	FD_PART_FILE,   /* dev ino */
	FD_PART_LAYERS, /* upper_layer lower_layer: dear */
	FD_PART_COUNT
};

struct fd_info {
	/* FD_PART_NUM: for a failed creation the negative errno. */
	int64_t fd;
	/* FD_PART_KIND: l4proto is IPPROTO_TCP, _UDP, _ICMP, _RAW or 0. */
	enum fd_kind kind;
	uint8_t l4proto;
	bool connected;
	/* FD_PART_NAME: the path as Falco has it, lexical and absolute; nameraw as
	 * the call was given it (empty when not known). */
	struct span name;
	struct span nameraw;
	/* FD_PART_ROLE */
	enum fd_role role;
	/* FD_PART_CLIENT and FD_PART_SERVER: ports in host order. A bound or
	 * listening socket has only the server's side. */
	struct ip_address client, server;
	uint16_t client_port, server_port;
	bool client_is_local, server_is_local;
	/* FD_PART_UNIX: 0 where only the kernel knows them. */
	uint64_t source_pointer, dest_pointer;
	/* FD_PART_FILE: dev as the schema's "dev" parameter. */
	uint32_t dev;
	uint64_t ino;
	/* FD_PART_LAYERS: of an overlay; both false elsewhere. */
	bool upper_layer, lower_layer;
	/* This event gave the descriptor another name (fd.name_changed). */
	bool name_changed;
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl, loaded by name when something needs it: see curl.def. It stays loaded,
 * since threads of its own may be looking up a name.
 */
#pragma once

struct error;

#define CURL_OPTION(name, number) OPTION_##name = number,
enum curl_option {
#include "curl.def"
};

/* struct curl_waitfd and struct CURLMsg. */
struct curl_extra_fd {
	int fd;
	short events, revents;
};

struct curl_message {
	int kind;
	void *easy;
	union {
		void *whatever;
		int result;
	} data;
};

struct curl {
	void *library;
#define CURL_FUNCTION(type, name, parameters) type(*name) parameters;
#include "curl.def"
};

/*
 * Loads the library. `user` is who needs it, for the message. Returns -ENOENT (there
 * is none), -ENOSYS (it is too old) or -EIO.
 */
int curl_load(struct curl *curl, const char *user, struct error *err);

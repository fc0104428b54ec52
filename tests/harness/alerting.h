/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run's alerts go through, without a run: a set (launcher/sink.h) of rules from
 * a text and an output into a file of its own, which holds each alert's message alone.
 */
#pragma once

#include "rules.h"

#include "launcher/output.h"
#include "launcher/sink.h"

struct alerting {
	struct rules rules;
	struct output *output;
	struct sink_set set;
	char name[64]; /* of the file */
	int fd;
};

/* A rule that says `word` and the name of what openat opens below /x. */
#define OPENS(name, word) \
	"- rule: " name "\n" \
	"  desc: d\n" \
	"  condition: evt.type = openat and fd.name startswith /x\n" \
	"  output: " word " %fd.name\n" \
	"  priority: ERROR\n" \
	"  tags: [b, a-b]\n"

void alerting_init(struct alerting *a, const char *rules);
void alerting_done(struct alerting *a);

/* The rules alone: an engine that is ready. */
void alerting_rules(struct rules *r, const char *text);

/* Waits for the output, and fails the test unless the file holds the text. */
void alerting_assert(struct alerting *a, const char *want);

/* Hands the event of a line (fake_event.h) to the sink. */
enum verdict alerting_event(struct sink *sink, const char *line);

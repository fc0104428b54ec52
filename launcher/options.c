/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: see options.h. The rows of options.def are all there is to know
 * about an option; the code below treats them alike.
 */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "error.h"
#include "nearest.h"
#include "span.h"
#include "strbuf.h"

enum option_takes { TAKES_FLAG, TAKES_TEXT, TAKES_NUMBER, TAKES_MAYBE };
enum option_use { USE_BOTH, USE_OWN, USE_RUN };

struct option {
	char letter;
	const char *word;
	enum option_takes takes;
	enum option_use use;
	const char *argument;
	const char *help;
};

static const struct option option_rows[] = {
#define OPTION(symbol, letter, word, takes, use, argument, help) \
	[OPT_##symbol] = { letter, word, TAKES_##takes, \
			   USE_##use, argument, help },
#include "options.def"
};

/* Where the names of options begin and the width of the help, in columns. */
#define HELP_INDENT 30
#define HELP_WIDTH 100

/* The words left to read. */
struct words {
	char *const *next;
};

static int find_letter(char letter)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (option_rows[i].letter == letter)
			return i;

	return -1;
}

static int find_word(struct span word)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (option_rows[i].word[0] && span_is(word, option_rows[i].word))
			return i;

	return -1;
}

static int unknown_option(struct options *o, struct span name,
			  struct error *err)
{
	o->unknown = name;
	return error_set(err, -EINVAL, "Option ‘%.*s’ does not exist",
			 SPAN_FMT(name));
}

static void keep(struct options *o, int id, const char *value)
{
	*array_push(&o->given[id]) = value;
}

/* The spellings of a truth value that Falco's parser knows. */
static int parse_flag(const char *text, bool *ret)
{
	static const char *const yes[] = { "true", "True", "1", "t", "T" };
	static const char *const no[] = { "false", "False", "0", "f", "F" };

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		if (!strcmp(text, yes[i]) || !strcmp(text, no[i])) {
			*ret = strcmp(text, yes[i]) == 0;
			return 0;
		}

	return -EINVAL;
}

static bool is_number(const char *text)
{
	char *end;

	errno = 0;
	strtol(text, &end, 0);
	return *text && !*end && errno == 0;
}

static int keep_checked(struct options *o, int id, const char *value,
			struct error *err)
{
	bool on = true;
	bool good = true;

	if (option_rows[id].takes == TAKES_FLAG)
		good = parse_flag(value, &on) == 0;
	else if (option_rows[id].takes == TAKES_NUMBER)
		good = is_number(value);
	if (!good)
		return error_set(err, -EINVAL,
				 "Argument ‘%s’ failed to parse", value);
	if (on)
		keep(o, id, value);

	return 0;
}

/* The word after an option, which is never "--": that would hide the command. */
static int next_word(struct words *words, struct span name, const char **ret,
		     struct error *err)
{
	if (!*words->next || !strcmp(*words->next, "--"))
		return error_set(err, -EINVAL,
				 "Option ‘%.*s’ is missing an argument",
				 SPAN_FMT(name));

	*ret = *words->next++;
	return 0;
}

static bool wants_word(int id)
{
	return option_rows[id].takes == TAKES_TEXT ||
	       option_rows[id].takes == TAKES_NUMBER;
}

/* "--word", "--word=value", "--word value"; text is behind the dashes. */
static int parse_long(struct options *o, const char *text, struct words *words,
		      struct error *err)
{
	struct span name = span_make(text, strcspn(text, "="));
	const char *value = text[name.n] ? text + name.n + 1 : NULL;
	int id = find_word(name);
	int ret;

	if (id < 0)
		return unknown_option(o, name, err);
	if (value)
		return keep_checked(o, id, value, err);
	if (!wants_word(id)) {
		keep(o, id, option_rows[id].takes == TAKES_FLAG ? "true" : "");
		return 0;
	}
	ret = next_word(words, name, &value, err);
	if (ret < 0)
		return ret;

	return keep_checked(o, id, value, err);
}

/* "-a", "-abc", "-cword", "-c word"; text is behind the dash. */
static int parse_letters(struct options *o, const char *text,
			 struct words *words, struct error *err)
{
	for (; *text; text++) {
		struct span name = span_make(text, 1);
		int id = find_letter(*text);
		const char *value = text + 1;
		int ret;

		if (id < 0)
			return unknown_option(o, name, err);
		if (!wants_word(id)) {
			keep(o, id, "true");
			continue;
		}
		if (!*value) {
			ret = next_word(words, name, &value, err);
			if (ret < 0)
				return ret;
		}
		return keep_checked(o, id, value, err);
	}
	return 0;
}

static int parse_word(struct options *o, const char *word, struct words *words,
		      struct error *err)
{
	if (word[0] == '-' && word[1] == '-')
		return parse_long(o, word + 2, words, err);
	if (word[0] == '-' && word[1])
		return parse_letters(o, word + 1, words, err);
	if (!o->stray && *word)
		o->stray = word;

	return 0;
}

int options_parse(struct options *o, char *const *argv, struct error *err)
{
	struct words words = { argv };

	if (*words.next)
		words.next++;
	while (*words.next) {
		const char *word = *words.next++;
		int ret;

		if (!strcmp(word, "--")) {
			o->command = words.next;
			return 0;
		}
		ret = parse_word(o, word, &words, err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

void options_done(struct options *o)
{
	for (int i = 0; i < OPT_COUNT; i++)
		array_done(&o->given[i]);
}

const char *options_nearest(struct span name)
{
	struct nearest near = NEAREST(name);

	for (int i = 0; i < OPT_COUNT; i++)
		if (name.n > 1 && option_rows[i].word[0])
			nearest_offer(&near, option_rows[i].word);

	return near.name;
}

bool options_has(const struct options *o, enum option_id id)
{
	return o->given[id].n > 0;
}

const char *options_last(const struct options *o, enum option_id id)
{
	return o->given[id].n ? o->given[id].items[o->given[id].n - 1] : NULL;
}

/* The first given option of a use; -1 for none. */
static int first_of_use(const struct options *o, enum option_use use)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (option_rows[i].use == use && o->given[i].n)
			return i;

	return -1;
}

bool options_want_own_mode(const struct options *o)
{
	return first_of_use(o, USE_OWN) >= 0;
}

/* Appends text behind `column`, broken at spaces to HELP_WIDTH. */
static void add_wrapped(struct strbuf *out, const char *text)
{
	while (strlen(text) > HELP_WIDTH - HELP_INDENT) {
		size_t n = HELP_WIDTH - HELP_INDENT;

		while (n && text[n] != ' ')
			n--;
		strbuf_add(out, text, n);
		strbuf_addf(out, "\n%*s", HELP_INDENT, "");
		text += n + 1;
	}
	strbuf_addf(out, "%s\n", text);
}

static void add_option(struct strbuf *out, const struct option *option)
{
	size_t start = out->n;

	if (option->letter)
		strbuf_addf(out, "  -%c", option->letter);
	else
		strbuf_adds(out, "    ");
	if (option->word[0])
		strbuf_addf(out, "%s --%s", option->letter ? "," : " ",
			    option->word);
	strbuf_addf(out, "%s%s", option->takes == TAKES_MAYBE ? "" : " ",
		    option->argument);
	if (out->n - start >= HELP_INDENT) {
		strbuf_addch(out, '\n');
		start = out->n;
	}
	strbuf_addf(out, "%*s", (int)(HELP_INDENT - (out->n - start)), "");
	add_wrapped(out, option->help);
}

void options_help(struct strbuf *out)
{
	strbuf_adds(out,
		    "falco-run: a program under Falco's rules, with no driver and"
		    " no root\n"
		    "Usage:\n"
		    "  falco-run [options] -- command [arguments]\n"
		    "  falco-run [options] with one of Falco's own modes"
		    " (-V, -L, --list, --version ...)\n\n");
	for (int i = 0; i < OPT_COUNT; i++)
		add_option(out, &option_rows[i]);
	strbuf_adds(out,
		    "\nExit status: the program's own (128+N for signal N);"
		    " 125, 126, 127 when falco-run could not\nstart it;"
		    " 3 with --fail-on. FALCO_RUN=off in the environment runs the"
		    " program directly.\n");
}

void options_usage(struct strbuf *out)
{
	strbuf_adds(out,
		    "usage: falco-run [options] -- command [arguments]\n"
		    "       falco-run --help shows the options\n");
}

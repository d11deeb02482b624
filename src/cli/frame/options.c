/* SPDX-License-Identifier: ISC */
/*
 * options: both passes use getopt_long(3), with arrays made from the tables. An option's
 * val is LONG_BASE plus its place in the joined table, also when given by its letter
 * (after a look-up), so that no two options can be confused.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/options.h"
#include "lib/base/escape.h"

#define OPTIONS_MAX 32 /* of one verb and global together */
#define LONG_BASE 256  /* above every letter */

const struct cli_option global_options[] = {
    {"config", 'c', "FILE", "the settings file"},
    {"help", 'h', NULL, "print help and exit"},
    {"version", 0, NULL, "print the version and exit"},
    {NULL, 0, NULL, NULL},
};

/* The arguments of getopt_long(3), made from the tables. */
struct grammar {
	const struct cli_option *option[OPTIONS_MAX];
	struct option long_options[OPTIONS_MAX + 1];
	char letters[2 + 2 * OPTIONS_MAX + 1];
	int n;
};

static void
grammar_add(struct grammar *g, const struct cli_option *o)
{
	char *letter = g->letters + strlen(g->letters);

	for (; o->name != NULL; o++) {
		assert(g->n < OPTIONS_MAX);
		g->option[g->n] = o;
		g->long_options[g->n] = (struct option){
		    .name = o->name,
		    .has_arg =
			o->argument != NULL ? required_argument : no_argument,
		    .val = LONG_BASE + g->n,
		};
		g->n++;
		if (o->letter == 0)
			continue;
		*letter++ = o->letter;
		if (o->argument != NULL)
			*letter++ = ':';
	}
	*letter = '\0';
}

static const struct cli_option *
grammar_option(const struct grammar *g, int val)
{
	if (val >= LONG_BASE)
		return g->option[val - LONG_BASE];
	for (int i = 0; i < g->n; i++)
		if (val != 0 && g->option[i]->letter == val)
			return g->option[i];
	return NULL;
}

/* Set the error for getopt_long(3)'s answer ':' or '?'. */
static int
refuse(struct cli *cli, const struct grammar *g, int answer, const char *word,
    struct error *error)
{
	const struct cli_option *o = grammar_option(g, optopt);
	struct buf text = BUF_INIT;

	if (o != NULL && answer == ':')
		return error_set(error, ERROR_USAGE,
		    "option --%s needs an argument, %s", o->name, o->argument);
	if (o != NULL)
		return error_set(error, ERROR_USAGE,
		    "option --%s takes no argument", o->name);
	cli->unknown_option = true;
	if (optopt != 0)
		escape_terminal(&text, &(char){(char)optopt}, 1);
	else
		escape_terminal(&text, word, strlen(word));
	error_set(error, ERROR_USAGE, "unknown or ambiguous option %s%s",
	    optopt != 0 ? "-" : "", text.data != NULL ? text.data : "");
	buf_free(&text);
	return -1;
}

static int
parse_options(struct cli *cli, struct grammar *g, int argc, char **argv,
    struct error *error)
{
	int c;

	opterr = 0;
	optind = 0; /* reset, for the second pass, too */
	while ((c = getopt_long(argc, argv, g->letters, g->long_options,
		    NULL)) != -1) {
		if (c == ':' || c == '?')
			return refuse(cli, g, c, argv[optind - 1], error);
		cli->given[cli->ngiven++] = (struct cli_given){
		    .option = grammar_option(g, c),
		    .value = optarg != NULL ? optarg : "",
		};
	}
	return 0;
}

int
options_parse_global(struct cli *cli, int *verb, struct error *error)
{
	struct grammar g = {.letters = "+:"};
	size_t most = 1; /* "-abc" is three: at most one option for each byte */

	for (int i = 1; i < cli->argc; i++)
		most += strlen(cli->argv[i]);
	cli->given = calloc(most, sizeof(*cli->given));
	if (cli->given == NULL)
		return error_sys(error, ERROR_IO, "options");
	grammar_add(&g, global_options);
	if (parse_options(cli, &g, cli->argc, cli->argv, error) == -1)
		return -1;
	*verb = optind;
	return 0;
}

int
options_parse_command(struct cli *cli, int verb, struct error *error)
{
	struct grammar g = {.letters = ":"};
	int argc = cli->argc - verb;
	char **argv = calloc((size_t)argc + 1, sizeof(*argv));

	cli->words = argv;
	if (argv == NULL)
		return error_sys(error, ERROR_IO, "options");
	/* A copy: getopt permutes, and the advice shows the line as typed. */
	memcpy(argv, cli->argv + verb, (size_t)argc * sizeof(*argv));
	grammar_add(&g, global_options);
	grammar_add(&g, cli->command->options);
	if (parse_options(cli, &g, argc, argv, error) == -1)
		return -1;
	cli->operands = argv + optind;
	cli->noperands = argc - optind;
	return 0;
}

int
options_first_operand(const struct cli *cli)
{
	struct grammar g = {.letters = "+:"};
	int verb = 1, c;

	while (cli->argv[verb] != cli->words[0])
		verb++;
	grammar_add(&g, global_options);
	grammar_add(&g, cli->command->options);
	opterr = 0;
	optind = 0;
	while ((c = getopt_long(cli->argc - verb, cli->argv + verb, g.letters,
		    g.long_options, NULL)) != -1)
		if (c == ':' || c == '?')
			return cli->argc;
	return verb + optind;
}

void
options_free(struct cli *cli)
{
	free(cli->given);
	free(cli->words);
}

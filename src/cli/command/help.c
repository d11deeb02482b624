/* SPDX-License-Identifier: ISC */
/* help: alertspool help prints all commands, and their usage. */
#include "config.h"

#include "cli/frame/cli.h"
#include "cli/frame/help.h"

static const struct cli_option help_options[] = {
    {"tables", 0, NULL, "print commands and options for programs"},
    {NULL, 0, NULL, NULL},
};

static int
unknown(struct cli *cli, const struct command_group *g, const char *word,
    struct error *error)
{
	const char *nearest = command_nearest(g, word);

	error_set(error, ERROR_USAGE, "unknown command \"%s%s%.100s\"",
	    g == NULL ? "" : g->name, g == NULL ? "" : " ", word);
	return cli_advise(cli, "did you mean \"alertspool help%s%s\"?",
	    nearest != NULL ? " " : "", nearest != NULL ? nearest : "");
}

static int
help_run(struct cli *cli, struct error *error)
{
	const char *word = cli->noperands > 0 ? cli->operands[0] : NULL;
	const char *second = cli->noperands > 1 ? cli->operands[1] : NULL;
	const struct command_group *g;
	const struct command *c;

	if (cli_value(cli, "tables") != NULL) {
		help_tables();
		return 0;
	}
	if (word == NULL) {
		help_overview();
		return 0;
	}
	g = command_group_find(word);
	if (g != NULL && second == NULL) {
		help_group(g);
		return 0;
	}
	if (g == NULL && second != NULL)
		return error_set(error, ERROR_USAGE,
		    "\"%.100s\" is one word too many", second);
	c = g != NULL ? command_group_verb(g, second) : command_find(word);
	if (c == NULL)
		return unknown(cli, g, g != NULL ? second : word, error);
	help_command(c);
	return 0;
}

const struct command command_help = {
    .name = "help",
    .arguments = "[COMMAND…]",
    .summary = "print all commands, or the usage of one",
    .details =
	"Without COMMAND, lists all commands. With --tables, prints every\n"
	"command and option as one line of columns separated by TAB, to\n"
	"test the manual and to make completions.\n",
    .options = help_options,
    .min_operands = 0,
    .max_operands = 2,
    .run = help_run,
};

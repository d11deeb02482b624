/* SPDX-License-Identifier: ISC */
/* alertspool help: what there is, and how it is used. */
#include "config.h"

#include "cli/frame/cli.h"
#include "cli/frame/help.h"

static const struct cli_option help_options[] = {
    {"tables", 0, NULL, "print commands and options for programs"},
    {NULL, 0, NULL, NULL},
};

static int
help_run(struct cli *cli, struct error *error)
{
	const struct command *command;

	if (cli_value(cli, "tables") != NULL) {
		help_tables();
		return 0;
	}
	if (cli->noperands == 0) {
		help_overview();
		return 0;
	}
	command = command_find(cli->operands[0]);
	if (command == NULL) {
		const char *nearest = command_nearest(cli->operands[0]);

		error_set(error, ERROR_USAGE, "unknown command \"%.100s\"",
		    cli->operands[0]);
		return cli_advise(cli, "did you mean \"alertspool help%s%s\"?",
		    nearest != NULL ? " " : "", nearest != NULL ? nearest : "");
	}
	help_command(command);
	return 0;
}

const struct command command_help = {
    .name = "help",
    .arguments = "[COMMAND]",
    .summary = "print all commands, or how one of them is used",
    .details = "Without COMMAND, lists what there is. With --tables, prints\n"
	       "every command and option as one line of columns separated by\n"
	       "TAB, to test the manual and to make completions.\n",
    .options = help_options,
    .min_operands = 0,
    .max_operands = 1,
    .run = help_run,
};

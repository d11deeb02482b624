/* SPDX-License-Identifier: ISC */
/* help: prints everything from the tables. */
#include "config.h"
#include "installed.h"

#include <stdio.h>
#include <string.h>

#include "cli/frame/help.h"

#define WIDTH 79 /* of usage lines */
#define LEFT_MAX 48

static void
print_options(const struct cli_option *o)
{
	for (; o->name != NULL; o++) {
		char left[LEFT_MAX];

		snprintf(left, sizeof(left), "%s%.1s%s--%s%s%s",
		    o->letter != 0 ? "-" : "", &o->letter,
		    o->letter != 0 ? ", " : "    ", o->name,
		    o->argument != NULL ? " " : "",
		    o->argument != NULL ? o->argument : "");
		printf("  %-25s %s\n", left, o->help);
	}
}

/* Print a part of a usage line, and break the line if it gets too long. *column is
 * updated. */
static void
print_usage_word(const char *word, int indent, int *column)
{
	const int n = (int)strlen(word);

	if (*column + 1 + n > WIDTH) {
		printf("\n%*s", indent, "");
		*column = indent;
	}
	printf(" %s", word);
	*column += 1 + n;
}

static void
print_usage(const struct command *c)
{
	int indent = printf("usage: alertspool %s", c->name);
	int column = indent;

	for (const struct cli_option *o = c->options; o->name != NULL; o++) {
		char word[LEFT_MAX];

		snprintf(word, sizeof(word), "[--%s%s%s]", o->name,
		    o->argument != NULL ? " " : "",
		    o->argument != NULL ? o->argument : "");
		print_usage_word(word, indent, &column);
	}
	if (c->arguments[0] != '\0')
		print_usage_word(c->arguments, indent, &column);
	putchar('\n');
}

void
help_group(const struct command_group *g)
{
	printf("alertspool %s - %s\n\nCommands:\n", g->name, g->summary);
	for (size_t i = 0; g->commands[i] != NULL; i++)
		printf("  %-15s %s\n", g->commands[i]->name,
		    g->commands[i]->summary);
	printf("\n\"alertspool help %s COMMAND\" tells more.\n", g->name);
}

void
help_command(const struct command *c)
{
	printf("alertspool %s - %s\n\n", c->name, c->summary);
	print_usage(c);
	printf("\n%s", c->details);
	printf("\nOptions:\n");
	print_options(c->options);
	print_options(global_options);
}

void
help_overview(void)
{
	printf("usage: alertspool [-c FILE] COMMAND [OPTION]… [ARGUMENT]…\n\n"
	       "Look at and work on the alerts that alertspool.fcgi(8) "
	       "spooled.\n\nCommands:\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		printf("  %-9s %s\n", commands[i]->name, commands[i]->summary);
	printf("\nGroups of commands:\n");
	for (const struct command_group *g = command_groups; g->name != NULL;
	    g++)
		printf("  %-9s %s\n", g->name, g->summary);
	printf("\nOptions of every command:\n");
	print_options(global_options);
	printf("\nThe settings file is -c FILE, else $ALERTSPOOL_CONF, else\n"
	       "%s/alertspool/alertspool.conf.\n"
	       "\"alertspool help COMMAND\" tells more.\n",
	    SYSCONFDIR);
}

static void
print_option_rows(const char *verb, const struct cli_option *o)
{
	for (; o->name != NULL; o++)
		printf("option\t%s\t--%s\t-%.1s\t%s\t%s\n", verb, o->name,
		    &o->letter, o->argument != NULL ? o->argument : "-",
		    o->help);
}

static void
print_command_rows(const struct command *const *list)
{
	for (; *list != NULL; list++) {
		const struct command *c = *list;

		printf("command\t%s\t%s\t%s\n", c->name,
		    c->arguments[0] != '\0' ? c->arguments : "-", c->summary);
		print_option_rows(c->name, c->options);
	}
}

void
help_tables(void)
{
	print_option_rows("-", global_options);
	print_command_rows(commands);
	for (const struct command_group *g = command_groups; g->name != NULL;
	    g++) {
		printf("group\t%s\t%s\n", g->name, g->summary);
		print_command_rows(g->commands);
	}
}

/* SPDX-License-Identifier: ISC */
/* commands: the tables of all verbs and groups, and a guess for mistyped ones. */
#include "config.h"

#include <string.h>

#include "cli/frame/cli.h"

#define WORD_MAX 32    /* longer words are similar to no verb */
#define DISTANCE_MAX 2 /* typing mistakes in a similar word */

#define COMMAND_ROW(verb) &command_##verb,
const struct command *const commands[] = {COMMANDS(COMMAND_ROW) NULL};

extern const struct command command_atlas_check, command_atlas_severity,
    command_atlas_reconcile, command_atlas_ack, command_atlas_unack;

static const struct command *const atlas_commands[] = {
    &command_atlas_check,
    &command_atlas_severity,
    &command_atlas_reconcile,
    &command_atlas_ack,
    &command_atlas_unack,
    NULL,
};

extern const struct command command_source_add, command_source_list;

static const struct command *const source_commands[] = {
    &command_source_add,
    &command_source_list,
    NULL,
};

const struct command_group command_groups[] = {
    {"atlas", "ask Atlas: its settings, and alerts missing here",
	atlas_commands},
    {"source", "the sources of alerts and their secrets", source_commands},
    {NULL, NULL, NULL},
};

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

const struct command_group *
command_group_find(const char *name)
{
	for (const struct command_group *g = command_groups; g->name != NULL;
	    g++)
		if (strcmp(g->name, name) == 0)
			return g;
	return NULL;
}

/* A verb's word in its table: the one after the noun, if there is one. */
static const char *
own_word(const struct command_group *g, const struct command *c)
{
	return g == NULL ? c->name : c->name + strlen(g->name) + 1;
}

const struct command *
command_group_verb(const struct command_group *g, const char *word)
{
	for (size_t i = 0; g->commands[i] != NULL; i++)
		if (strcmp(own_word(g, g->commands[i]), word) == 0)
			return g->commands[i];
	return NULL;
}

static int
lesser(int a, int b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: letters added, dropped, changed or swapped with their
 * neighbour. Both words are at most WORD_MAX long. */
static int
distance(const char *a, const char *b)
{
	int d[WORD_MAX + 1][WORD_MAX + 1];
	int m = (int)strlen(a), n = (int)strlen(b);

	for (int i = 0; i <= m; i++)
		d[i][0] = i;
	for (int j = 0; j <= n; j++)
		d[0][j] = j;
	for (int i = 1; i <= m; i++)
		for (int j = 1; j <= n; j++) {
			int change = a[i - 1] != b[j - 1];

			d[i][j] = lesser(d[i - 1][j - 1] + change,
			    lesser(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = lesser(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[m][n];
}

/* The distance of a word from a typed one; 0 if the typed word is its beginning. */
static int
likeness(const char *typed, const char *word)
{
	size_t len = strlen(typed);

	return strncmp(word, typed, len) == 0 ? 0 : distance(typed, word);
}

const char *
command_nearest(const struct command_group *g, const char *word)
{
	const struct command *const *verbs = g == NULL ? commands : g->commands;
	const char *nearest = NULL;
	int best = DISTANCE_MAX + 1, d;

	if (*word == '\0' || strlen(word) > WORD_MAX)
		return NULL;
	for (size_t i = 0; verbs[i] != NULL; i++)
		if ((d = likeness(word, own_word(g, verbs[i]))) < best) {
			best = d;
			nearest = verbs[i]->name;
		}
	for (size_t i = 0; g == NULL && command_groups[i].name != NULL; i++)
		if ((d = likeness(word, command_groups[i].name)) < best) {
			best = d;
			nearest = command_groups[i].name;
		}
	return nearest;
}

/* SPDX-License-Identifier: ISC */
/* The table of all verbs, and which of them a mistyped one may be. */
#include "config.h"

#include <string.h>

#include "cli/frame/cli.h"

#define WORD_MAX 32    /* longer words resemble no verb */
#define DISTANCE_MAX 2 /* typing mistakes that are still a likeness */

#define COMMAND_ROW(verb) &command_##verb,
const struct command *const commands[] = {COMMANDS(COMMAND_ROW) NULL};

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int
lesser(int a, int b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: letters added, dropped, changed or swapped with
 * their neighbour. Both words are at most WORD_MAX long. */
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

const char *
command_nearest(const char *name)
{
	const char *nearest = NULL;
	int best = DISTANCE_MAX + 1;
	size_t len = strlen(name);

	if (len == 0 || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *verb = commands[i]->name;
		/* The front of a verb is meant to be it. */
		int d =
		    strncmp(verb, name, len) == 0 ? 0 : distance(name, verb);

		if (d < best) {
			best = d;
			nearest = verb;
		}
	}
	return nearest;
}

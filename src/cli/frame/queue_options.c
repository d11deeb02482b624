/* SPDX-License-Identifier: ISC */
/* queue_options: every processing key of [queue NAME] is an option of the same name, with
 * "-" for "_". */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/frame/cli.h"
#include "cli/frame/queue_options.h"

static bool
is_same(const char *option, const char *key)
{
	for (; *option != '\0' && *key != '\0'; option++, key++)
		if (*option != *key && (*option != '-' || *key != '_'))
			return false;
	return *option == *key;
}

static const struct cli_option *
find_option(const struct command *command, const char *key)
{
	const struct cli_option *o = command->options;

	while (o->name != NULL && !is_same(o->name, key))
		o++;
	return o->name != NULL ? o : NULL;
}

/* Refuse options that do not apply to this kind of queue. */
static int
check_given(const struct cli *cli, const struct queue_settings *queue,
    struct error *error)
{
	enum queue_kind kind;

	for (size_t i = 0; i < cli->ngiven; i++) {
		const char *name = cli->given[i].option->name;

		kind = queues_option_kind(name);
		if (kind != QUEUE_MANUAL && kind != queue->kind)
			return error_set(error, ERROR_USAGE,
			    "option --%s is not for queue %s, which has %s",
			    name, queue->name,
			    queue->kind == QUEUE_COMMAND ? "a command"
							 : "forward");
	}
	return 0;
}

int
queue_options_add(struct cli *cli, const struct queue_settings *queue,
    struct error *error)
{
	size_t n = cli->ngiven + queue->noptions, filled = 0;
	struct cli_given *given;

	if (check_given(cli, queue, error) == -1)
		return -1;
	given = calloc(n + 1, sizeof(*given));
	if (given == NULL)
		return error_sys(error, ERROR_IO, "%zu options", n);
	for (size_t i = 0; i < queue->noptions; i++) {
		const struct cli_option *o =
		    find_option(cli->command, queue->option[i].key);

		if (o != NULL)
			given[filled++] =
			    (struct cli_given){o, queue->option[i].value};
	}
	for (size_t i = 0; i < cli->ngiven; i++)
		given[filled++] = cli->given[i];
	free(cli->given);
	cli->given = given;
	cli->ngiven = filled;
	return 0;
}

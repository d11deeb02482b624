/* SPDX-License-Identifier: ISC */
/* operands: reports an ID that fails and tries the next one. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/frame/operands.h"

struct ids {
	struct cli *cli;
	const struct spool *spool;
	operands_work *work;
	void *context;
	int code; /* of the first failure */
};

static void
one(struct ids *ids, const char *id)
{
	struct error error = ERROR_INIT;
	struct spool_entry entry;

	if (spool_resolve(ids->spool, id, entry.name, &entry.state, &error) ==
		-1 ||
	    ids->work(ids->context, &entry, &error) == -1)
		cli_fail(ids->cli, &error, &ids->code);
}

static void
from_stdin(struct ids *ids)
{
	struct error error = ERROR_INIT;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) != -1) {
		const char *id = line + strspn(line, " \t\n");

		if (*id == '\0')
			continue;
		line[strcspn(id, " \t\n") + (size_t)(id - line)] = '\0';
		one(ids, id);
	}
	if (ferror(stdin)) {
		error_sys(&error, ERROR_IO, "standard input");
		cli_fail(ids->cli, &error, &ids->code);
	}
	free(line);
}

int
operands_each(struct cli *cli, const struct spool *spool, operands_work *work,
    void *context)
{
	struct ids ids = {
	    .cli = cli,
	    .spool = spool,
	    .work = work,
	    .context = context,
	    .code = EX_OK,
	};

	for (int i = 0; i < cli->noperands; i++)
		if (strcmp(cli->operands[i], "-") == 0)
			from_stdin(&ids);
		else
			one(&ids, cli->operands[i]);
	return ids.code;
}

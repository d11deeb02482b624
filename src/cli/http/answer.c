/* SPDX-License-Identifier: ISC */
/* answer: the responder has few answers; any other comes from another program. */
#include "config.h"

#include <jansson.h>
#include <string.h>
#include <sysexits.h>

#include "cli/frame/cli.h"
#include "cli/http/answer.h"
#include "cli/http/client.h"

static int
status_code(struct cli *cli, int status)
{
	struct error error = ERROR_INIT;

	if (status >= 200 && status <= 299)
		return EX_OK;
	error_set(&error, ERROR_IO, "the receiver answered %d", status);
	if (status == 403)
		cli_advise(cli,
		    "its secret or token differs from this source's "
		    "secret_file and token_file, or was lost on the way: run "
		    "\"alertspool check --url\"");
	else if (status == 503)
		cli_advise(cli,
		    "its log shows why it cannot store now; try "
		    "again");
	else
		cli_advise(cli, "is this the responder's URL?");
	(void)cli_tell(cli, &error);
	return status == 403 ? EX_NOPERM
	    : status == 503  ? EX_TEMPFAIL
			     : EX_PROTOCOL;
}

/* A second delivery of the same bytes must have found the first. */
static int
duplicate_code(struct cli *cli, const struct client_answer *answer)
{
	struct error error = ERROR_INIT;
	json_t *body = json_loadb(answer->body.data, answer->body.len, 0, NULL);
	const char *status = json_string_value(json_object_get(body, "status"));
	bool duplicate = status != NULL && strcmp(status, "duplicate") == 0;

	json_decref(body);
	if (duplicate)
		return EX_OK;
	error_set(&error, ERROR_IO,
	    "the same alert, sent again, was not answered as a duplicate");
	cli_advise(cli,
	    "it is two records now, or the answer is not the "
	    "responder's own");
	(void)cli_tell(cli, &error);
	return EX_PROTOCOL;
}

int
answer_code(struct cli *cli, const struct client_answer *answer, bool again)
{
	int code = status_code(cli, answer->status);

	return again && code == EX_OK ? duplicate_code(cli, answer) : code;
}

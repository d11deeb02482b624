/* SPDX-License-Identifier: ISC */
/* exchange: functions for requests and answers that do not need libcurl. */
#include "config.h"

#include "cli/http/client.h"
#include "cli/http/transfer.h"

void
client_headers(struct buf *out, const struct client_request *request,
    const char *line_end)
{
	if (!request->get)
		buf_addf(out, "Content-Type: application/json%s", line_end);
	if (request->event != NULL)
		buf_addf(out, "X-MMS-Event: %s%s", request->event, line_end);
	if (request->signature != NULL)
		buf_addf(out, "X-MMS-Signature: %s%s", request->signature,
		    line_end);
	if (request->extra != NULL)
		buf_addf(out, "%s%s", request->extra, line_end);
}

void
client_answer_free(struct client_answer *answer)
{
	buf_free(&answer->body);
	buf_free(&answer->location);
}

void
transfer_answer_free(struct transfer_answer *answer)
{
	buf_wipe(&answer->body);
}

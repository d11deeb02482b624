/* SPDX-License-Identifier: ISC */
/* transfer_none: replaces transfer.c in a program without libcurl. */
#include "config.h"

#include "cli/http/transfer.h"
#include "lib/base/error.h"

int
transfer_open(struct transfer **transfer, const char *ca_file,
    struct error *error)
{
	(void)ca_file;
	*transfer = NULL;
	return error_set(error, ERROR_UNAVAILABLE,
	    "this build of alertspool lacks libcurl, which asking the API "
	    "needs");
}

void
transfer_close(struct transfer *t)
{
	(void)t;
}

int
transfer_send(struct transfer *t, const struct transfer_request *request,
    struct transfer_answer *answer, struct error *error)
{
	(void)t;
	(void)request;
	*answer = (struct transfer_answer){.status = 0};
	return error_set(error, ERROR_UNAVAILABLE, "no libcurl");
}

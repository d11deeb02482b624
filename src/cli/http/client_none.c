/* SPDX-License-Identifier: ISC */
/* client_none: replaces client.c in a program without libcurl. */
#include "config.h"

#include "cli/http/client.h"
#include "lib/base/error.h"

int
client_send(const struct client_request *request, struct client_answer *answer,
    struct error *error)
{
	(void)request;
	*answer = (struct client_answer){.status = 0};
	return error_set(error, ERROR_UNAVAILABLE,
	    "this build of alertspool lacks libcurl, which sending needs");
}

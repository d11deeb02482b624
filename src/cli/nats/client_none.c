/* SPDX-License-Identifier: ISC */
/* client_none: replaces client.c in a program without the NATS library; opening a
 * connection fails with the reason. */
#include "config.h"

#include <assert.h>

#include "cli/nats/client.h"
#include "lib/base/error.h"

int
nats_client_open(struct nats_client **client, const struct servers *servers,
    struct error *error)
{
	(void)servers;
	*client = NULL;
	return error_set(error, ERROR_UNAVAILABLE,
	    "this build of alertspool lacks the NATS client library, which "
	    "forwarding needs");
}

void
nats_client_close(struct nats_client *b)
{
	assert(b == NULL);
}

int
nats_client_fd(const struct nats_client *b)
{
	(void)b;
	return -1;
}

bool
nats_client_next(struct nats_client *b, struct nats_client_news *news)
{
	(void)b;
	(void)news;
	return false;
}

bool
nats_client_is_connected(const struct nats_client *b)
{
	(void)b;
	return false;
}

int64_t
nats_client_max_payload(const struct nats_client *b)
{
	(void)b;
	return 0;
}

enum nats_client_sent
nats_client_publish(struct nats_client *b, const struct nats_client_message *m,
    char why[static NATS_CLIENT_TEXT_SIZE])
{
	(void)b;
	(void)m;
	*why = '\0';
	return NATS_CLIENT_NOT_SENT;
}

int
nats_client_request(struct nats_client *b, const char *subject,
    const char *question, struct buf *answer, struct error *error)
{
	(void)b;
	(void)subject;
	(void)question;
	(void)answer;
	return error_set(error, ERROR_INTERNAL, "no broker");
}

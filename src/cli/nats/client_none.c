/* SPDX-License-Identifier: ISC */
/* In place of broker.c in a build without the client library: there is never a
 * broker, and opening one says why. */
#include "config.h"

#include <assert.h>

#include "cli/nats/client.h"
#include "lib/base/error.h"

#ifndef HAVE_NATS

int
broker_open(struct broker **broker, const struct servers *servers,
    struct error *error)
{
	(void)servers;
	*broker = NULL;
	return error_set(error, ERROR_UNAVAILABLE,
	    "this build of alertspool lacks the NATS client library, which "
	    "forwarding needs");
}

void
broker_close(struct broker *b)
{
	assert(b == NULL);
}

int
broker_fd(const struct broker *b)
{
	(void)b;
	return -1;
}

bool
broker_next(struct broker *b, struct broker_news *news)
{
	(void)b;
	(void)news;
	return false;
}

bool
broker_is_connected(const struct broker *b)
{
	(void)b;
	return false;
}

int64_t
broker_max_payload(const struct broker *b)
{
	(void)b;
	return 0;
}

enum broker_sent
broker_publish(struct broker *b, const struct broker_message *m,
    char why[static BROKER_TEXT_SIZE])
{
	(void)b;
	(void)m;
	*why = '\0';
	return BROKER_NOT_SENT;
}

int
broker_request(struct broker *b, const char *subject, const char *question,
    struct buf *answer, struct error *error)
{
	(void)b;
	(void)subject;
	(void)question;
	(void)answer;
	return error_set(error, ERROR_INTERNAL, "no broker");
}

#endif /* !HAVE_NATS */

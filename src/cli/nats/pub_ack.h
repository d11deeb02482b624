/* SPDX-License-Identifier: ISC */
/*
 * puback: what JetStream answers to a message.
 */
#ifndef ALERTSPOOL_NATS_PUB_ACK
#define ALERTSPOOL_NATS_PUB_ACK

#include <stdint.h>

#define PUBACK_WHY_SIZE 256

enum puback {
	PUBACK_STORED,	  /* by the stream that was meant */
	PUBACK_DUPLICATE, /* it had the message already */
	PUBACK_TOO_LARGE, /* for the stream, ever */
	PUBACK_NOT_NOW,	  /* the stream or the server is in a bad state */
	PUBACK_REFUSED,	  /* for a reason that may lie in the message */
	PUBACK_NONE	  /* it is no such answer */
};

/* Read the JSON of an answer; the message went to this stream. Stored and
 * duplicate: *sequence; everything else: why, in words that harm no log. */
enum puback puback_read(const char *text, const char *stream,
    uint64_t *sequence, char why[static PUBACK_WHY_SIZE]);

#endif

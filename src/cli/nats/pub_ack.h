/* SPDX-License-Identifier: ISC */
/* pub_ack: JetStream's answer to a message. */
#ifndef ALERTSPOOL_NATS_PUB_ACK_H
#define ALERTSPOOL_NATS_PUB_ACK_H

#include <stdint.h>

#define PUB_ACK_WHY_SIZE 256

enum pub_ack {
	PUB_ACK_STORED,	   /* by the right stream */
	PUB_ACK_DUPLICATE, /* it had the message already */
	PUB_ACK_TOO_LARGE, /* for the stream, always */
	PUB_ACK_NOT_NOW,   /* the stream or the server has a problem */
	PUB_ACK_REFUSED,   /* for a reason that may lie in the message */
	PUB_ACK_NONE	   /* not such an answer */
};

/* Read the JSON of an answer to a message for this stream. Stored and duplicate:
 * *sequence; otherwise: why, in words that are safe for a log. */
enum pub_ack pub_ack_read(const char *text, const char *stream,
    uint64_t *sequence, char why[static PUB_ACK_WHY_SIZE]);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * pub_ack: what JetStream answers to a message.
 */
#ifndef ALERTSPOOL_NATS_PUB_ACK_H
#define ALERTSPOOL_NATS_PUB_ACK_H

#include <stdint.h>

#define PUB_ACK_WHY_SIZE 256

enum pub_ack {
	PUB_ACK_STORED,	   /* by the stream that was meant */
	PUB_ACK_DUPLICATE, /* it had the message already */
	PUB_ACK_TOO_LARGE, /* for the stream, ever */
	PUB_ACK_NOT_NOW,   /* the stream or the server is in a bad state */
	PUB_ACK_REFUSED,   /* for a reason that may lie in the message */
	PUB_ACK_NONE	   /* it is no such answer */
};

/* Read the JSON of an answer; the message went to this stream. Stored and
 * duplicate: *sequence; everything else: why, in words that harm no log. */
enum pub_ack pub_ack_read(const char *text, const char *stream,
    uint64_t *sequence, char why[static PUB_ACK_WHY_SIZE]);

#endif

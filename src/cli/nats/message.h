/* SPDX-License-Identifier: ISC */
/*
 * message: a record as a message of the bus.
 *
 * The body is the record without delivery.signature and signature_sha256: readers of the
 * bus can neither use the signature nor try secrets on it. Its id is the record's name,
 * the same at every receiver of the delivery, so that the stream keeps one.
 */
#ifndef ALERTSPOOL_NATS_MESSAGE_H
#define ALERTSPOOL_NATS_MESSAGE_H

#include "cli/nats/client.h"
#include "cli/nats/subject.h"
#include "lib/base/buf.h"
#include "lib/record/name.h"

struct error;
struct record_view;

#define MESSAGE_HEADERS 8
#define MESSAGE_HEADER_SIZE 132 /* of a value from the record */

struct message {
	char subject[SUBJECT_SIZE];
	char id[NAME_SIZE + 16]; /* for the stream's window of duplicates */
	char value[MESSAGE_HEADERS][MESSAGE_HEADER_SIZE];
	struct nats_client_header headers[MESSAGE_HEADERS + 1];
	struct buf body;
};

/*
 * Make the message of a record that was read. A record that was requeued from done/ or
 * dead/ must be stored once more, so "+N" makes its id a different one. The template and
 * the stream's name are borrowed. 0, or -1 with ERROR_IO. Free with message_free() either
 * way.
 */
int message_make(struct message *, const struct record_view *,
    unsigned int requeues, const char *template, const char *stream,
    struct error *);

void message_free(struct message *);

#endif

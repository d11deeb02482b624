/* SPDX-License-Identifier: ISC */
/*
 * record: writes and reads the line of JSON that stores a delivery (alertspool-spool(5),
 * record_version 1).
 */
#ifndef ALERTSPOOL_RECORD_RECORD_H
#define ALERTSPOOL_RECORD_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "lib/base/digest.h"

struct alert;
struct buf;
struct error;

#define RECORD_VERSION 1

/*
 * A record has at most RECORD_GROWTH bytes for each byte of the body, and RECORD_REST for
 * everything else. A control character takes six bytes as "\\u0001", and may occur in
 * three places: in raw, in a field, and in extra or in a name from humanReadable.
 */
#define RECORD_GROWTH 18u
#define RECORD_REST (16u * 1024 * 1024)

/* How a record came into the spool: by the sender's request, by an operator's command, or
 * from the sender's API. */
#define RECORD_WEBHOOK "webhook"
#define RECORD_OPERATOR "operator"
#define RECORD_API "api"

/* The delivery itself. Strings are borrowed and may be NULL where the web server gave
 * none; they may hold any bytes and are made UTF-8 when written (invalid bytes become
 * U+FFFD). */
struct delivery {
	struct timespec received_at;
	const char *source;
	const char *receiver; /* host name of this machine */
	const char *remote_addr;
	const char *event;
	const char *request_id;
	const char *user_agent;
	const char *content_type;
	const char *content_encoding;
	const char *signature_verdict;
	const char *key;
	const char *token_verdict;
	const char *signature_sha256; /* from auth_check(); NULL: none */
	const char *method;	      /* RECORD_WEBHOOK and so on */
	const void *body;
	size_t body_len;
	unsigned char body_sha256[DIGEST_SIZE];
};

/* Append the record, keys in the promised order, newline at the end. 0, or -1
 * with ERROR_IO when there is no memory. */
int record_encode(struct buf *, const char *id, const struct delivery *,
    const struct alert *, struct error *) __attribute__((warn_unused_result));

/* Parse the text of a stored record: exactly one line with its newline, one JSON object
 * with a record_version of 1 or more. An owned reference, or NULL with ERROR_INPUT, or
 * ERROR_IO without memory. */
json_t *record_decode(const char *text, size_t len, struct error *);

/* Append the body as it came, from raw or raw_base64. 0, or -1 ERROR_INPUT. */
int record_body(const json_t *record, struct buf *, struct error *);

/* Fill in the delivery of a stored record with this body, SHA-256 included. Strings are
 * borrowed from the record, bytes from the body. 0, or -1 ERROR_INPUT when a required
 * field is missing. */
int record_delivery(const json_t *record, const struct buf *body,
    struct delivery *, struct error *);

/* Is this the complete text of a record of the body with this SHA-256 (given as
 * DIGEST_SIZE bytes): 1, 0, or -1 without memory. The type of callback that spool_put()
 * needs. */
int record_is_whole(const char *text, size_t len, const void *body_sha256,
    struct error *);

#endif

/* SPDX-License-Identifier: ISC */
/* decode: reads records of this and of later versions. Later ones have more keys, or
 * another meaning for a key; the caller must check the version for that. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/json/read.h"
#include "lib/record/record.h"

json_t *
record_decode(const char *text, size_t len, struct error *error)
{
	struct error why = ERROR_INIT;
	json_t *record;
	const json_t *version;

	if (len == 0 || memchr(text, '\n', len) != text + len - 1) {
		error_set(error, ERROR_INPUT, "a record is exactly one line");
		return NULL;
	}
	record = json_read_strict(text, len - 1, &why);
	if (record == NULL && why.kind == ERROR_IO) {
		errno = why.sys;
		error_sys(error, ERROR_IO, "a record cannot be read");
		return NULL;
	}
	if (record == NULL) {
		error_set(error, ERROR_INPUT, "a record is not JSON: %s",
		    why.text);
		return NULL;
	}
	version = json_object_get(record, "record_version");
	if (json_integer_value(version) >= 1)
		return record;
	error_set(error, ERROR_INPUT, "a record has no record_version");
	json_decref(record);
	return NULL;
}

int
record_body(const json_t *record, struct buf *body, struct error *error)
{
	const json_t *raw = json_object_get(record, "raw");
	const json_t *base64 = json_object_get(record, "raw_base64");
	size_t len = json_string_length(base64);
	ssize_t n;

	if (json_is_string(raw)) {
		buf_add(body, json_string_value(raw), json_string_length(raw));
		return buf_check(body, error);
	}
	if (!json_is_string(base64))
		return error_set(error, ERROR_INPUT, "a record has no body");
	if (buf_reserve(body, len) == -1)
		return buf_check(body, error);
	n = decode_base64(body->data + body->len, len,
	    json_string_value(base64), len);
	if (n == -1)
		return error_set(error, ERROR_INPUT,
		    "a record's raw_base64 is not Base64");
	body->len += (size_t)n;
	body->data[body->len] = '\0';
	return 0;
}

static const char *
text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

int
record_delivery(const json_t *record, const struct buf *body,
    struct delivery *d, struct error *error)
{
	const json_t *delivery = json_object_get(record, "delivery");
	const json_t *received = json_object_get(record, "received_at");

	*d = (struct delivery){
	    .source = text_of(record, "source"),
	    .receiver = text_of(delivery, "receiver"),
	    .remote_addr = text_of(delivery, "remote_addr"),
	    .event = text_of(delivery, "event"),
	    .request_id = text_of(delivery, "request_id"),
	    .user_agent = text_of(delivery, "user_agent"),
	    .content_type = text_of(delivery, "content_type"),
	    .content_encoding = text_of(delivery, "content_encoding"),
	    .signature_verdict = text_of(delivery, "signature_verdict"),
	    .key = text_of(delivery, "key"),
	    .token_verdict = text_of(delivery, "token_verdict"),
	    .signature_sha256 = text_of(delivery, "signature_sha256"),
	    .method = text_of(delivery, "method"),
	    .body = body->data,
	    .body_len = body->len,
	};
	if (d->method == NULL) /* older versions had no other */
		d->method = RECORD_WEBHOOK;
	digest_sha256(d->body_sha256,
	    &(struct digest_part){.bytes = body->data, .len = body->len}, 1);
	if (d->source == NULL || d->signature_verdict == NULL ||
	    d->token_verdict == NULL || !json_is_string(received) ||
	    timestamp_parse(json_string_value(received),
		json_string_length(received), &d->received_at) == -1)
		return error_set(error, ERROR_INPUT,
		    "a record lacks data of its delivery");
	return 0;
}

int
record_is_whole(const char *text, size_t len, const void *body_sha256,
    struct error *error)
{
	unsigned char digest[DIGEST_SIZE];
	struct error why = ERROR_INIT;
	struct buf body = BUF_INIT;
	json_t *record = record_decode(text, len, &why);
	int whole = 0;

	if (record != NULL && record_body(record, &body, &why) == 0) {
		digest_sha256(digest,
		    &(struct digest_part){.bytes = body.data, .len = body.len},
		    1);
		whole = memcmp(digest, body_sha256, DIGEST_SIZE) == 0;
	} else if (why.kind != ERROR_INPUT) {
		whole = error_take(error, &why);
	}
	buf_free(&body);
	json_decref(record);
	return whole;
}

/* SPDX-License-Identifier: ISC */
/*
 * From a body to a record: it is never refused; the name is valid; the record parses,
 * fits the schema (of the file $ALERTSPOOL_SCHEMA) and has the body byte for byte; and
 * encoding its values again gives the same text. The bytes after the last 0xff, which
 * JSON never has, are the text of X-MMS-Event.
 *
 * If $ALERTSPOOL_RECORDS is a directory, each record is left there, to be checked against
 * the schema.
 */
#include "config.h"

#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

#include "lib/alert/alert.h"
#include "lib/alert/severity.h"
#include "lib/base/buf.h"
#include "lib/base/digest.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/record/make.h"
#include "lib/record/record.h"

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/schema.h"

/* The error is a known one, at a place within the body. */
static void
check_error(const struct alert *alert, size_t len)
{
	const struct alert_error *why = &alert->error;

	if (why->code == ALERT_OK) {
		INVARIANT(json_is_object(alert->root));
		INVARIANT(alert->warnings >> ALERT_WARNINGS == 0);
		return;
	}
	INVARIANT(why->code < ALERT_ERRORS && alert->root == NULL);
	INVARIANT(why->message[0] != '\0');
	INVARIANT(why->line >= 1 && (size_t)why->line <= len + 1);
	INVARIANT(why->column >= 1 && (size_t)why->column <= len + 1);
}

/* The record of a delivery, and its name. */
static void
make_record(struct buf *text, char name[static NAME_SIZE],
    const struct delivery *delivery)
{
	struct severity_map rules = {.n = 0};
	struct error error = ERROR_INIT;
	struct alert alert;

	INVARIANT(alert_parse(&alert, delivery->body, delivery->body_len,
		      delivery->event, &rules, &error) == 0);
	check_error(&alert, delivery->body_len);
	record_make(name, &alert, delivery, 0, NULL);
	INVARIANT(name_parse(name, NULL));
	INVARIANT(record_encode(text, name, delivery, &alert, &error) == 0);
	alert_free(&alert);
}

/* The values that are read from the record give the same text again. */
static void
check_again(const struct buf *text, const char *name, const json_t *record,
    const struct buf *body)
{
	struct error error = ERROR_INIT;
	struct buf again = BUF_INIT;
	struct delivery delivery;
	char same[NAME_SIZE];

	INVARIANT(record_delivery(record, body, &delivery, &error) == 0);
	make_record(&again, same, &delivery);
	INVARIANT(strcmp(name, same) == 0);
	INVARIANT(text->len == again.len &&
	    memcmp(text->data, again.data, text->len) == 0);
	buf_free(&again);
}

static void
check_record(const struct buf *text, const char *name,
    const struct delivery *delivery)
{
	struct error error = ERROR_INIT;
	struct buf body = BUF_INIT;
	json_t *record = record_decode(text->data, text->len, &error);

	INVARIANT(record != NULL);
	INVARIANT(schema_fits(schema_root(), record));
	INVARIANT(strcmp(json_string_value(json_object_get(record, "id")),
		      name) == 0);
	INVARIANT(record_body(record, &body, &error) == 0);
	INVARIANT(body.len == delivery->body_len &&
	    (body.len == 0 ||
		memcmp(body.data, delivery->body, body.len) == 0));
	INVARIANT(record_is_whole(text->data, text->len, delivery->body_sha256,
		      &error) == 1);
	INVARIANT(record_is_whole(text->data, text->len - 1,
		      delivery->body_sha256, &error) == 0);
	check_again(text, name, record, &body);
	buf_free(&body);
	json_decref(record);
}

static void
leave(const struct buf *text, const char *name)
{
	static const char *records;
	struct error error = ERROR_INIT;
	char path[4096];

	if (records == NULL && (records = getenv("ALERTSPOOL_RECORDS")) == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s", records, name);
	unlink(path);
	INVARIANT(file_create(AT_FDCWD, path, 0644, text->data, text->len,
		      &error) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *split = size > 0 ? memrchr(data, 0xff, size) : NULL;
	size_t len = split != NULL ? (size_t)(split - data) : size;
	char *event = NULL, *body = fuzz_string(data, len);
	const struct digest_part part = {body, len};
	struct buf text = BUF_INIT;
	char name[NAME_SIZE];
	struct delivery delivery = {
	    .received_at = {.tv_sec = 1795420000, .tv_nsec = 1000},
	    .source = "default",
	    .receiver = "receiver.example.net",
	    .signature_verdict = "valid",
	    .key = "secret",
	    .token_verdict = "not-required",
	    .method = RECORD_WEBHOOK,
	    .body = body,
	    .body_len = len,
	};

	if (split != NULL)
		event = fuzz_string(split + 1, size - len - 1);
	delivery.event = delivery.user_agent = event;
	digest_sha256(delivery.body_sha256, &part, 1);
	make_record(&text, name, &delivery);
	check_record(&text, name, &delivery);
	leave(&text, name);
	buf_free(&text);
	free(event);
	free(body);
	return 0;
}

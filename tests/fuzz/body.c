/* SPDX-License-Identifier: ISC */
/*
 * From a body to a record: never refused; the name passes the name check, the
 * record parses and gives the body back to the byte, doing it again gives the
 * same text. What comes behind the last byte 0xff, which no JSON has, is the
 * text of X-MMS-Event.
 *
 * With a directory in $ALERTSPOOL_RECORDS each record is left there, to be held
 * against the schema.
 */
#include "config.h"

#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

#include "lib/alert.h"
#include "lib/buf.h"
#include "lib/digest.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/name.h"
#include "lib/record.h"
#include "lib/severity.h"

#include "tests/fuzz/fuzz.h"

static void
make_name(char name[static NAME_SIZE], const struct alert *alert,
    const void *body, size_t len)
{
	struct name_parts parts = {.transition = TRANSITION_UNKNOWN};
	unsigned char digest[DIGEST_SIZE];

	if (alert->error.code == ALERT_OK) {
		parts.has_time = alert->has_time;
		parts.time = alert->time;
		parts.transition = alert->transition;
		parts.alert = json_string_value(alert->id);
		parts.alert_len = json_string_length(alert->id);
	}
	name_digest(digest, "default", parts.transition, body, len);
	parts.digest = digest;
	name_make(name, &parts);
	INVARIANT(name_parse(name, NULL));
}

/* An error is one of the known ones, at a place within the body. */
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

static void
make_record(struct buf *text, char name[static NAME_SIZE], const char *body,
    size_t len, const char *event, unsigned char sha256[static DIGEST_SIZE])
{
	const struct digest_part part = {body, len};
	struct severity_map rules = {.n = 0};
	struct error error = ERROR_INIT;
	struct delivery delivery = {
	    .received_at = {.tv_sec = 1795420000},
	    .source = "default",
	    .receiver = "receiver.example.net",
	    .event = event,
	    .user_agent = event,
	    .signature_verdict = "valid",
	    .key = "secret",
	    .token_verdict = "not-required",
	    .body = body,
	    .body_len = len,
	};
	struct alert alert;

	digest_sha256(delivery.body_sha256, &part, 1);
	memcpy(sha256, delivery.body_sha256, DIGEST_SIZE);
	INVARIANT(alert_parse(&alert, body, len, event, &rules, &error) == 0);
	check_error(&alert, len);
	make_name(name, &alert, body, len);
	INVARIANT(record_encode(text, name, &delivery, &alert, &error) == 0);
	alert_free(&alert);
}

static void
check_record(const struct buf *text, const char *name, const char *body,
    size_t len, const unsigned char *sha256)
{
	struct error error = ERROR_INIT;
	struct buf again = BUF_INIT;
	struct delivery delivery;
	json_t *record = record_decode(text->data, text->len, &error);

	INVARIANT(record != NULL);
	INVARIANT(strcmp(json_string_value(json_object_get(record, "id")),
		      name) == 0);
	INVARIANT(json_is_null(json_object_get(record, "alert")) ==
	    json_is_object(json_object_get(record, "error")));
	INVARIANT(record_body(record, &again, &error) == 0);
	INVARIANT(again.len == len &&
	    (len == 0 || memcmp(again.data, body, len) == 0));
	INVARIANT(record_delivery(record, &again, &delivery, &error) == 0);
	INVARIANT(record_is_whole(text->data, text->len, sha256, &error) == 1);
	INVARIANT(
	    record_is_whole(text->data, text->len - 1, sha256, &error) == 0);
	buf_free(&again);
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
	unsigned char sha256[DIGEST_SIZE];
	struct buf first = BUF_INIT, second = BUF_INIT;
	char name[NAME_SIZE], again[NAME_SIZE];

	if (split != NULL)
		event = fuzz_string(split + 1, size - len - 1);
	make_record(&first, name, body, len, event, sha256);
	check_record(&first, name, body, len, sha256);
	make_record(&second, again, body, len, event, sha256);
	INVARIANT(strcmp(name, again) == 0);
	INVARIANT(first.len == second.len &&
	    memcmp(first.data, second.data, first.len) == 0);
	leave(&first, name);
	buf_free(&first);
	buf_free(&second);
	free(event);
	free(body);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * seed SPOOL RECORDS ALERTS [STATE [FIRST]]: fill a spool with records like the
 * responder's. Record i is of alert i modulo ALERTS and a second later than record i-1;
 * the first is number FIRST. A record that exists in any state is a duplicate and is
 * skipped. Records are complete but not flushed to disk, which would take most of a
 * test's time.
 *
 * seed SPOOL -: one delivery for each line of standard input: state, source, X-MMS-Event
 * ("-" for none), received at (seconds since 1970) and body, separated by TAB. Prints
 * each record's name.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alert/alert.h"
#include "lib/alert/severity.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/timestamp.h"
#include "lib/record/make.h"
#include "lib/record/record.h"
#include "lib/spool/spool.h"

#define BEGIN 1795392000 /* 2026-11-23T00:00:00Z */

static void
make_body(char *body, size_t size, long i, long alert)
{
	char now[TIMESTAMP_SIZE];

	timestamp_format(now, (struct timespec){.tv_sec = BEGIN + i}, 0);
	snprintf(body, size,
	    "{\"id\":\"%024lx\",\"status\":\"OPEN\",\"eventTypeName\":"
	    "\"OUTSIDE_METRIC_THRESHOLD\",\"created\":\"2026-11-22T00:00:00Z\","
	    "\"updated\":\"%s\",\"lastNotified\":\"%s\",\"groupId\":\"%024x\"}",
	    alert, now, now, 7);
}

static int
put_file(int dir, const char *name, const struct buf *text, struct error *error)
{
	char dot[32];
	int rc = -1;

	snprintf(dot, sizeof(dot), ".seed.%ld", (long)getpid());
	if (file_create(dir, dot, 0640, text->data, text->len, error) == -1)
		return -1;
	if (linkat(dir, dot, dir, name, 0) == 0 || errno == EEXIST)
		rc = 0;
	else
		error_sys(error, ERROR_IO, "%s", name);
	unlinkat(dir, dot, 0);
	return rc;
}

/* From the sender and the web server. */
struct sent {
	const char *source, *event, *body;
	time_t received;
};

static int
put(struct spool *spool, enum spool_state into, const struct sent *sent,
    char name[static NAME_SIZE], struct error *error)
{
	struct severity_map none = {.rules = NULL};
	const char *body = sent->body;
	struct digest_part part = {body, strlen(body)};
	struct delivery delivery = {
	    .received_at = {.tv_sec = sent->received},
	    .source = sent->source,
	    .event = sent->event,
	    .signature_verdict = "valid",
	    .token_verdict = "not-required",
	    .method = RECORD_WEBHOOK,
	    .body = body,
	    .body_len = strlen(body),
	};
	enum spool_state there;
	struct buf text = BUF_INIT;
	struct alert alert;
	int rc = -1, found;

	digest_sha256(delivery.body_sha256, &part, 1);
	if (alert_parse(&alert, body, strlen(body), sent->event, &none,
		error) == -1)
		return -1;
	record_make(name, &alert, &delivery, 0, NULL);
	found = spool_find(spool, name, &there, error);
	if (found == 1)
		rc = 0;
	else if (found == 0 &&
	    record_encode(&text, name, &delivery, &alert, error) == 0)
		rc = put_file(spool_dir(spool, into), name, &text, error);
	buf_free(&text);
	alert_free(&alert);
	return rc;
}

static int
put_many(struct spool *spool, enum spool_state into, long records, long alerts,
    long first, struct error *error)
{
	char body[512], name[NAME_SIZE];
	const struct sent sent = {
	    .source = "default",
	    .body = body,
	    .received = BEGIN,
	};

	for (long i = first; i < first + records; i++) {
		make_body(body, sizeof(body), i, i % alerts);
		if (put(spool, into, &sent, name, error) == -1)
			return -1;
	}
	return 0;
}

/* The next column; *line moves to the text after it. The last column is the rest. */
static const char *
next_column(char **line)
{
	char *column = strsep(line, "\t");

	return column != NULL ? column : "";
}

static int
put_lines(struct spool *spool, struct error *error)
{
	char *text = NULL, *line, name[NAME_SIZE];
	enum spool_state into = SPOOL_NEW;
	struct sent sent;
	size_t size = 0;
	int rc = 0;

	while (rc == 0 && getline(&text, &size, stdin) != -1) {
		line = text;
		line[strcspn(line, "\n")] = '\0';
		if (!spool_state_parse(next_column(&line), &into))
			rc =
			    error_set(error, ERROR_USAGE, "no state: %s", text);
		sent.source = next_column(&line);
		sent.event = next_column(&line);
		if (strcmp(sent.event, "-") == 0)
			sent.event = NULL;
		sent.received = strtol(next_column(&line), NULL, 10);
		sent.body = line != NULL ? line : "";
		if (rc == 0)
			rc = put(spool, into, &sent, name, error);
		if (rc == 0)
			puts(name);
	}
	free(text);
	return rc;
}

int
main(int argc, char **argv)
{
	struct error error = ERROR_INIT;
	enum spool_state into = SPOOL_NEW;
	struct spool *spool;
	bool lines = argc == 3 && strcmp(argv[2], "-") == 0;
	int rc;

	if ((argc < 4 && !lines) ||
	    (argc > 4 && !spool_state_parse(argv[4], &into))) {
		fputs("usage: seed SPOOL RECORDS ALERTS [STATE [FIRST]]\n",
		    stderr);
		return 64;
	}
	if (spool_open(&spool, argv[1], SPOOL_WRITE, &error) == -1)
		goto fail;
	rc = lines ? put_lines(spool, &error)
		   : put_many(spool, into, strtol(argv[2], NULL, 10),
			 strtol(argv[3], NULL, 10),
			 argc > 5 ? strtol(argv[5], NULL, 10) : 0, &error);
	spool_close(spool);
	if (rc == 0)
		return 0;
fail:
	fprintf(stderr, "seed: %s\n", error.text);
	return 1;
}

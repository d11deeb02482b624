/* SPDX-License-Identifier: ISC */
/*
 * reparse: commits the new record like a delivery, durable before the old one is removed.
 * A crash between the two leaves both, and the next requeue finds the new one and only
 * removes the old.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/records/reparse.h"
#include "lib/alert/alert.h"
#include "lib/auth/auth.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/record/make.h"
#include "lib/record/record.h"
#include "lib/settings/settings.h"
#include "lib/spool/spool.h"

#define LOCK_WAIT_MS 10000

/* The parts of the old record. */
struct old {
	json_t *record;
	struct buf body;
	struct delivery delivery;
	char kept[AUTH_KEPT_SIZE];
};

static int
read_old(struct old *o, const struct spool *spool, const char *bad,
    struct error *error)
{
	struct buf text = BUF_INIT;
	int rc = -1;

	if (spool_read(spool, SPOOL_BAD, bad, &text, NULL, error) == 0)
		o->record = record_decode(text.data, text.len, error);
	if (o->record != NULL && record_body(o->record, &o->body, error) == 0)
		rc = record_delivery(o->record, &o->body, &o->delivery, error);
	buf_free(&text);
	return rc;
}

/* A record of version 0.1.0 has the signature itself, which new ones do not keep. */
static void
keep_signature(struct old *o)
{
	const json_t *delivery = json_object_get(o->record, "delivery");

	if (o->delivery.signature_sha256 == NULL &&
	    auth_keep(json_string_value(json_object_get(delivery, "signature")),
		o->kept))
		o->delivery.signature_sha256 = o->kept;
}

static int
still_bad(const char *bad, const struct alert *alert, struct error *error)
{
	return error_set(error, ERROR_INPUT,
	    "%s is still not an alert: %s at line %d, column %d", bad,
	    alert_error_word(alert->error.code), alert->error.line,
	    alert->error.column);
}

static int
commit(struct spool *spool, const char *bad, const char *name, const char *who,
    const struct buf *text, const struct old *o, struct error *error)
{
	const struct spool_record record = {
	    .name = name,
	    .into = SPOOL_NEW,
	    .text = text->data,
	    .len = text->len,
	    .except = SPOOL_IN(SPOOL_BAD), /* the names may be the same */
	    .is_whole = record_is_whole,
	    .body_sha256 = o->delivery.body_sha256,
	};
	char why[NAME_SIZE + 16];
	const struct spool_event event = {
	    .who = who,
	    .what = "requeue",
	    .why = why,
	};
	enum spool_outcome outcome;

	snprintf(why, sizeof(why), SPOOL_WAS_BAD "%s", bad);
	if (spool_put(spool, &record, LOCK_WAIT_MS, &outcome, error) == -1)
		return -1;
	/* A record that existed already has its own history. */
	if (outcome == SPOOL_STORED &&
	    spool_note(spool, name, &event, error) == -1)
		return -1;
	if (spool_remove(spool, SPOOL_BAD, bad, NULL, error) == -1)
		return -1;
	return outcome == SPOOL_STORED;
}

/* Writing the new record's history needs the lock of its alert, which the old record did
 * not know. */
static int
commit_locked(struct spool *spool, const char *bad, const char *name,
    const char *who, const struct buf *text, const struct old *o,
    struct error *error)
{
	bool other = spool_alert_byte(bad) != spool_alert_byte(name);
	int rc;

	if (other && spool_lock_alert(spool, name, error) == -1)
		return -1;
	rc = commit(spool, bad, name, who, text, o, error);
	if (other)
		spool_unlock_alert(spool, name);
	return rc;
}

int
reparse(struct spool *spool, const struct settings *settings, const char *bad,
    const char *who, bool dry, char name[static NAME_SIZE], struct error *error)
{
	struct old old = {.body = BUF_INIT};
	struct alert alert = {.root = NULL};
	struct buf text = BUF_INIT;
	int rc = -1;

	if (read_old(&old, spool, bad, error) == -1)
		goto out;
	keep_signature(&old);
	if (alert_parse(&alert, old.body.data, old.body.len, old.delivery.event,
		&settings->severity, error) == -1)
		goto out;
	if (alert.error.code != ALERT_OK) {
		still_bad(bad, &alert, error);
		goto out;
	}
	record_make(name, &alert, &old.delivery, settings->retain_done, bad);
	if (record_encode(&text, name, &old.delivery, &alert, error) == -1)
		goto out;
	rc = dry ? 0 : commit_locked(spool, bad, name, who, &text, &old, error);
out:
	buf_free(&text);
	alert_free(&alert);
	buf_free(&old.body);
	json_decref(old.record);
	return rc;
}

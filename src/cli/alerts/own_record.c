/* SPDX-License-Identifier: ISC */
/* own_record: makes a delivery without a request and without a signature. */
#include "config.h"

#include <unistd.h>

#include "cli/alerts/own_record.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/record/make.h"
#include "lib/settings/settings.h"

#define LOCK_WAIT_MS 10000
#define NOT_REQUIRED "not-required" /* as auth_word() spells it */

int
own_record_make(struct own_record *r, const struct settings *settings,
    struct error *error)
{
	struct delivery *d = &r->delivery;

	r->alert = (struct alert){.root = NULL};
	r->host[0] = '\0';
	(void)gethostname(r->host, sizeof(r->host) - 1);
	*d = (struct delivery){
	    .received_at = r->now,
	    .source = r->source,
	    .receiver = r->host,
	    .content_type = "application/json",
	    .signature_verdict = NOT_REQUIRED,
	    .token_verdict = NOT_REQUIRED,
	    .method = r->method,
	    .body = r->body,
	    .body_len = r->len,
	};
	if (alert_parse(&r->alert, r->body, r->len, NULL, &settings->severity,
		error) == -1)
		return -1;
	if (r->alert.error.code != ALERT_OK)
		return error_set(error, ERROR_INPUT,
		    "the body is not an object");
	if (r->more != NULL)
		buf_adds(&r->alert.summary, r->more);
	digest_sha256(d->body_sha256,
	    &(struct digest_part){.bytes = d->body, .len = d->body_len}, 1);
	r->alert.transition = r->transition;
	record_make(r->name, &r->alert, d, settings->retain_done, NULL);
	return buf_check(&r->alert.summary, error);
}

int
own_record_put(struct spool *spool, const struct own_record *r,
    enum spool_state into, enum spool_outcome *outcome, struct error *error)
{
	struct spool_record record = {
	    .name = r->name,
	    .into = into,
	    .is_whole = record_is_whole,
	    .body_sha256 = r->delivery.body_sha256,
	};
	struct buf text = BUF_INIT;
	int rc = record_encode(&text, r->name, &r->delivery, &r->alert, error);

	record.text = text.data;
	record.len = text.len;
	if (rc == 0)
		rc = spool_put(spool, &record, LOCK_WAIT_MS, outcome, error);
	buf_free(&text);
	return rc;
}

void
own_record_free(struct own_record *r)
{
	alert_free(&r->alert);
}

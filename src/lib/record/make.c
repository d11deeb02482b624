/* SPDX-License-Identifier: ISC */
/* make: adds the name and the warnings that depend on the delivery. */
#include "config.h"

#include <string.h>

#include "lib/alert/alert.h"
#include "lib/base/encode.h"
#include "lib/record/make.h"
#include "lib/record/record.h"

/* As auth_word() spells it. */
#define NOT_REQUIRED "not-required"

/* Did it come from outside? A record without the word is from a version where all did. */
static bool
was_sent(const struct delivery *d)
{
	return d->method == NULL || strcmp(d->method, RECORD_WEBHOOK) == 0;
}

static void
add_warnings(struct alert *alert, const struct delivery *d, int64_t retain)
{
	if (retain > 0 && alert->has_time &&
	    alert->time < d->received_at.tv_sec - retain / 1000)
		alert->warnings |= 1u << WARN_STALE;
	if (was_sent(d) && strcmp(d->signature_verdict, NOT_REQUIRED) == 0 &&
	    strcmp(d->token_verdict, NOT_REQUIRED) == 0)
		alert->warnings |= 1u << WARN_UNAUTHENTICATED_SOURCE;
}

void
record_make(char name[static NAME_SIZE], struct alert *alert,
    const struct delivery *d, int64_t retain_done, const char *bad)
{
	unsigned char digest[DIGEST_SIZE];
	struct name_parts parts = {
	    .has_time = alert->has_time,
	    .time = alert->time,
	    .id = json_string_value(alert->id),
	    .id_len = json_string_length(alert->id),
	    .source = d->source,
	    .transition = alert->transition,
	    .digest = digest,
	};

	add_warnings(alert, d, retain_done);
	if (bad == NULL)
		name_digest(digest, d->source, alert->transition, d->body,
		    d->body_len);
	else
		decode_hex(digest, sizeof(digest), name_digits(bad),
		    NAME_DIGEST_DIGITS);
	name_make(name, &parts);
}

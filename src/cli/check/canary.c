/* SPDX-License-Identifier: ISC */
/*
 * canary: the invented token, signature and body of a check, and removing those that a
 * killed check left in bad/.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "cli/check/check.h"
#include "cli/records/record_view.h"
#include "lib/auth/auth.h"
#include "lib/base/dir.h"
#include "lib/base/encode.h"
#include "lib/record/record.h"

#define TOKEN_BYTES 20
#define BODY_BEGIN "\"alertspool check "
#define LEFT_AFTER (60 * 60)

int
check_canary_make(struct check_canary *canary, struct error *error)
{
	unsigned char random[TOKEN_BYTES + AUTH_SIGNATURE_BYTES];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return error_sys(error, ERROR_UNAVAILABLE, "random numbers");
	encode_hex(canary->token, random, TOKEN_BYTES);
	encode_base64(canary->signature, random + TOKEN_BYTES,
	    AUTH_SIGNATURE_BYTES);
	return 0;
}

void
check_canary_body(const struct check_canary *canary,
    char body[static CHECK_CANARY_BODY])
{
	snprintf(body, CHECK_CANARY_BODY, BODY_BEGIN "%s\"", canary->token);
}

/* Is this the record of such a body? */
static bool
is_canary(const struct spool *spool, const struct spool_entry *entry)
{
	struct record_view view = RECORD_VIEW_INIT;
	struct error unknown = ERROR_INIT; /* then it stays */
	struct buf body = BUF_INIT;
	bool canary;

	canary = record_view_read(&view, spool, entry, &unknown) == 0 &&
	    record_body(view.record, &body, &unknown) == 0 &&
	    body.len == CHECK_CANARY_BODY - 1 &&
	    memcmp(body.data, BODY_BEGIN, strlen(BODY_BEGIN)) == 0;
	buf_free(&body);
	record_view_free(&view);
	return canary;
}

static int
sweep_one(void *context, const char *name, const struct stat *st,
    struct error *error)
{
	const struct check *c = context;
	struct spool_entry entry = {.state = SPOOL_BAD};
	struct error unknown = ERROR_INIT; /* the next check tries again */
	struct name_view view;

	(void)error;
	if (!S_ISREG(st->st_mode) || st->st_mtime > time(NULL) - LEFT_AFTER ||
	    !name_parse(name, &view) || view.has_time)
		return 0;
	snprintf(entry.name, sizeof(entry.name), "%s", name);
	if (is_canary(c->spool, &entry))
		(void)spool_remove(c->spool, SPOOL_BAD, name, NULL, &unknown);
	return 0;
}

void
check_canary_sweep(struct check *c)
{
	struct error why = ERROR_INIT;

	/* check_spool() has reported a directory that cannot be listed. */
	if (dir_walk_stat(spool_dir(c->spool, SPOOL_BAD), "bad", sweep_one, c,
		&why) == -1)
		(void)findings_no_memory(&c->findings, &why);
}

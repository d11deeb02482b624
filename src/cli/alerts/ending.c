/* SPDX-License-Identifier: ISC */
/*
 * ending: makes the record "cancel" that ends an alert by hand, and commits it like any
 * other.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/alerts/ending.h"
#include "cli/alerts/own_record.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/json/read.h"
#include "lib/json/write.h"

/* The newest record's body, parsed: a new reference, or NULL. */
static json_t *
read_body(const struct record_view *newest, struct error *error)
{
	struct json_read_error why;
	struct buf old = BUF_INIT;
	uint32_t repairs;
	json_t *root = NULL;

	if (record_body(newest->record, &old, error) == 0 &&
	    json_read(&root, &repairs, &why, old.data, old.len, error) == 0 &&
	    !json_is_object(root))
		error_set(error, ERROR_INPUT, "the body of %s is not an object",
		    newest->entry.name);
	buf_free(&old);
	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

/* Append the body with the alert cancelled at this moment. */
static int
make_body(struct buf *body, const struct record_view *newest, time_t at,
    struct error *error)
{
	char updated[TIMESTAMP_SIZE];
	json_t *root = read_body(newest, error);
	int rc = -1;

	if (root == NULL)
		return -1;
	timestamp_format(updated, (struct timespec){.tv_sec = at}, 0);
	if (json_object_set_new(root, "status", json_string("CANCELLED")) ==
		-1 ||
	    json_object_set_new(root, "updated", json_string(updated)) == -1) {
		error_sys(error, ERROR_IO, "the body of %s",
		    newest->entry.name);
	} else {
		json_write_value(body, root);
		rc = buf_check(body, error);
	}
	json_decref(root);
	return rc;
}

/* Is the record of the right alert, and does it end it? */
static int
check_name(const char *name, const struct record_view *newest,
    struct error *error)
{
	struct name_view view;

	if (name_parse(name, &view) && view.transition == TRANSITION_CANCEL &&
	    view.alert_len == newest->name.alert_len &&
	    memcmp(view.alert, newest->name.alert, view.alert_len) == 0 &&
	    name_compare(name, newest->entry.name) > 0)
		return 0;
	return error_set(error, ERROR_INPUT,
	    "the body of %s cannot be made one that ends its alert",
	    newest->entry.name);
}

int
ending_commit(struct spool *spool, const struct settings *settings,
    const struct record_view *newest, struct timespec now,
    char name[static NAME_SIZE], struct error *error)
{
	const bool ahead =
	    newest->name.has_time && newest->name.time > now.tv_sec;
	struct buf body = BUF_INIT;
	struct own_record r = {
	    .source = record_view_text(newest, "source"),
	    .method = RECORD_OPERATOR,
	    .transition = TRANSITION_CANCEL,
	    .now = now,
	};
	enum spool_outcome outcome;
	int rc = -1;

	if (r.source == NULL)
		return error_set(error, ERROR_INPUT, "%s names no source",
		    newest->entry.name);
	if (make_body(&body, newest, ahead ? newest->name.time : now.tv_sec,
		error) == -1)
		goto out;
	r.body = body.data;
	r.len = body.len;
	if (own_record_make(&r, settings, error) == 0 &&
	    check_name(r.name, newest, error) == 0)
		rc = own_record_put(spool, &r, SPOOL_NEW, &outcome, error);
	name_copy(name, r.name);
out:
	own_record_free(&r);
	buf_free(&body);
	return rc;
}

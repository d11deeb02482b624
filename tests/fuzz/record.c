/* SPDX-License-Identifier: ISC */
/*
 * The text of a stored record, as the command line reads it: any file in the spool is
 * refused or shown; the output is one line of JSON with the same value and without
 * control characters; a handler's environment can always be made.
 */
#include "config.h"

#include <jansson.h>

#include "cli/handler/environment.h"
#include "cli/records/record_view.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/json/write.h"
#include "lib/record/record.h"

#include "tests/fuzz/fuzz.h"

#define NAME \
	"20240115T103000Z.5d1b6f8e8c2e4e2d3c4a5b6c.open." \
	"0123456789abcdef0123456789abcdef"

/* The view as JSON. The form for people has the same content. */
static void
shown(const struct record_view *v)
{
	struct buf machine = BUF_INIT, terminal = BUF_INIT, safe = BUF_INIT;
	json_t *one, *other;

	record_view_json(v, NULL, false, &machine);
	record_view_json(v, NULL, true, &terminal);
	INVARIANT(!machine.failed && !terminal.failed);
	one = json_loadb(machine.data, machine.len, JSON_ALLOW_NUL, NULL);
	other = json_loadb(terminal.data, terminal.len, JSON_ALLOW_NUL, NULL);
	INVARIANT(one != NULL && json_equal(one, other));
	INVARIANT(json_is_object(json_object_get(one, "spool")));
	INVARIANT(memchr(terminal.data, '\n', terminal.len) ==
	    terminal.data + terminal.len - 1);
	escape_terminal(&safe, terminal.data, terminal.len - 1);
	INVARIANT(safe.len == terminal.len - 1 &&
	    memcmp(safe.data, terminal.data, safe.len) == 0);
	json_decref(one);
	json_decref(other);
	buf_free(&machine);
	buf_free(&terminal);
	buf_free(&safe);
}

/* Writing what was read gives an equal value, then the same text. */
static void
written(const json_t *record)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	json_t *again;

	json_write_value(&first, record);
	again = json_loadb(first.data, first.len, JSON_ALLOW_NUL, NULL);
	INVARIANT(again != NULL && json_equal(record, again));
	json_write_value(&second, again);
	INVARIANT(first.len == second.len &&
	    memcmp(first.data, second.data, first.len) == 0);
	json_decref(again);
	buf_free(&first);
	buf_free(&second);
}

static void
delivered(const json_t *record)
{
	struct error error = ERROR_INIT;
	struct buf body = BUF_INIT;
	struct delivery delivery;

	if (record_body(record, &body, &error) == 0) {
		INVARIANT(body.data == NULL || body.data[body.len] == '\0');
		if (record_delivery(record, &body, &delivery, &error) == 0)
			INVARIANT(delivery.source != NULL);
	}
	buf_free(&body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error error = ERROR_INIT;
	struct environment environment;
	struct record_view v = RECORD_VIEW_INIT;

	v.entry.state = SPOOL_DONE;
	snprintf(v.entry.name, sizeof(v.entry.name), "%s", NAME);
	INVARIANT(name_parse(v.entry.name, &v.name));
	buf_add(&v.text, data, size);
	if (v.text.data == NULL)
		buf_adds(&v.text, "");
	v.record = record_decode(v.text.data, v.text.len, &error);
	INVARIANT((v.record == NULL) == (error.kind == ERROR_INPUT));
	shown(&v);
	if (v.record != NULL) {
		written(v.record);
		delivered(v.record);
		(void)record_view_text(&v, "alert.project.name");
		INVARIANT(environment_make(&environment, &v,
			      &(struct environment_job){1, "/spool/x", "pager"},
			      &error) == 0);
		for (char **var = environment.vars; *var != NULL; var++)
			INVARIANT(strchr(*var, '=') != NULL);
		environment_free(&environment);
	}
	record_view_free(&v);
	return 0;
}

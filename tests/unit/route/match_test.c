/* SPDX-License-Identifier: ISC */
/*
 * Which records a queue wants, as a table: each condition, missing fields, "!", patterns,
 * several words and several keys.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/route/match.h"
#include "lib/base/error.h"
#include "lib/base/file.h"

#include "tests/unit/scratch.h"

#define CONF "alertspool.conf"
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* A record with all fields, and one with none. */
#define FULL \
	"{\"source\":\"default\",\"alert\":{\"severity\":\"CRITICAL\"," \
	"\"state\":\"open\",\"event_type\":\"HOST_DOWN\",\"category\":" \
	"\"host\",\"organization\":{\"id\":\"5d0a\",\"name\":\"Org, Ltd\"}," \
	"\"project\":{\"id\":\"5d1b\",\"name\":\"prod-1\"},\"cluster\":" \
	"{\"id\":\"5d2c\",\"name\":\"shop\"},\"host\":{\"id\":\"5d3e\"," \
	"\"name\":\"a.example.com\",\"alias\":\"db-1\"},\"config_id\":" \
	"\"5d4f\"}}"
#define EMPTY "{\"source\":\"default\",\"alert\":{\"state\":\"unknown\"}}"
#define NULLS \
	"{\"source\":\"default\",\"alert\":{\"severity\":null,\"project\":" \
	"{\"id\":null,\"name\":\"\"},\"host\":null}}"
#define ODD "{\"source\":\"default\",\"alert\":{\"severity\":\"URGENT\"}}"

/* A queue with these conditions. */
static void
load(struct queues *queues, const char *conditions)
{
	struct error error = ERROR_INIT;
	char text[1024];

	snprintf(text, sizeof(text), "[queue a]\ncommand = /c\n%s\n",
	    conditions);
	assert_true(unlink(CONF) == 0 || errno == ENOENT);
	assert_int_equal(file_create(AT_FDCWD, CONF, 0600, text, strlen(text),
			     &error),
	    0);
	if (queues_load(queues, CONF, &error) == -1)
		fail_msg("%s", error.text);
}

static bool
wants(const char *conditions, const char *record, enum transition transition)
{
	struct record_view view = RECORD_VIEW_INIT;
	struct queues queues;
	bool wanted;

	load(&queues, conditions);
	view.record = json_loads(record, 0, NULL);
	assert_non_null(view.record);
	view.name.transition = transition;
	wanted = match_all(&queues.queue[0], &view);
	json_decref(view.record);
	queues_free(&queues);
	return wanted;
}

static const struct row {
	const char *conditions, *record;
	bool wanted;
} rows[] = {
    {"", FULL, true},
    {"", EMPTY, true},
    /* severity, whose case does not matter */
    {"severity = critical", FULL, true},
    {"severity = ERROR", FULL, false},
    {"severity = ERROR, CRITICAL", FULL, true},
    {"severity = ERROR\nseverity = CRITICAL", FULL, true},
    {"severity = !ERROR", FULL, true},
    {"severity = !CRITICAL", FULL, false},
    {"severity = !ERROR, CRITICAL", FULL, false},
    {"severity = -", FULL, false},
    {"severity = CRITICAL", EMPTY, false},
    {"severity = -", EMPTY, true},
    {"severity = CRITICAL, -", EMPTY, true},
    {"severity = !CRITICAL", EMPTY, true},
    {"severity = !-", EMPTY, false},
    {"severity = !-", FULL, true},
    {"severity = -", NULLS, true},
    /* an unknown word counts as missing */
    {"severity = -", ODD, true},
    {"severity = CRITICAL", ODD, false},
    /* the others, by name or id */
    {"state = open", FULL, true},
    {"state = closed", FULL, false},
    {"state = unknown", EMPTY, true},
    {"event_type = HOST_DOWN", FULL, true},
    {"event_type = HOST_*", FULL, true},
    {"event_type = host_*", FULL, false},
    {"event_type = HOST", FULL, false},
    {"event_type = -", EMPTY, true},
    {"category = host", FULL, true},
    {"category = !host", FULL, false},
    {"source = default", FULL, true},
    {"source = def[a-f]ul?", FULL, true},
    {"source = other", FULL, false},
    {"organization = Org? Ltd", FULL, true},
    {"organization = 5d0a", FULL, true},
    {"organization = Org", FULL, false},
    {"project = prod-*", FULL, true},
    {"project = prod-[!1]", FULL, false},
    {"project = 5d1b", FULL, true},
    {"project = !5d1b", FULL, false},
    {"project = !prod-*", FULL, false},
    {"project = !Billing", FULL, true},
    {"project = Billing, prod-1", FULL, true},
    {"project = -", FULL, false},
    {"project = -", EMPTY, true},
    {"project = -", NULLS, true},
    {"project = *", EMPTY, false},
    {"project = *", NULLS, false},
    {"project = !*", EMPTY, true},
    {"cluster = shop", FULL, true},
    {"cluster = 5d2c", FULL, true},
    {"cluster = Shop", FULL, false},
    {"host = a.example.com", FULL, true},
    {"host = *.example.com", FULL, true},
    {"host = db-1", FULL, true},
    {"host = 5d3e", FULL, true},
    {"host = db-2", FULL, false},
    {"host = -", NULLS, true},
    {"config_id = 5d4f", FULL, true},
    {"config_id = 5d*", FULL, true},
    {"config_id = -", EMPTY, true},
    /* several keys must all hold */
    {"severity = CRITICAL\nproject = prod-*", FULL, true},
    {"severity = CRITICAL\nproject = Billing", FULL, false},
    {"severity = ERROR\nproject = prod-*", FULL, false},
    {"severity = CRITICAL\nproject = prod-*\nevent = open", FULL, true},
    {"severity = CRITICAL\nproject = prod-*\nevent = close", FULL, false},
};

static void
wanted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (wants(rows[i].conditions, rows[i].record,
			TRANSITION_OPEN) != rows[i].wanted)
			fail_msg("%s: %s: not %d", rows[i].conditions,
			    rows[i].record, rows[i].wanted);
}

/* The event comes from the name, not from the text of the record. */
static void
events(void **state)
{
	(void)state;
	for (int i = 0; i < TRANSITIONS; i++) {
		const enum transition t = (enum transition)i;
		const char *word = transition_word(t);
		char condition[64];

		snprintf(condition, sizeof(condition), "event = %s", word);
		assert_true(wants(condition, FULL, t));
		snprintf(condition, sizeof(condition), "event = !%s", word);
		assert_false(wants(condition, FULL, t));
		assert_int_equal(wants("event = open, close", FULL, t),
		    t == TRANSITION_OPEN || t == TRANSITION_CLOSE);
		assert_int_equal(wants("event = !update", FULL, t),
		    t != TRANSITION_UPDATE);
		assert_false(wants("event = -", FULL, t));
	}
}

/* What is checked again for an alert that the queue already has. */
static void
the_event_alone(void **state)
{
	struct queues queues;

	(void)state;
	load(&queues, "severity = ERROR\nevent = open, close\nhost = x");
	assert_true(match_event(&queues.queue[0], TRANSITION_CLOSE));
	assert_false(match_event(&queues.queue[0], TRANSITION_UPDATE));
	queues_free(&queues);
	load(&queues, "severity = ERROR");
	assert_true(match_event(&queues.queue[0], TRANSITION_UPDATE));
	queues_free(&queues);
}

static void
without_severity(void **state)
{
	static const struct {
		const char *conditions;
		bool takes;
	} table[] = {{"", true}, {"host = a", true}, {"severity = -", true},
	    {"severity = !CRITICAL", true}, {"severity = CRITICAL", false},
	    {"severity = CRITICAL,-", true}, {"severity = !-", false}};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct queues queues;

		load(&queues, table[i].conditions);
		assert_int_equal(match_unrated(&queues.queue[0]),
		    table[i].takes);
		queues_free(&queues);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wanted),
	    cmocka_unit_test(events),
	    cmocka_unit_test(the_event_alone),
	    cmocka_unit_test(without_severity),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}

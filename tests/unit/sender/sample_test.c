/* SPDX-License-Identifier: ISC */
/* sample: every sample with every event is an alert without a warning. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/sender/sample.h"
#include "lib/alert/alert.h"
#include "lib/alert/severity.h"
#include "lib/alert/type.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"

#define NOW 1795420800 /* 2026-11-23T08:00:00Z */

static const enum alert_state states[TRANSITIONS] = {
    [TRANSITION_OPEN] = ALERT_OPEN,
    [TRANSITION_INFORM] = ALERT_INFORMATIONAL,
    [TRANSITION_UPDATE] = ALERT_OPEN,
    [TRANSITION_ACKNOWLEDGE] = ALERT_OPEN,
    [TRANSITION_CLOSE] = ALERT_CLOSED,
    [TRANSITION_CANCEL] = ALERT_CANCELLED,
};

/* The receiver reads them as intended, with or without the header. */
static void
check(const struct sample *s, enum transition event, const char *header)
{
	static const struct severity_map no_rules;
	struct error error = ERROR_INIT;
	struct buf body = BUF_INIT;
	struct alert alert;

	sample_body(&body, s, event, NOW, 42);
	assert_int_equal(buf_check(&body, &error), 0);
	assert_int_equal(alert_parse(&alert, body.data, body.len, header,
			     &no_rules, &error),
	    0);
	if (alert.error.code != ALERT_OK || alert.transition != event)
		fail_msg("%s as %s: %s, %s", s->name, transition_word(event),
		    alert.error.message, transition_word(alert.transition));
	assert_int_equal(alert.state, states[event]);
	assert_true(alert.time == NOW);
	assert_string_equal(json_string_value(alert.event_type), s->event_type);
	assert_string_equal(alert.summary.data, s->headline);
	assert_string_equal(alert.project_name.data, "Sample Project");
	assert_string_equal(alert.organization_name.data,
	    "Operator's Test Organization");
	assert_int_equal(alert.metric_canonical, s->metric != NULL);
	if (alert.warnings != 0)
		fail_msg("%s as %s: warnings %#x", s->name,
		    transition_word(event), alert.warnings);
	alert_free(&alert);
	buf_free(&body);
}

static void
every_sample_as_every_event(void **state)
{
	const struct sample *s;

	(void)state;
	for (size_t i = 0; (s = sample_get(i)) != NULL; i++)
		for (int event = 0; event < TRANSITIONS; event++) {
			char header[32];

			if (event == TRANSITION_UNKNOWN)
				continue;
			snprintf(header, sizeof(header), "alert.%s",
			    transition_word((enum transition)event));
			check(s, (enum transition)event, header);
			check(s, (enum transition)event, NULL);
		}
}

static bool
has_sample(const char *category)
{
	const struct sample *s;
	bool listed;

	for (size_t i = 0; (s = sample_get(i)) != NULL; i++)
		if (strcmp(alert_category(s->event_type, NULL, &listed),
			category) == 0)
			return true;
	return false;
}

static void
every_category_has_a_sample(void **state)
{
	const char *type, *category;

	(void)state;
	for (size_t i = 0; alert_event_type(i, &type, &category); i++)
		if (!has_sample(category))
			fail_msg("no sample is of the category %s", category);
}

static void
names_are_found(void **state)
{
	const struct sample *s;

	(void)state;
	for (size_t i = 0; (s = sample_get(i)) != NULL; i++)
		assert_ptr_equal(sample_find(s->name), s);
	assert_string_equal(sample_get(0)->name, "host-metric");
	assert_null(sample_find("list"));
	assert_null(sample_find(""));
}

static void
numbers_make_them_differ(void **state)
{
	struct buf a = BUF_INIT, b = BUF_INIT;

	(void)state;
	sample_body(&a, sample_get(0), TRANSITION_OPEN, NOW, 1);
	sample_body(&b, sample_get(0), TRANSITION_OPEN, NOW, 2);
	assert_string_not_equal(a.data, b.data);
	buf_free(&a);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_sample_as_every_event),
	    cmocka_unit_test(every_category_has_a_sample),
	    cmocka_unit_test(names_are_found),
	    cmocka_unit_test(numbers_make_them_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/* Shared by the tests of the alert room: parses a body that must be an alert, and
 * compares the result. */
#ifndef TESTS_ALERT_CHECK_H
#define TESTS_ALERT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alert/alert.h"
#include "lib/alert/severity.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))
#define BIT(warning) (1u << (warning))

/* Bodies of the tests have no id and no time unless that matters. */
#define BARE (BIT(WARN_NO_ID) | BIT(WARN_NO_TIME))

/* Two moments, as JSON. */
#define T0 "\"2024-01-15T10:30:00Z\""
#define T1 "\"2024-01-15T10:35:00Z\""

static const struct severity_map no_rules = {.n = 0};

static inline void
parse_bytes(struct alert *a, const void *body, size_t len, const char *event)
{
	struct error error = ERROR_INIT;

	assert_int_equal(alert_parse(a, body, len, event, &no_rules, &error),
	    0);
}

static inline void
parse(struct alert *a, const char *body, const char *event)
{
	parse_bytes(a, body, strlen(body), event);
	if (a->error.code != ALERT_OK)
		fail_msg("%s: %s", body, a->error.message);
}

static inline void parse_format(struct alert *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline void
parse_format(struct alert *a, const char *format, ...)
{
	char body[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(body, sizeof(body), format, ap);
	va_end(ap);
	parse(a, body, NULL);
}

static inline void
expect_warnings(const struct alert *a, uint32_t want, const char *what)
{
	for (int i = 0; i < ALERT_WARNINGS; i++)
		if (((a->warnings ^ want) & BIT(i)) != 0)
			fail_msg("%s: warning %s is %s", what,
			    alert_warning_word((enum alert_warning)i),
			    (want & BIT(i)) != 0 ? "missing" : "there");
}

static inline void
expect_extra(const struct alert *a, const char *want)
{
	char *got = json_dumps(a->extra, JSON_COMPACT);

	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

static inline void
expect_buf(const struct buf *b, const char *want)
{
	if (want == NULL)
		assert_null(b->data);
	else
		assert_string_equal(b->data, want);
}

static inline void
expect_json(const json_t *value, const char *want)
{
	if (want == NULL)
		assert_null(value);
	else
		assert_string_equal(json_string_value(value), want);
}

#endif

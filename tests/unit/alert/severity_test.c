/* SPDX-License-Identifier: ISC */
/* severity: rules are found only by their exact key, whatever the order of adding. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/alert/severity.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void
test_word(void **state)
{
	static const struct {
		const char *text;
		const char *word;
	} cases[] = {
	    {"INFO", "INFO"},
	    {"info", "INFO"},
	    {"Warning", "WARNING"},
	    {"eRROR", "ERROR"},
	    {"CRITICAL", "CRITICAL"},
	    {"critical", "CRITICAL"},
	    {"", NULL},
	    {"INF", NULL},
	    {"INFOS", NULL},
	    {" INFO", NULL},
	    {"INFO ", NULL},
	    {"informational", NULL},
	    {"WARN", NULL},
	    {"default", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *word = severity_word(cases[i].text);

		if (cases[i].word == NULL)
			assert_null(word);
		else
			assert_string_equal(word, cases[i].word);
	}
}

static void
test_empty(void **state)
{
	struct severity_map map = {.rules = NULL};

	(void)state;
	assert_null(severity_find(&map, "default"));
	severity_free(&map);
	severity_free(&map);
}

static void
test_find(void **state)
{
	static const struct {
		const char *key;
		const char *severity; /* NULL: there is no such rule */
	} cases[] = {
	    {"OUTSIDE_METRIC_THRESHOLD", "WARNING"},
	    {"64f0c0ffee64f0c0ffee0001", "CRITICAL"},
	    {"default", "INFO"},
	    {"HOST_DOWN", "ERROR"},
	    {"", NULL},
	    {"Default", NULL},
	    {"defaul", NULL},
	    {"default ", NULL},
	    {"HOST_DOW", NULL},
	    {"HOST_DOWN_", NULL},
	    {"outside_metric_threshold", NULL},
	};
	struct severity_map map = {.rules = NULL};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (cases[i].severity != NULL)
			assert_int_equal(severity_add(&map, cases[i].key,
					     cases[i].severity),
			    0);
	}
	assert_int_equal(map.n, 4);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *severity = severity_find(&map, cases[i].key);

		if (cases[i].severity == NULL)
			assert_null(severity);
		else
			assert_string_equal(severity, cases[i].severity);
	}
	severity_free(&map);
	assert_int_equal(map.n, 0);
	assert_null(map.rules);
}

static void
test_twice(void **state)
{
	struct severity_map map = {.rules = NULL};

	(void)state;
	assert_int_equal(severity_add(&map, "default", "INFO"), 0);
	errno = 0;
	assert_int_equal(severity_add(&map, "default", "ERROR"), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(map.n, 1);
	assert_string_equal(severity_find(&map, "default"), "INFO");
	severity_free(&map);
}

static void
test_rank(void **state)
{
	static const struct {
		const char *severity;
		enum severity_rank rank;
	} cases[] = {
	    {"CRITICAL", SEVERITY_CRITICAL},
	    {"critical", SEVERITY_CRITICAL},
	    {"Error", SEVERITY_ERROR},
	    {"WARNING", SEVERITY_WARNING},
	    {"INFO", SEVERITY_INFO},
	    {"notice", SEVERITY_INFO},
	    {"INFORMATIONAL", SEVERITY_INFO},
	    {"unrated", SEVERITY_UNRATED},
	    {"HIGH", SEVERITY_UNRATED},
	    {"CRITICAL ", SEVERITY_UNRATED},
	    {"", SEVERITY_UNRATED},
	    {NULL, SEVERITY_UNRATED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(severity_rank(cases[i].severity),
		    cases[i].rank);
}

/* An operator's file can use the five words only, and none of the sender's other
 * spellings. */
static void
test_rank_parse(void **state)
{
	enum severity_rank rank = SEVERITY_RANKS;

	(void)state;
	assert_true(severity_rank_parse("warning,x", 7, &rank));
	assert_int_equal(rank, SEVERITY_WARNING);
	assert_true(severity_rank_parse("Unrated", 7, &rank));
	assert_int_equal(rank, SEVERITY_UNRATED);
	rank = SEVERITY_RANKS;
	assert_false(severity_rank_parse("warning", 6, &rank));
	assert_false(severity_rank_parse("notice", 6, &rank));
	assert_false(severity_rank_parse("", 0, &rank));
	assert_int_equal(rank, SEVERITY_RANKS);
}

/* The map is sorted, whatever the order of adding (1000 and 7 have no common factor). */
static void
test_order(void **state)
{
	struct severity_map map = {.rules = NULL};
	char key[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "KEY_%d", i * 7 % 1000);
		assert_int_equal(severity_add(&map, key, "INFO"), 0);
	}
	assert_int_equal(map.n, 1000);
	for (size_t i = 1; i < map.n; i++)
		assert_true(strcmp(map.rules[i - 1].key, map.rules[i].key) < 0);
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "KEY_%d", i);
		assert_non_null(severity_find(&map, key));
	}
	severity_free(&map);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_word),
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_twice),
	    cmocka_unit_test(test_rank),
	    cmocka_unit_test(test_rank_parse),
	    cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

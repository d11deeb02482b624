/* SPDX-License-Identifier: ISC */
/*
 * heads: compared with a list of all names, in several orders of adding, with counts
 * around the sizes at which heads are dropped.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/error.h"
#include "lib/base/number_set.h"
#include "lib/spool/alert_heads.h"
#include "tests/unit/random.h"

#define RECORDS 6000

struct fixture {
	struct spool_entry records[RECORDS];
	size_t n;
	struct alert_heads heads;
	uint64_t seed;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->seed = 20261123;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	alert_heads_free(&f->heads);
	free(f);
	return 0;
}

/* Records of this many alerts; several are of the same second. */
static void
make_records(struct fixture *f, size_t records, size_t alerts)
{
	static const char *const events[] = {"open", "update", "close"};

	for (f->n = 0; f->n < records; f->n++) {
		size_t second = random_below(&f->seed, records / 2 + 1);

		snprintf(f->records[f->n].name, NAME_SIZE,
		    "20261123T%02zu%02zu%02zuZ.a%zu.%s.%032zx", second / 3600,
		    second / 60 % 60, second % 60,
		    random_below(&f->seed, alerts),
		    events[random_below(&f->seed, 3)], f->n);
		f->records[f->n].state =
		    random_below(&f->seed, 8) == 0 ? SPOOL_CUR : SPOOL_NEW;
	}
}

static void
shuffle(struct fixture *f)
{
	for (size_t i = f->n; i > 1; i--) {
		size_t j = random_below(&f->seed, i);
		struct spool_entry last = f->records[i - 1];

		f->records[i - 1] = f->records[j];
		f->records[j] = last;
	}
}

static int
compare(const void *a, const void *b)
{
	return name_compare(((const struct spool_entry *)a)->name,
	    ((const struct spool_entry *)b)->name);
}

static void
add_all(struct fixture *f, size_t most, const struct number_set *except)
{
	struct error error = ERROR_INIT;

	alert_heads_begin(&f->heads, most, except);
	for (size_t i = 0; i < f->n; i++)
		assert_int_equal(alert_heads_add(&f->heads, f->records[i].name,
				     f->records[i].state, &error),
		    1);
	alert_heads_end(&f->heads);
}

/* Checks that the heads are the first records of the alerts. The records are in order. */
static void
assert_heads(const struct fixture *f, size_t most,
    const struct number_set *except)
{
	struct number_set seen = NUMBER_SET_INIT;
	size_t n = 0, excepted = 0;

	for (size_t i = 0; i < f->n; i++) {
		uint64_t alert = spool_alert_byte(f->records[i].name);

		if (number_set_has(except, alert))
			excepted++;
		else if (number_set_add(&seen, alert) == 1 && n++ < most) {
			const struct alert_head *head = &f->heads.head[n - 1];

			assert_true(n <= f->heads.n);
			assert_string_equal(head->entry.name,
			    f->records[i].name);
			assert_int_equal(head->entry.state,
			    f->records[i].state);
		}
	}
	assert_int_equal(f->heads.n, n < most ? n : most);
	assert_int_equal(f->heads.cut, n > most);
	if (!f->heads.cut) {
		size_t records = f->heads.excepted;

		assert_int_equal(f->heads.excepted, excepted);
		for (size_t i = 0; i < f->heads.n; i++)
			records += f->heads.head[i].records;
		assert_int_equal(records, f->n);
	}
	number_set_free(&seen);
}

/* Fewer alerts than are wanted, and more, in any order of names. */
static void
test_orders(void **state)
{
	static const struct {
		size_t records, alerts, most;
	} rows[] = {
	    {0, 1, 4},
	    {1, 1, 1},
	    {500, 1, 1},
	    {500, 3, 2},
	    {1000, 7, 7},
	    {6000, 6000, 1},
	    {6000, 6000, 256},
	    {6000, 300, 256},
	    {6000, 4000, 1000},
	    {6000, 40, 1000},
	};
	const struct number_set none = NUMBER_SET_INIT;
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_records(f, rows[i].records, rows[i].alerts);
		for (int round = 0; round < 4; round++) {
			if (round > 0)
				shuffle(f);
			add_all(f, rows[i].most, &none);
			qsort(f->records, f->n, sizeof(f->records[0]), compare);
			assert_heads(f, rows[i].most, &none);
		}
		/* The directory may list them in order, or in reverse order. */
		add_all(f, rows[i].most, &none);
		assert_heads(f, rows[i].most, &none);
	}
}

static void
test_backwards(void **state)
{
	const struct number_set none = NUMBER_SET_INIT;
	struct fixture *f = *state;
	struct error error = ERROR_INIT;

	make_records(f, RECORDS, 3000);
	qsort(f->records, f->n, sizeof(f->records[0]), compare);
	alert_heads_begin(&f->heads, 500, &none);
	for (size_t i = f->n; i-- > 0;)
		assert_int_equal(alert_heads_add(&f->heads, f->records[i].name,
				     f->records[i].state, &error),
		    1);
	alert_heads_end(&f->heads);
	assert_heads(f, 500, &none);
}

static void
test_except(void **state)
{
	struct number_set except = NUMBER_SET_INIT;
	struct fixture *f = *state;

	make_records(f, RECORDS, 200);
	for (size_t i = 0; i < 60; i++)
		assert_int_not_equal(number_set_add(&except,
					 spool_alert_byte(f->records[i].name)),
		    -1);
	add_all(f, 1000, &except);
	qsort(f->records, f->n, sizeof(f->records[0]), compare);
	assert_heads(f, 1000, &except);
	shuffle(f);
	add_all(f, 20, &except);
	qsort(f->records, f->n, sizeof(f->records[0]), compare);
	assert_heads(f, 20, &except);
	number_set_free(&except);
}

/* Each record without an alert id is separate. A longer id is another alert. */
static void
test_apart(void **state)
{
	static const char *const names[] = {
	    "20261123T000000Z.-.open.00000000000000000000000000000001",
	    "20261123T000000Z.-.open.00000000000000000000000000000002",
	    "20261123T000000Z.-a.open.00000000000000000000000000000003",
	    "20261123T000000Z.a.open.00000000000000000000000000000004",
	    "20261123T000000Z.ab.open.00000000000000000000000000000005",
	    "20261123T000001Z.a.open.00000000000000000000000000000006",
	    "20261123T000001Z.a+b.open.00000000000000000000000000000007",
	    "20261123T000001Z.a+c.open.00000000000000000000000000000008",
	};
	const struct number_set none = NUMBER_SET_INIT;
	struct fixture *f = *state;
	struct error error = ERROR_INIT;

	alert_heads_begin(&f->heads, 100, &none);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(alert_heads_add(&f->heads, names[i], SPOOL_NEW,
				     &error),
		    1);
	/* Moved meanwhile: seen in both places. */
	assert_int_equal(alert_heads_add(&f->heads, names[0], SPOOL_CUR,
			     &error),
	    1);
	assert_int_equal(alert_heads_add(&f->heads, "README", SPOOL_NEW,
			     &error),
	    0);
	alert_heads_end(&f->heads);
	assert_int_equal(f->heads.n, 7);
	assert_string_equal(f->heads.head[0].entry.name, names[0]);
	assert_int_equal(f->heads.head[0].entry.state, SPOOL_NEW);
	assert_int_equal(f->heads.head[3].records, 2);
	assert_string_equal(f->heads.head[3].entry.name, names[3]);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_orders),
	    TEST(test_backwards),
	    TEST(test_except),
	    TEST(test_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

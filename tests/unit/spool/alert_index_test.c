/* SPDX-License-Identifier: ISC */
/*
 * alert_index: compared with a simple model of the sorted names of each alert, over
 * random lives in random order of adding, with and without room to read names only once;
 * the rules of clean, compared with what is left.
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
#include "lib/spool/alert_index.h"
#include "tests/unit/random.h"

#define RECORDS 20000
#define LIFE_MAX 8

struct fixture {
	char name[RECORDS][NAME_SIZE];
	bool gone[RECORDS];
	bool said_ended; /* the newest record says that the alert has ended */
	bool no_room;	 /* for details in the first reading */
	size_t n;
	struct alert_index index;
	uint64_t seed;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->seed = 20261130;
	*state = f;
	return 0;
}

static int
setup_no_room(void **state)
{
	struct fixture *f;

	setup(state);
	f = *state;
	f->no_room = true;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	alert_index_free(&f->index);
	free(f);
	return 0;
}

/* One more record of this ALERT. Several are of the same second, a few have no time. */
static void
make_record(struct fixture *f, const char *alert)
{
	char time[40] = "00000000T000000Z"; /* room for any number */
	size_t second = random_below(&f->seed, 20);

	if (second != 0)
		snprintf(time, sizeof(time), "20261130T0000%02zuZ", second);
	snprintf(f->name[f->n], NAME_SIZE, "%s.%s.%s.%016llx%016zx", time,
	    alert,
	    transition_word(
		(enum transition)random_below(&f->seed, TRANSITIONS)),
	    (unsigned long long)random_below(&f->seed, SIZE_MAX), f->n);
	f->gone[f->n] = false;
	f->n++;
}

static int
compare_names(const void *a, const void *b)
{
	return name_compare(a, b);
}

/* Any order. */
static void
mix(struct fixture *f)
{
	char swapped[NAME_SIZE];

	for (size_t i = f->n; i > 1; i--) {
		size_t j = random_below(&f->seed, i);

		memcpy(swapped, f->name[i - 1], NAME_SIZE);
		memcpy(f->name[i - 1], f->name[j], NAME_SIZE);
		memcpy(f->name[j], swapped, NAME_SIZE);
	}
}

/* Alerts a0, a1+s, a2 and so on, with up to LIFE_MAX records, in any order. */
static void
make_lives(struct fixture *f, size_t alerts)
{
	char alert[32];

	f->n = 0;
	for (size_t i = 0; i < alerts; i++) {
		size_t records = 1 + random_below(&f->seed, LIFE_MAX);

		snprintf(alert, sizeof(alert), "a%zu%s", i,
		    i % 2 == 1 ? "+s" : "");
		while (records-- > 0)
			make_record(f, alert);
	}
	mix(f);
}

static void
add_all(struct fixture *f)
{
	struct error error = ERROR_INIT;

	for (size_t i = 0; i < f->n; i++)
		if (!f->gone[i])
			assert_int_equal(alert_index_add(&f->index, f->name[i],
					     SPOOL_NEW, &error),
			    1);
}

static void
read_index(struct fixture *f, const struct alert_index_wish *wish)
{
	struct error error = ERROR_INIT;
	int rc;

	alert_index_free(&f->index);
	assert_int_equal(alert_index_begin(&f->index, wish, &error), 0);
	if (f->no_room)
		f->index.entries.room = 0;
	add_all(f);
	rc = alert_index_turn(&f->index, &error);
	assert_int_not_equal(rc, -1);
	if (rc == 1)
		add_all(f);
}

/* ---- the plain fold ---------------------------------------------------- */

struct plain {
	char name[LIFE_MAX][NAME_SIZE];
	size_t n;
	enum alert_index_state state;
	const char *decider; /* or NULL */
};

static void
view_of(const char *name, struct name_view *view)
{
	assert_true(name_parse(name, view));
}

/* The remaining records of this name's alert, sorted, and their result. */
static void
fold_plainly(const struct fixture *f, const char *of, struct plain *p)
{
	struct name_view view, wanted;
	bool opened = false;

	view_of(of, &wanted);
	*p = (struct plain){.n = 0};
	for (size_t i = 0; i < f->n; i++) {
		view_of(f->name[i], &view);
		if (!f->gone[i] && view.alert_len == wanted.alert_len &&
		    memcmp(view.alert, wanted.alert, view.alert_len) == 0)
			name_copy(p->name[p->n++], f->name[i]);
	}
	qsort(p->name, p->n, NAME_SIZE, compare_names);
	p->state = ALERT_INDEX_UNKNOWN;
	for (size_t i = 0; i < p->n; i++) {
		view_of(p->name[i], &view);
		if (view.transition == TRANSITION_OPEN ||
		    view.transition == TRANSITION_CLOSE ||
		    view.transition == TRANSITION_CANCEL)
			p->decider = p->name[i];
		opened |= view.transition == TRANSITION_UPDATE ||
		    view.transition == TRANSITION_ACKNOWLEDGE;
	}
	if (p->decider != NULL)
		view_of(p->decider, &view);
	if (p->decider != NULL && view.transition == TRANSITION_CLOSE)
		p->state = ALERT_INDEX_CLOSED;
	else if (p->decider != NULL && view.transition == TRANSITION_CANCEL)
		p->state = ALERT_INDEX_CANCELLED;
	else if (p->decider != NULL || opened)
		p->state = ALERT_INDEX_OPEN;
	else if (p->n > 0 && view.transition == TRANSITION_INFORM)
		p->state = ALERT_INDEX_INFORMATIONAL;
}

/* ---- reading ----------------------------------------------------------- */

static void
check_fold(const struct fixture *f, const struct alert_fold *fold)
{
	struct name_view view;
	struct plain p;
	time_t t = 0;
	bool has;

	fold_plainly(f, fold->newest.name, &p);
	assert_string_equal(fold->newest.name, p.name[p.n - 1]);
	assert_int_equal(fold->records, p.n);
	assert_int_equal(alert_fold_state(fold), p.state);
	has = alert_fold_decided(fold, &t);
	if (p.decider == NULL) {
		assert_false(has);
	} else {
		view_of(p.decider, &view);
		assert_int_equal(has, view.has_time);
		assert_true(!has || t == view.time);
	}
	for (size_t i = 0; i < p.n; i++) {
		view_of(p.name[i], &view);
		if (!view.has_time)
			continue;
		assert_true(fold->has_first && fold->first == view.time);
		break;
	}
}

/* True if the model wants the alert of this record. */
static bool
is_wanted(const struct fixture *f, const char *name,
    const struct alert_index_wish *wish)
{
	struct name_view view;
	struct plain p;

	fold_plainly(f, name, &p);
	view_of(p.name[p.n - 1], &view);
	return strcmp(name, p.name[p.n - 1]) == 0 &&
	    (wish->states & ALERT_INDEX_IN(p.state)) != 0 &&
	    (!wish->has_since || p.state == ALERT_INDEX_OPEN ||
		(view.has_time && view.time >= wish->since));
}

static void
check_wish(struct fixture *f, const struct alert_index_wish *wish)
{
	size_t wanted = 0;

	read_index(f, wish);
	for (size_t i = 0; i < f->n; i++)
		wanted += is_wanted(f, f->name[i], wish);
	assert_int_equal(f->index.n, wanted);
	for (size_t i = 0; i < f->index.n; i++)
		check_fold(f, &f->index.fold[i]);
}

static void
test_lives(void **state)
{
	struct fixture *f = *state;

	for (size_t alerts = 1; alerts < 200; alerts += 33) {
		make_lives(f, alerts);
		check_wish(f,
		    &(struct alert_index_wish){.states = ALERT_INDEX_ANY});
		for (int s = 0; s < ALERT_INDEX_STATES; s++)
			check_wish(f,
			    &(struct alert_index_wish){
				.states = ALERT_INDEX_IN(s),
			    });
		/* 2026-11-30T00:00:10Z */
		check_wish(f,
		    &(struct alert_index_wish){
			.states = ALERT_INDEX_ANY,
			.has_since = true,
			.since = 1795996810,
		    });
	}
}

static bool
is_newest_since(const struct alert_fold *fold, time_t since)
{
	struct name_view view;

	view_of(fold->newest.name, &view);
	return view.has_time && view.time >= since;
}

/* Of the alerts that are not open, the last ones up to the limit. */
static void
test_most(void **state)
{
	struct fixture *f = *state;
	struct alert_index_wish wish = {
	    .states = ALERT_INDEX_ANY,
	    .has_since = true,
	    .since = 1795996803, /* 2026-11-30T00:00:03Z */
	};
	const time_t begin = wish.since;
	size_t all, open = 0;

	make_lives(f, 400);
	read_index(f, &wish);
	all = f->index.n;
	assert_int_equal(f->index.left_out, 0);
	for (size_t i = 0; i < all; i++)
		open += alert_fold_state(&f->index.fold[i]) == ALERT_INDEX_OPEN;
	for (wish.most = 1; wish.most < all; wish.most += 37) {
		wish.since = begin;
		read_index(f, &wish);
		assert_true(f->index.n - open <= wish.most);
		assert_int_equal(f->index.left_out, all - f->index.n);
		wish.since = f->index.wish.since;
		for (size_t i = 0; i < f->index.n; i++)
			assert_true(alert_fold_state(&f->index.fold[i]) ==
				ALERT_INDEX_OPEN ||
			    is_newest_since(&f->index.fold[i], wish.since));
		if (wish.since-- == begin)
			continue;
		read_index(f,
		    &(struct alert_index_wish){.states = ALERT_INDEX_ANY,
			.has_since = true,
			.since = wish.since});
		assert_true(f->index.n - open > wish.most);
	}
}

/* More alerts than the table has at first: it grows, and shrinks when it is turned. */
static void
test_many(void **state)
{
	struct fixture *f = *state;
	size_t open = 0;

	make_lives(f, 4000);
	read_index(f, &(struct alert_index_wish){.states = ALERT_INDEX_ANY});
	assert_int_equal(f->index.n, 4000);
	for (size_t i = 0; i < f->index.n; i++)
		open += alert_fold_state(&f->index.fold[i]) == ALERT_INDEX_OPEN;
	for (size_t i = 0; i < f->index.n; i += 97)
		check_fold(f, &f->index.fold[i]);
	read_index(f,
	    &(struct alert_index_wish){
		.states = ALERT_INDEX_IN(ALERT_INDEX_OPEN)});
	assert_int_equal(f->index.n, open);
	assert_true(f->index.entries.n <= open);
}

/* Lives of three records, of which the last one closes most alerts. */
static void
make_incidents(struct fixture *f, size_t alerts, size_t left_open)
{
	static const char *const events[] = {"open", "update", "close"};

	for (size_t i = f->n = 0; i < alerts; i++)
		for (size_t k = 0; k < 3; k++) {
			if (k == 2 && i < left_open)
				continue;
			snprintf(f->name[f->n], NAME_SIZE,
			    "20261130T00000%zuZ.a%zu.%s.%032zx", k, i,
			    events[k], f->n);
			f->gone[f->n++] = false;
		}
	mix(f);
}

/* Names are read once if there is room for all alerts, and twice if there is not; never
 * is there more than that room. */
static void
test_room(void **state)
{
	const size_t alerts = 5000, open = 40;
	const size_t each = sizeof(struct alert_entry) +
	    sizeof(struct alert_details) + sizeof("a1000");
	struct error error = ERROR_INIT;
	struct fixture *f = *state;
	struct alert_index *x = &f->index;

	for (int i = 0; i < 4; i++) {
		const bool all = i % 2 == 0, room = i / 2 == 0;
		const struct alert_index_wish wish = {.states = all
			? ALERT_INDEX_ANY
			: ALERT_INDEX_IN(ALERT_INDEX_OPEN)};

		make_incidents(f, alerts, open);
		alert_index_free(x);
		assert_int_equal(alert_index_begin(x, &wish, &error), 0);
		x->entries.room = alerts * each / (room ? 1 : 2);
		add_all(f);
		assert_int_equal(x->entries.details != NULL, room);
		assert_true(x->entries.text_len <= x->entries.room);
		assert_int_equal(alert_index_turn(x, &error), !room);
		if (!room)
			add_all(f);
		assert_int_equal(x->n, all ? alerts : open);
		for (size_t k = 0; k < x->n; k += 7)
			check_fold(f, &x->fold[k]);
	}
}

/* Two records that differ only in the last digit, in either order, and its spelling. */
static void
test_same_key(void **state)
{
	static const char *const names[] = {
	    "00000000T000000Z.a_B-9+s-1_x.acknowledge."
	    "0123456789abcdef0123456789abcde8",
	    "00000000T000000Z.a_B-9+s-1_x.acknowledge."
	    "0123456789abcdef0123456789abcdef",
	};
	struct fixture *f = *state;

	for (size_t first = 0; first < 2; first++) {
		name_copy(f->name[0], names[first]);
		name_copy(f->name[1], names[1 - first]);
		f->n = 2;
		read_index(f,
		    &(struct alert_index_wish){.states = ALERT_INDEX_ANY});
		assert_int_equal(f->index.n, 1);
		check_fold(f, &f->index.fold[0]);
		assert_string_equal(f->index.fold[0].newest.name, names[1]);
		assert_int_equal(f->index.fold[0].newest.state, SPOOL_NEW);
	}
}

static void
test_one_alert(void **state)
{
	struct fixture *f = *state;

	make_lives(f, 30);
	read_index(f,
	    &(struct alert_index_wish){.states = ALERT_INDEX_ANY,
		.alert = "a3+s"});
	assert_int_equal(f->index.n, 1);
	check_fold(f, &f->index.fold[0]);
	assert_non_null(strstr(f->index.fold[0].newest.name, ".a3+s."));
	read_index(f,
	    &(struct alert_index_wish){.states = ALERT_INDEX_ANY,
		.alert = "a3"});
	assert_int_equal(f->index.n, 0);
}

static void
test_no_alert(void **state)
{
	static const char *const names[] = {
	    "20261130T000000Z.-.open.00000000000000000000000000000000",
	    "00000000T000000Z.-.close.00000000000000000000000000000001",
	};
	const struct alert_index_wish wish = {.states = ALERT_INDEX_ANY};
	struct error error = ERROR_INIT;
	struct fixture *f = *state;

	assert_int_equal(alert_index_begin(&f->index, &wish, &error), 0);
	assert_int_equal(alert_index_add(&f->index, "no name", SPOOL_NEW,
			     &error),
	    0);
	for (size_t i = 0; i < 2; i++)
		name_copy(f->name[f->n++], names[i]);
	read_index(f, &(struct alert_index_wish){.states = ALERT_INDEX_ANY});
	assert_int_equal(f->index.n, 0);
	assert_int_equal(f->index.without_id, 2);
}

/* Records that arrive while names are read: a close is seen, a new alert is not. */
static void
test_meanwhile(void **state)
{
	static const char *const names[] = {
	    "20261130T000000Z.a.open.00000000000000000000000000000000",
	    "20261130T000001Z.a.close.00000000000000000000000000000001",
	    "20261130T000001Z.b.open.00000000000000000000000000000002",
	};
	const struct alert_index_wish wish = {
	    .states = ALERT_INDEX_IN(ALERT_INDEX_OPEN)};
	struct error error = ERROR_INIT;
	struct fixture *f = *state;
	struct alert_index *x = &f->index;

	assert_int_equal(alert_index_begin(x, &wish, &error), 0);
	x->entries.room = 0;
	assert_int_equal(alert_index_add(x, names[0], SPOOL_NEW, &error), 1);
	assert_int_equal(alert_index_turn(x, &error), 1);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(alert_index_add(x, names[i], SPOOL_NEW,
				     &error),
		    1);
	assert_int_equal(x->n, 1);
	assert_string_equal(x->fold[0].newest.name, names[1]);
	assert_int_equal(alert_fold_state(&x->fold[0]), ALERT_INDEX_CLOSED);
}

/* ---- the rules of clean ------------------------------------------------ */

static void
read_for_clean(struct fixture *f)
{
	read_index(f, &(struct alert_index_wish){.clean = true});
}

static enum alert_index_rule
judge(const struct fixture *f, size_t i)
{
	enum alert_index_rule rule = alert_index_judge(&f->index, f->name[i]);

	if (rule != ALERT_INDEX_NEWEST)
		return rule;
	return f->said_ended ? ALERT_INDEX_LAST : ALERT_INDEX_KEPT;
}

/* Deletes what is due, as clean does: first the free records, then those that must go
 * last. Returns how many a rule kept. */
static size_t
clean(struct fixture *f, const bool *due)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (f->gone[i] || !due[i])
			continue;
		if (judge(f, i) == ALERT_INDEX_FREE) {
			f->gone[i] = true;
			alert_index_forget(&f->index, f->name[i]);
		} else {
			kept++;
		}
	}
	for (size_t i = 0; i < f->n; i++)
		if (!f->gone[i] && due[i] && judge(f, i) == ALERT_INDEX_LAST &&
		    !alert_index_has_others(&f->index, f->name[i])) {
			f->gone[i] = true;
			kept--;
		}
	return kept;
}

/* Each alert before and after: an open alert is still open, with the same newest record;
 * any other is not. */
static void
check_cleaned(struct fixture *f, const bool *due)
{
	static struct plain before[RECORDS];
	struct plain after;

	for (size_t i = 0; i < f->n; i++)
		if (!f->gone[i])
			fold_plainly(f, f->name[i], &before[i]);
	for (size_t i = 0; i < f->n; i++)
		if (f->gone[i])
			before[i].n = 0;
	clean(f, due);
	for (size_t i = 0; i < f->n; i++) {
		if (before[i].n == 0)
			continue;
		fold_plainly(f, f->name[i], &after);
		if (before[i].state == ALERT_INDEX_OPEN) {
			assert_int_equal(after.state, ALERT_INDEX_OPEN);
			assert_string_equal(after.name[after.n - 1],
			    before[i].name[before[i].n - 1]);
		} else {
			assert_int_not_equal(after.state, ALERT_INDEX_OPEN);
		}
	}
}

static void
test_clean(void **state)
{
	static bool due[RECORDS];
	struct fixture *f = *state;

	for (int round = 0; round < 40; round++) {
		make_lives(f, 60);
		for (int run = 0; run < 4; run++) {
			read_for_clean(f);
			for (size_t i = 0; i < f->n; i++)
				due[i] =
				    run == 3 || random_below(&f->seed, 3) == 0;
			check_cleaned(f, due);
		}
	}
}

/* No more is kept than needed: if all is due, one record of each open alert and no
 * earlier open or end, and nothing of ended alerts. */
static void
test_clean_all(void **state)
{
	static bool due[RECORDS];
	static const struct {
		const char *events[4];
		size_t kept;
	} lives[] = {
	    {{"open"}, 1},
	    {{"open", "update", "update"}, 1},
	    {{"update"}, 1},
	    {{"open", "acknowledge"}, 1},
	    {{"open", "unknown"}, 2},
	    {{"update", "inform"}, 2},
	    {{"open", "close"}, 0},
	    {{"open", "cancel", "update"}, 0},
	    {{"close"}, 0},
	    {{"inform", "inform"}, 0},
	    {{"unknown"}, 0},
	    {{"open", "close", "open", "update"}, 2},
	    {{"close", "open"}, 1},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(lives) / sizeof(*lives); i++) {
		f->n = 0;
		for (size_t k = 0; k < 4 && lives[i].events[k] != NULL; k++) {
			snprintf(f->name[f->n], NAME_SIZE,
			    "20261130T00000%zuZ.a.%s.%032zx", k,
			    lives[i].events[k], k);
			f->gone[f->n++] = false;
			due[k] = true;
		}
		read_for_clean(f);
		assert_int_equal(clean(f, due), lives[i].kept);
	}
}

/* If the newest record says that its alert has ended, the alert is treated as after a
 * close, even if another record would keep it open. */
static void
test_clean_said_ended(void **state)
{
	static const char *const lives[][3] = {
	    {"open", "open", "update"},
	    {"close", "open", "update"},
	    {"open", "update", "unknown"},
	};
	static const bool dues[][3] = {{false, false, true},
	    {true, true, false}, {true, true, true}};
	static const size_t kept[] = {1, 0, 0};
	struct fixture *f = *state;

	f->said_ended = true;
	for (size_t i = 0; i < 9; i++) {
		for (f->n = 0; f->n < 3; f->n++) {
			snprintf(f->name[f->n], NAME_SIZE,
			    "20261130T00000%zuZ.a.%s.%032zx", f->n,
			    lives[i % 3][f->n], f->n);
			f->gone[f->n] = false;
		}
		read_for_clean(f);
		assert_int_equal(f->index.n, i % 3 != 0); /* contested */
		if (f->index.n > 0)
			alert_fold_end(&f->index.fold[0]);
		assert_int_equal(clean(f, dues[i / 3]), kept[i / 3]);
		assert_int_equal(f->gone[2], i / 3 == 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_lives, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_lives, setup_no_room,
		teardown),
	    cmocka_unit_test_setup_teardown(test_most, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_most, setup_no_room, teardown),
	    cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_many, setup_no_room, teardown),
	    cmocka_unit_test_setup_teardown(test_one_alert, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_one_alert, setup_no_room,
		teardown),
	    cmocka_unit_test_setup_teardown(test_room, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_same_key, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_same_key, setup_no_room,
		teardown),
	    cmocka_unit_test_setup_teardown(test_no_alert, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_meanwhile, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_clean, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_clean_all, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_clean_said_ended, setup,
		teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * Who may take which record: order, one record an alert, deferrals, leases, alerts that
 * others hold, and changes between the two looks.
 */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/error.h"
#include "lib/spool/queue.h"
#include "tests/unit/spool/fixture.h"
#include "tests/unit/stat_fails.h"

#define NOW ((struct timespec){.tv_sec = 1795419942})
#define MAX 16

struct rig {
	char *path;
	struct spool *spool, *other;
	struct queue *queue;
	struct queue_item items[MAX];
	struct queue_rest rest;
	size_t n;
};

static int
setup(void **state)
{
	struct rig *f = calloc(1, sizeof(*f));
	struct error error = ERROR_INIT;

	f->spool = fixture_open(&f->path);
	if (spool_open(&f->other, f->path, SPOOL_WRITE, &error) == -1 ||
	    queue_open(&f->queue, f->spool, &error) == -1)
		fail_msg("%s", error.text);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *f = *state;

	queue_close(f->queue);
	spool_close(f->other);
	fixture_close(f->spool, f->path);
	free(f);
	return 0;
}

/* Record i of an alert, with an mtime this many seconds from NOW. */
static const char *
name_of(const char *alert, int i)
{
	static char names[8][NAME_SIZE];
	static int next;
	char *name = names[next++ % 8];

	snprintf(name, NAME_SIZE, "20261123T%02d0000Z.%s.update.%032x", i,
	    alert, i);
	return name;
}

static void
place(struct rig *f, enum spool_state where, const char *name, int from_now)
{
	struct timespec times[2] = {NOW, NOW};
	int fd =
	    openat(spool_dir(f->spool, where), name, O_WRONLY | O_CREAT, 0640);

	assert_int_not_equal(fd, -1);
	close(fd);
	times[1].tv_sec += from_now;
	utimensat(spool_dir(f->spool, where), name, times, 0);
}

static void
take(struct rig *f, size_t max)
{
	const struct queue_wish wish = {.least = max, .most = max};
	struct error error = ERROR_INIT;

	if (queue_take(f->queue, NOW, &wish, f->items, &f->n, &f->rest,
		&error) == -1)
		fail_msg("%s", error.text);
}

static void
test_first_of_each(void **state)
{
	struct rig *f = *state;

	place(f, SPOOL_NEW, name_of("b", 1), -5);
	place(f, SPOOL_NEW, name_of("a", 2), -5);
	place(f, SPOOL_NEW, name_of("b", 3), -5);
	place(f, SPOOL_NEW, name_of("a", 4), -5);
	take(f, MAX);
	assert_int_equal(f->n, 2);
	assert_string_equal(f->items[0].entry.name, name_of("b", 1));
	assert_string_equal(f->items[1].entry.name, name_of("a", 2));
	assert_int_equal(f->rest.behind, 2);
	/* They are held: no other record of these alerts is given. */
	take(f, MAX);
	assert_int_equal(f->n, 0);
	/* Freed, the same record comes again. */
	queue_free(f->queue, name_of("a", 2));
	take(f, MAX);
	assert_int_equal(f->n, 1);
	assert_string_equal(f->items[0].entry.name, name_of("a", 2));
}

static void
test_max(void **state)
{
	struct rig *f = *state;

	place(f, SPOOL_NEW, name_of("a", 1), 0);
	place(f, SPOOL_NEW, name_of("b", 2), 0);
	place(f, SPOOL_NEW, name_of("c", 3), 0);
	take(f, 2);
	assert_int_equal(f->n, 2);
	assert_int_equal(f->rest.there, 3);
	take(f, 2);
	assert_int_equal(f->n, 1);
	assert_string_equal(f->items[0].entry.name, name_of("c", 3));
}

/* The record's state and mtime, with or without a history, and the result. */
static void
test_judging(void **state)
{
	static const struct {
		enum spool_state where;
		int from_now;
		bool history;
		enum queue_status status;
	} rows[] = {
	    {SPOOL_NEW, -1, false, QUEUE_DUE},
	    {SPOOL_NEW, 0, true, QUEUE_DUE},
	    {SPOOL_NEW, 60, true, QUEUE_DEFERRED},
	    {SPOOL_NEW, 60, false, QUEUE_DUE},
	    {SPOOL_NEW, QUEUE_AHEAD_MAX, true, QUEUE_DEFERRED},
	    {SPOOL_NEW, QUEUE_AHEAD_MAX + 1, true, QUEUE_DUE},
	    {SPOOL_CUR, -1, false, QUEUE_DUE},
	    {SPOOL_CUR, 0, false, QUEUE_DUE},
	    {SPOOL_CUR, 60, false, QUEUE_LEASED},
	    {SPOOL_CUR, QUEUE_AHEAD_MAX + 1, false, QUEUE_DUE},
	};
	struct rig *f = *state;
	struct spool_event event = {.who = "t", .what = "release"};
	struct error error = ERROR_INIT;
	enum queue_status status;
	struct timespec mtime;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct spool_entry entry = {.state = rows[i].where};

		snprintf(entry.name, sizeof(entry.name), "%s",
		    name_of("a", (int)i));
		place(f, rows[i].where, entry.name, rows[i].from_now);
		if (rows[i].history)
			assert_int_equal(spool_note(f->spool, entry.name,
					     &event, &error),
			    0);
		assert_int_equal(queue_judge(f->spool, &entry, NOW, &status,
				     &mtime, &error),
		    0);
		assert_int_equal(status, rows[i].status);
	}
}

/* A record that waits delays its own alert and no other. */
static void
test_holding_back(void **state)
{
	struct rig *f = *state;
	struct spool_event event = {.who = "t", .what = "release"};
	struct error error = ERROR_INIT;

	place(f, SPOOL_NEW, name_of("a", 1), 60);
	assert_int_equal(spool_note(f->spool, name_of("a", 1), &event, &error),
	    0);
	place(f, SPOOL_NEW, name_of("a", 2), 0);
	place(f, SPOOL_CUR, name_of("b", 3), 30);
	place(f, SPOOL_NEW, name_of("b", 4), 0);
	place(f, SPOOL_DEAD, name_of("c", 5), 0);
	place(f, SPOOL_NEW, name_of("c", 6), 0);
	take(f, MAX);
	assert_int_equal(f->n, 1);
	assert_string_equal(f->items[0].entry.name, name_of("c", 6));
	assert_int_equal(f->rest.deferred, 1);
	assert_int_equal(f->rest.leased, 1);
	assert_int_equal(f->rest.behind, 2);
	assert_true(f->rest.has_next);
	assert_int_equal(f->rest.next.tv_sec, NOW.tv_sec + 30);
}

/* A user of "claim" works on a record without holding its alert; an earlier one that
 * arrives meanwhile waits for the end of the lease. */
static void
test_leased_later(void **state)
{
	struct rig *f = *state;

	place(f, SPOOL_NEW, name_of("a", 1), -5);
	place(f, SPOOL_CUR, name_of("a", 2), 60);
	place(f, SPOOL_NEW, name_of("b", 3), -5);
	place(f, SPOOL_CUR, name_of("b", 4), -60);
	take(f, MAX);
	assert_int_equal(f->n, 1);
	assert_string_equal(f->items[0].entry.name, name_of("b", 3));
	assert_int_equal(f->rest.leased, 1);
	assert_true(f->rest.has_next);
	assert_int_equal(f->rest.next.tv_sec, NOW.tv_sec + 60);
	/* Acknowledged: it is free. */
	assert_int_equal(unlinkat(spool_dir(f->spool, SPOOL_CUR),
			     name_of("a", 2), 0),
	    0);
	take(f, MAX);
	assert_int_equal(f->n, 1);
	assert_string_equal(f->items[0].entry.name, name_of("a", 1));
}

/* An alert that another process holds is skipped, even if only this alert was asked for. */
static void
test_busy(void **state)
{
	struct rig *f = *state;
	struct error error = ERROR_INIT;

	place(f, SPOOL_NEW, name_of("a", 1), 0);
	place(f, SPOOL_NEW, name_of("b", 2), 0);
	assert_int_equal(spool_lock_alert(f->other, name_of("a", 9), &error),
	    0);
	take(f, 1);
	assert_int_equal(f->n, 1);
	assert_string_equal(f->items[0].entry.name, name_of("b", 2));
	assert_int_equal(f->rest.busy, 1);
	/* And the taken alert is locked for the other process. */
	assert_int_equal(spool_lock_alert(f->other, name_of("b", 9), &error),
	    -1);
	assert_int_equal(error.kind, ERROR_BUSY);
	error_clear(&error);
	queue_free(f->queue, name_of("b", 2));
	assert_int_equal(spool_lock_alert(f->other, name_of("b", 9), &error),
	    0);
}

/* This many, and a share of all, up to the maximum. */
static void
test_wish(void **state)
{
	static const struct {
		struct queue_wish wish;
		size_t n; /* of twelve */
	} rows[] = {
	    {{.least = 1, .most = MAX}, 1},
	    {{.least = 1, .share = 6, .most = MAX}, 3},
	    {{.least = 1, .share = 100, .most = MAX}, 1},
	    {{.least = 1, .share = 1, .most = 5}, 5},
	    {{.least = 8, .share = 2, .most = MAX}, 12},
	};
	struct rig *f = *state;
	struct error error = ERROR_INIT;
	char alert[24];

	for (int i = 0; i < 12; i++) {
		snprintf(alert, sizeof(alert), "a%d", i);
		place(f, SPOOL_NEW, name_of(alert, i), -5);
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(queue_take(f->queue, NOW, &rows[i].wish,
				     f->items, &f->n, &f->rest, &error),
		    0);
		assert_int_equal(f->n, rows[i].n);
		assert_int_equal(f->rest.there, 12);
		for (size_t j = 0; j < f->n; j++) {
			snprintf(alert, sizeof(alert), "a%zu", j);
			assert_string_equal(f->items[j].entry.name,
			    name_of(alert, (int)j));
			queue_free(f->queue, f->items[j].entry.name);
		}
	}
}

/* Alerts seen by an earlier take are looked at again: one is gone, one has an earlier
 * record now, and one is leased. */
static void
test_seen_before(void **state)
{
	struct rig *f = *state;
	struct error error = ERROR_INIT;

	place(f, SPOOL_NEW, name_of("a", 1), -5);
	place(f, SPOOL_NEW, name_of("b", 2), -5);
	place(f, SPOOL_NEW, name_of("c", 3), -5);
	place(f, SPOOL_NEW, name_of("d", 4), -5);
	place(f, SPOOL_NEW, name_of("e", 6), -5);
	take(f, 1);
	assert_int_equal(f->n, 1);
	assert_string_equal(f->items[0].entry.name, name_of("a", 1));
	assert_int_equal(unlinkat(spool_dir(f->spool, SPOOL_NEW),
			     name_of("b", 2), 0),
	    0);
	place(f, SPOOL_NEW, name_of("c", 0), -5);
	place(f, SPOOL_CUR, name_of("d", 5), 60);
	take(f, 4);
	assert_int_equal(f->n, 2);
	assert_string_equal(f->items[0].entry.name, name_of("c", 0));
	assert_string_equal(f->items[1].entry.name, name_of("e", 6));
	/* What was locked but not taken is free again. */
	assert_int_equal(spool_lock_alert(f->other, name_of("b", 9), &error),
	    0);
	assert_int_equal(spool_lock_alert(f->other, name_of("d", 9), &error),
	    0);
	assert_int_equal(spool_lock_alert(f->other, name_of("c", 9), &error),
	    -1);
}

/* More waiting alerts than a look keeps do not hide one that is due. */
static void
test_behind_many(void **state)
{
	struct rig *f = *state;
	struct spool_event event = {.who = "t", .what = "release"};
	struct error error = ERROR_INIT;
	const int deferred = 300; /* a first look keeps 256 */
	char alert[24];

	for (int i = 0; i < deferred; i++) {
		char name[NAME_SIZE];

		snprintf(alert, sizeof(alert), "a%d", i);
		snprintf(name, sizeof(name), "%s", name_of(alert, 0));
		place(f, SPOOL_NEW, name, 60);
		assert_int_equal(spool_note(f->spool, name, &event, &error), 0);
	}
	place(f, SPOOL_NEW, name_of("a1", 1), -5);
	place(f, SPOOL_NEW, name_of("z", 2), -5);
	take(f, MAX);
	assert_int_equal(f->n, 1);
	assert_string_equal(f->items[0].entry.name, name_of("z", 2));
	take(f, MAX);
	assert_int_equal(f->n, 0);
	assert_int_equal(f->rest.deferred, deferred);
	assert_int_equal(f->rest.behind, 1);
	assert_int_equal(f->rest.there, deferred + 2);
	assert_int_equal(f->rest.next.tv_sec, NOW.tv_sec + 60);
}

/* A record that cannot be looked at is reported. */
static void
test_unanswered_look(void **state)
{
	const struct queue_wish wish = {.least = MAX, .most = MAX};
	struct rig *f = *state;
	struct error error = ERROR_INIT;

	place(f, SPOOL_NEW, name_of("a", 1), 0);
	stat_errno = EIO;
	assert_int_equal(queue_take(f->queue, NOW, &wish, f->items, &f->n,
			     &f->rest, &error),
	    -1);
	assert_int_equal(error.kind, ERROR_IO);
	assert_int_equal(f->n, 0);
	/* But if it is gone meanwhile, another process has it. */
	stat_errno = ENOENT;
	take(f, MAX);
	assert_int_equal(f->n, 0);
	stat_errno = 0;
	take(f, MAX);
	assert_int_equal(f->n, 1);
}

/* Each record without an alert id is separate. */
static void
test_without_alert(void **state)
{
	struct rig *f = *state;

	place(f, SPOOL_NEW, name_of("-", 1), 0);
	place(f, SPOOL_NEW, name_of("-", 2), 0);
	take(f, MAX);
	assert_int_equal(f->n, 2);
}

/* The byte as alertspool-spool(5) defines it. */
static void
test_alert_byte(void **state)
{
	(void)state;
	/* SHA-256("abc") begins ba7816bf 8f01cfea. */
	assert_true(spool_alert_byte(name_of("abc", 1)) ==
	    ((uint64_t)1 << 61) + 0x1a7816bf8f01cfea);
	assert_true(spool_alert_byte(name_of("-", 1)) !=
	    spool_alert_byte(name_of("-", 2)));
	/* The example in alertspool-spool(5). */
	assert_true(
	    spool_alert_byte(name_of("5d1b6f8e8c2e4e2d3c4a5b6c+payments", 1)) ==
	    UINT64_C(3111258980846121815));
}

/* Two sources have the same alert: a claim of one does not hold the other's record. */
static void
test_sources_are_apart(void **state)
{
	struct rig *f = *state;
	struct error error = ERROR_INIT;

	place(f, SPOOL_NEW, name_of("a+b", 1), 0);
	place(f, SPOOL_NEW, name_of("a+c", 2), 0);
	place(f, SPOOL_NEW, name_of("a", 3), 0);
	assert_int_equal(spool_lock_alert(f->other, name_of("a+b", 9), &error),
	    0);
	take(f, MAX);
	assert_int_equal(f->n, 2);
	spool_unlock_alert(f->other, name_of("a+b", 9));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_first_of_each),
	    TEST(test_max),
	    TEST(test_judging),
	    TEST(test_holding_back),
	    TEST(test_leased_later),
	    TEST(test_busy),
	    TEST(test_wish),
	    TEST(test_seen_before),
	    TEST(test_behind_many),
	    TEST(test_unanswered_look),
	    TEST(test_without_alert),
	    cmocka_unit_test(test_alert_byte),
	    TEST(test_sources_are_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

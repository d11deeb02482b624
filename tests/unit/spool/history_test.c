/* SPDX-License-Identifier: ISC */
/*
 * Histories after crashes and on full disks, and long ones: every complete line counts,
 * and no history grows without limit.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/spool/private.h"
#include "tests/unit/spool/fixture.h"

#define NAME \
	"20261123T074542Z.5d1b6f8e8c2e4e2d3c4a5b6c.open." \
	"00112233445566778899aabbccddeeff"

/* How many bytes still fit on the disk; -1: any number. */
static ssize_t room = -1;

ssize_t
write(int fd, const void *bytes, size_t n)
{
	if (room != -1 && (ssize_t)n > room) {
		if (room == 0) {
			errno = ENOSPC;
			return -1;
		}
		n = (size_t)room;
	}
	if (room != -1)
		room -= (ssize_t)n;
	return (ssize_t)syscall(SYS_write, fd, bytes, n);
}

static struct {
	char *path;
	struct spool *spool;
} f;

static int
setup(void **state)
{
	(void)state;
	room = -1;
	f.spool = fixture_open(&f.path);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return fixture_close(f.spool, f.path);
}

static int
try_note(const char *what, const char *why)
{
	struct spool_event event = {.who = "me", .what = what, .why = why};
	struct error error = ERROR_INIT;

	return spool_note(f.spool, NAME, &event, &error);
}

static void
note(const char *what, const char *why)
{
	assert_int_equal(try_note(what, why), 0);
}

static struct spool_tally
tally(void)
{
	struct error error = ERROR_INIT;
	struct spool_tally t;

	assert_int_not_equal(spool_tally(f.spool, NAME, &t, &error), -1);
	return t;
}

/* Adds bytes after the last line, as a crash leaves them. */
static void
add_bytes(const char *bytes, size_t n)
{
	int fd = openat(spool_root(f.spool), "history/" NAME,
	    O_WRONLY | O_CREAT | O_APPEND, 0640);

	assert_int_equal(syscall(SYS_write, fd, bytes, n), n);
	close(fd);
}

static off_t
size(void)
{
	struct stat st = {.st_size = 0};

	(void)fstatat(spool_root(f.spool), "history/" NAME, &st, 0);
	return st.st_size;
}

/* After a crash ext4 may keep the size of an append, with zeros as data. */
static void
test_zeros(void **state)
{
	static const char zeros[300];

	(void)state;
	note("attempt", NULL);
	add_bytes(zeros, sizeof(zeros));
	assert_int_equal(tally().attempts, 1);
	note("attempt", NULL);
	assert_int_equal(tally().attempts, 2);
	/* Older versions wrote on after the zeros. */
	add_bytes(zeros, sizeof(zeros));
	add_bytes("{\"what\":\"attempt\"}\n", 19);
	assert_int_equal(tally().attempts, 3);
	assert_int_equal(tally().lines, 3);
}

/* Half a line costs only that line. */
static void
test_torn(void **state)
{
	(void)state;
	note("attempt", NULL);
	note("requeue", NULL);
	add_bytes("{\"time\":\"2026-", 14);
	note("requeue", NULL);
	assert_int_equal(tally().requeues, 2);
	add_bytes("not json\n[1]\n{\"what\":7}\n", 24);
	note("attempt", NULL);
	assert_int_equal(tally().attempts, 1);
	assert_int_equal(tally().requeues, 2);
	assert_int_equal(tally().lines, 4);
}

/* The part of a line that fit on a full disk is cut off again. */
static void
test_full_disk(void **state)
{
	off_t before;

	(void)state;
	note("attempt", NULL);
	before = size();
	for (room = 0; room < 40; room += 13) {
		ssize_t this = room;

		assert_int_equal(try_note("requeue", NULL), -1);
		assert_int_equal(size(), before);
		room = this;
	}
	room = -1;
	note("requeue", NULL);
	assert_int_equal(tally().requeues, 1);
	assert_int_equal(tally().lines, 2);
}

/* A stream refused a record for a week: the file stays small, nothing that counts is
 * lost, and the last lines are unchanged. */
static void
test_growth(void **state)
{
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT;
	char why[900];

	(void)state;
	memset(why, 'x', sizeof(why) - 1);
	why[sizeof(why) - 1] = '\0';
	note("requeue", "once");
	note("requeue", "twice");
	for (int i = 0; i < 5000; i++) {
		if (i % 5 == 0)
			note("attempt", NULL);
		note("fail", i == 4999 ? "the last reason" : why);
		assert_in_range(size(), 1, SPOOL_HISTORY_MAX);
	}
	assert_int_equal(tally().attempts, 1000);
	assert_int_equal(tally().failures, 5000);
	assert_int_equal(tally().requeues, 2);
	assert_false(tally().pending);
	assert_int_equal(spool_history(f.spool, NAME, &text, &error), 0);
	assert_non_null(strstr(text.data, "the last reason"));
	assert_non_null(
	    strstr(text.data, "\"what\":\"summary\",\"why\":\"xxx"));
	buf_free(&text);
	note("requeue", NULL);
	assert_int_equal(tally().attempts, 0);
	assert_int_equal(tally().requeues, 3);
}

/* A start without a result is kept, too, and a disk without room for the new file leaves
 * nothing behind. */
static void
test_growth_fails(void **state)
{
	off_t before;

	(void)state;
	note("attempt", NULL);
	while (size() < 48 * 1024 - 1000)
		note("claim", "a line that changes no number");
	while (try_note("claim", NULL) == 0 && size() > 40 * 1024)
		continue;
	assert_in_range(size(), 1, 20 * 1024);
	assert_true(tally().pending);
	assert_int_equal(tally().attempts, 1);
	while (size() < 48 * 1024 - 200)
		note("claim", NULL);
	before = size();
	room = 5000;
	while (try_note("claim", NULL) == 0)
		before = size();
	room = -1;
	assert_int_equal(size(), before);
	assert_int_equal(tally().attempts, 1);
	assert_int_equal(faccessat(spool_root(f.spool),
			     "history/.00112233445566778899aabbccddeeff", F_OK,
			     0),
	    -1);
}

/* A history that is too large, as older versions made them, counts as empty. The next
 * line replaces it. */
static void
test_too_large(void **state)
{
	struct error error = ERROR_INIT;
	struct spool_tally t;
	struct buf text = BUF_INIT;

	(void)state;
	for (int i = 0; i < 9000; i++)
		add_bytes("{\"what\":\"attempt\",\"why\":null}\n", 30);
	assert_int_equal(spool_tally(f.spool, NAME, &t, &error), 1);
	assert_int_equal(t.attempts, 0);
	assert_int_equal(spool_history(f.spool, NAME, &text, &error), 1);
	assert_int_equal(text.len, 0);
	note("attempt", NULL);
	assert_int_equal(spool_tally(f.spool, NAME, &t, &error), 0);
	assert_int_equal(t.attempts, 1);
	assert_in_range(size(), 1, 200);
}

/* Which starts count, and which one has no result. */
static void
test_starts(void **state)
{
	(void)state;
	assert_false(tally().pending);
	note("attempt", NULL);
	assert_true(tally().pending);
	note("unstarted", "no memory");
	assert_int_equal(tally().attempts, 0);
	assert_false(tally().pending);
	note("unstarted", NULL);
	assert_int_equal(tally().attempts, 0);
	note("attempt", NULL);
	note("fail", "exit 1");
	note("attempt", NULL);
	note("release", "its lease expired");
	assert_true(tally().pending);
	note("unstarted", NULL);
	assert_int_equal(tally().attempts, 1);
}

/* The time of trying: each interval between starts, an hour at most. */
static void
test_tried(void **state)
{
	static const char lines[] =
	    "{\"time\":\"2026-11-23T00:00:00Z\",\"what\":\"attempt\"}\n"
	    "{\"time\":\"2026-11-23T00:10:00Z\",\"what\":\"attempt\"}\n"
	    "{\"time\":\"2026-11-30T00:00:00Z\",\"what\":\"attempt\"}\n"
	    "{\"time\":\"2026-11-29T00:00:00Z\",\"what\":\"attempt\"}\n";

	(void)state;
	add_bytes(lines, sizeof(lines) - 1);
	assert_int_equal(tally().tried, 600 + 3600);
	note("requeue", NULL);
	assert_int_equal(tally().tried, 0);
}

static int
always_whole(const char *text, size_t len, const void *sha256,
    struct error *error)
{
	(void)text;
	(void)len;
	(void)sha256;
	(void)error;
	return 1;
}

/* A record that was deleted and comes back has no history; a repeated delivery keeps the
 * history of its record. */
static void
test_leftover(void **state)
{
	struct spool_record r = {
	    .name = NAME,
	    .into = SPOOL_NEW,
	    .text = "{}\n",
	    .len = 3,
	    .is_whole = always_whole,
	};
	struct error error = ERROR_INIT;
	enum spool_outcome outcome;

	(void)state;
	note("attempt", NULL);
	assert_int_equal(spool_put(f.spool, &r, 0, &outcome, &error), 0);
	assert_int_equal(outcome, SPOOL_STORED);
	assert_int_equal(tally().attempts, 0);
	note("attempt", NULL);
	assert_int_equal(spool_put(f.spool, &r, 0, &outcome, &error), 0);
	assert_int_equal(outcome, SPOOL_DUPLICATE);
	assert_int_equal(tally().attempts, 1);
}

/* The history of a record is deleted before the record: a process that dies in between
 * leaves no history for a repeated delivery. */
static void
test_removed_first(void **state)
{
	struct error error = ERROR_INIT;
	struct stat st;

	(void)state;
	note("attempt", NULL);
	/* A directory with the record's name: its unlink fails. */
	assert_int_equal(mkdirat(spool_dir(f.spool, SPOOL_DONE), NAME, 0700),
	    0);
	assert_int_equal(spool_remove(f.spool, SPOOL_DONE, NAME, NULL, &error),
	    -1);
	assert_int_equal(fstatat(spool_dir(f.spool, SPOOL_DONE), NAME, &st, 0),
	    0);
	assert_int_equal(size(), 0);
}

/* Notes can be flushed even if there are none. */
static void
test_flush(void **state)
{
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(spool_flush_notes(f.spool, &error), 0);
	note("attempt", NULL);
	assert_int_equal(spool_flush_notes(f.spool, &error), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_zeros),
	    TEST(test_torn),
	    TEST(test_full_disk),
	    TEST(test_growth),
	    TEST(test_growth_fails),
	    TEST(test_too_large),
	    TEST(test_starts),
	    TEST(test_tried),
	    TEST(test_leftover),
	    TEST(test_removed_first),
	    TEST(test_flush),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

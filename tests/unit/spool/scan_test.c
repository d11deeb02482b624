/* SPDX-License-Identifier: ISC */
/*
 * spool_scan: compared with qsort(3) over the records that the test made, with counts
 * around the sizes of batches.
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
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/record/name.h"
#include "lib/spool/private.h"

#include "tests/unit/random.h"
#include "tests/unit/scratch.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* ---- a spool with records ------------------------------------------------- */

struct rig {
	char *directory;
	struct spool *spool;
	uint64_t seed;
	struct spool_entry *entries; /* what the test put there */
	size_t n;
};

static int
make_spool(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct error error = ERROR_INIT;
	char path[200];

	*state = r;
	r->directory = scratch_make();
	r->seed = 20261123;
	snprintf(path, sizeof(path), "%s/spool", r->directory);
	if (spool_create(AT_FDCWD, path, (uid_t)-1, (gid_t)-1, &error) == -1 ||
	    spool_open(&r->spool, path, SPOOL_READ, &error) == -1) {
		fprintf(stderr, "%s\n", error.text);
		return -1;
	}
	return 0;
}

static int
remove_spool(void **state)
{
	struct rig *r = *state;

	spool_close(r->spool);
	scratch_remove(r->directory);
	free(r->entries);
	free(r);
	return 0;
}

static void
put_file(const struct rig *r, enum spool_state state, const char *name)
{
	struct error error = ERROR_INIT;

	if (file_create(spool_dir(r->spool, state), name, 0600, "text\n", 5,
		&error) == -1)
		fail_msg("%s", error.text);
}

static void
put_record(struct rig *r, enum spool_state state, const char *name)
{
	put_file(r, state, name);
	/* At each power of two, because ASan copies at each realloc. */
	if ((r->n & (r->n - 1)) == 0) {
		r->entries = reallocarray(r->entries, r->n > 0 ? 2 * r->n : 1,
		    sizeof(*r->entries));
		assert_non_null(r->entries);
	}
	r->entries[r->n].state = state;
	snprintf(r->entries[r->n].name, NAME_SIZE, "%s", name);
	r->n++;
}

/* A name with few different times and alerts, so that every part decides the order. */
static void
make_name(struct rig *r, char name[static NAME_SIZE])
{
	unsigned char digest[16];
	char alert[8];
	const struct name_parts parts = {
	    .has_time = random_next(&r->seed) % 50 != 0,
	    .time = 1705314600 + (time_t)(random_next(&r->seed) % 100),
	    .id = alert,
	    .id_len = 3,
	    .transition = random_next(&r->seed) % TRANSITIONS,
	    .digest = digest,
	};

	snprintf(alert, sizeof(alert), "a%02u",
	    (unsigned int)(random_next(&r->seed) % 100));
	for (size_t i = 0; i < sizeof(digest); i++)
		digest[i] = (unsigned char)random_next(&r->seed);
	name_make(name, &parts);
}

static void
put_records(struct rig *r, enum spool_state state, size_t n)
{
	char name[NAME_SIZE];

	while (n-- > 0) {
		make_name(r, name);
		put_record(r, state, name);
	}
}

/* ---- order ---------------------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
	const struct spool_entry *x = a, *y = b;
	int c = name_compare(x->name, y->name);

	return c != 0 ? c : (int)x->state - (int)y->state;
}

static int
by_name_backwards(const void *a, const void *b)
{
	return by_name(b, a);
}

/* A scan of these states gives exactly the records that the test made. */
static void
assert_scan(struct rig *r, unsigned int states, enum spool_order order)
{
	struct error error = ERROR_INIT;
	struct spool_scan *scan;
	struct spool_entry entry;

	qsort(r->entries, r->n, sizeof(*r->entries),
	    order == SPOOL_ASCENDING ? by_name : by_name_backwards);
	assert_int_equal(spool_scan_open(&scan, r->spool, states, order,
			     &error),
	    0);
	for (size_t i = 0; i < r->n; i++) {
		if ((states & SPOOL_IN(r->entries[i].state)) == 0)
			continue;
		assert_int_equal(spool_scan_next(scan, &entry, &error), 1);
		assert_string_equal(entry.name, r->entries[i].name);
		assert_int_equal(entry.state, r->entries[i].state);
	}
	assert_int_equal(spool_scan_next(scan, &entry, &error), 0);
	assert_int_equal(spool_scan_next(scan, &entry, &error), 0);
	spool_scan_close(scan);
}

static void
assert_scans(struct rig *r)
{
	static const unsigned int sets[] = {
	    0,
	    SPOOL_IN(SPOOL_NEW),
	    SPOOL_IN(SPOOL_CUR),
	    SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR),
	    SPOOL_ANYWHERE,
	};

	for (size_t i = 0; i < COUNT(sets); i++) {
		assert_scan(r, sets[i], SPOOL_ASCENDING);
		assert_scan(r, sets[i], SPOOL_DESCENDING);
	}
}

static void
empty(void **state)
{
	struct rig *r = *state;

	put_records(r, SPOOL_NEW, 1);
	assert_int_equal(unlinkat(spool_dir(r->spool, SPOOL_NEW),
			     r->entries[0].name, 0),
	    0);
	r->n = 0;
	assert_scans(r);
}

/* Batches are of 4096, then 16384, then 65536 entries. */
static void
in_order(void **state)
{
	static const size_t more[] = {1, 2, 4092, 1, 1, 16383, 1, 3000};
	struct rig *r = *state;

	for (size_t i = 0; i < COUNT(more); i++) {
		put_records(r, SPOOL_NEW, more[i]);
		assert_scan(r, SPOOL_IN(SPOOL_NEW), SPOOL_ASCENDING);
		assert_scan(r, SPOOL_IN(SPOOL_NEW), SPOOL_DESCENDING);
	}
	put_records(r, SPOOL_CUR, 300);
	put_records(r, SPOOL_DONE, 5000);
	put_records(r, SPOOL_BAD, 1);
	assert_scans(r);
}

static void
same_name_in_two_states(void **state)
{
	struct rig *r = *state;
	char name[NAME_SIZE];

	put_records(r, SPOOL_CUR, 10);
	put_records(r, SPOOL_NEW, 10);
	make_name(r, name);
	put_record(r, SPOOL_DONE, name);
	put_record(r, SPOOL_NEW, name);
	put_record(r, SPOOL_BAD, name);
	assert_scans(r);
}

#define D32 "0123456789abcdef0123456789abcdef"

static void
names_of_others(void **state)
{
	static const char *const names[] = {
	    ".20240115T103000Z.a.open." D32,
	    ".tmp.1.2",
	    "20240115T103000Z.a.open." D32 ".gz",
	    "20240115T103000Z.a.open." D32 "0",
	    "20240115T103000Z.a.opened." D32,
	    "20240115T103000Z.a.b.open." D32,
	    "20241315T103000Z.a.open." D32,
	    "20240115T103000Z..open." D32,
	    "README",
	    "core",
	};
	struct rig *r = *state;
	char name[NAME_SIZE];

	for (size_t i = 0; i < COUNT(names); i++)
		put_file(r, SPOOL_NEW, names[i]);
	make_name(r, name);
	assert_int_equal(mkdirat(spool_dir(r->spool, SPOOL_NEW), name, 0700),
	    0);
	make_name(r, name);
	assert_int_equal(symlinkat("README", spool_dir(r->spool, SPOOL_NEW),
			     name),
	    0);
	put_records(r, SPOOL_NEW, 3);
	assert_scans(r);
	/* More than a batch; some come after it in order, some before. */
	put_records(r, SPOOL_NEW, 5000);
	assert_scans(r);
}

struct meeting {
	size_t met[SPOOL_STATES];
	size_t enough;
};

static int
meet(void *context, const char *name, enum spool_state state)
{
	struct meeting *m = context;

	assert_int_not_equal(name[0], '.');
	m->met[state]++;
	return m->met[SPOOL_NEW] == m->enough;
}

/* A walk visits every name of its states, until it is ended. */
static void
walk(void **state)
{
	struct rig *r = *state;
	struct meeting m = {.enough = SIZE_MAX};
	struct error error = ERROR_INIT;
	unsigned int states = SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR);

	put_records(r, SPOOL_NEW, 5000);
	put_records(r, SPOOL_CUR, 10);
	put_records(r, SPOOL_DONE, 10);
	assert_int_equal(spool_walk(r->spool, states, meet, &m, &error), 0);
	assert_int_equal(m.met[SPOOL_NEW], 5000);
	assert_int_equal(m.met[SPOOL_CUR], 10);
	assert_int_equal(m.met[SPOOL_DONE], 0);
	m = (struct meeting){.enough = 7};
	assert_int_equal(spool_walk(r->spool, states, meet, &m, &error), 1);
	assert_int_equal(m.met[SPOOL_NEW], 7);
	assert_int_equal(m.met[SPOOL_CUR], 0);
}

static void
remove_all(const struct rig *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (unlinkat(spool_dir(r->spool, r->entries[i].state),
			r->entries[i].name, 0) == -1)
			assert_int_equal(errno, ENOENT);
}

/* Records that come or go during a scan may be seen or not, but none twice. */
static void
records_come_and_go(void **state)
{
	struct rig *r = *state;
	struct error error = ERROR_INIT;
	struct spool_entry before, entry;
	struct spool_scan *scan;
	size_t seen;

	put_records(r, SPOOL_NEW, 6000);
	assert_int_equal(spool_scan_open(&scan, r->spool, SPOOL_ANYWHERE,
			     SPOOL_ASCENDING, &error),
	    0);
	assert_int_equal(spool_scan_next(scan, &before, &error), 1);
	for (seen = 1; spool_scan_next(scan, &entry, &error) == 1; seen++) {
		assert_true(by_name(&before, &entry) < 0);
		before = entry;
		if (seen == 100)
			put_records(r, SPOOL_CUR, 1000);
		if (seen == 4000)
			put_records(r, SPOOL_NEW, 1000);
	}
	assert_in_range(seen, 6000, 8000);
	spool_scan_close(scan);

	assert_int_equal(spool_scan_open(&scan, r->spool, SPOOL_ANYWHERE,
			     SPOOL_ASCENDING, &error),
	    0);
	assert_int_equal(spool_scan_next(scan, &entry, &error), 1);
	remove_all(r);
	for (seen = 1; spool_scan_next(scan, &entry, &error) == 1; seen++)
		;
	assert_int_equal(seen, 4096);
	spool_scan_close(scan);
	spool_scan_close(NULL);
}

static void
a_directory_that_cannot_be_read(void **state)
{
	struct rig *r = *state;
	struct error error = ERROR_INIT;
	struct spool_entry entry;
	struct spool_scan *scan;
	char name[NAME_SIZE];
	enum spool_state where;
	int fd;

	put_records(r, SPOOL_NEW, 3);
	fd = r->spool->dir[SPOOL_CUR];
	r->spool->dir[SPOOL_CUR] = r->spool->lock; /* none: opened to read */
	assert_int_equal(spool_scan_open(&scan, r->spool, SPOOL_ANYWHERE,
			     SPOOL_ASCENDING, &error),
	    0);
	assert_int_equal(spool_scan_next(scan, &entry, &error), -1);
	assert_int_equal(error.kind, ERROR_IO);
	assert_string_equal(error.text, "cannot list cur: Bad file descriptor");
	spool_scan_close(scan);
	error_clear(&error);
	assert_int_equal(spool_resolve(r->spool, "1", name, &where, &error),
	    -1);
	assert_int_equal(error.kind, ERROR_IO);
	r->spool->dir[SPOOL_CUR] = fd;
}

/* ---- one record ------------------------------------------------------------ */

static void
find_and_read(void **state)
{
	struct rig *r = *state;
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT;
	char name[NAME_SIZE];
	enum spool_state where;
	struct stat st;

	for (enum spool_state s = 0; s < SPOOL_STATES; s++) {
		put_records(r, s, 2);
		assert_int_equal(spool_find(r->spool, r->entries[r->n - 1].name,
				     &where, &error),
		    1);
		assert_int_equal(where, s);
	}
	make_name(r, name);
	assert_int_equal(spool_find(r->spool, name, &where, &error), 0);
	assert_int_equal(spool_find(r->spool, "", &where, &error), 0);
	assert_int_equal(spool_find(r->spool, ".", &where, &error), 0);
	assert_int_equal(spool_find(r->spool, "../lock", &where, &error), 0);

	assert_int_equal(spool_read(r->spool, SPOOL_NEW, r->entries[0].name,
			     &text, &st, &error),
	    0);
	assert_string_equal(text.data, "text\n");
	assert_int_equal(st.st_size, 5);
	assert_int_equal(spool_read(r->spool, SPOOL_CUR, r->entries[0].name,
			     &text, NULL, &error),
	    -1);
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	error_clear(&error);
	assert_int_equal(spool_read(r->spool, SPOOL_NEW, "../lock", &text, NULL,
			     &error),
	    -1);
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	buf_free(&text);
}

#define FIRST "20240115T103000Z.aa.open.20240115000000000000000000000000"
#define SECOND "20240115T103000Z.ab.close.deadbeef000000000000000000000000"
#define THIRD "20250601T000000Z.-.unknown.deadbee0000000000000000000000000"
#define FOURTH "20250601T000000Z.aa.open.20250115000000000000000000000000"

static void
abbreviations(void **state)
{
	static const struct {
		const char *text;
		const char *name; /* NULL: refused with this kind and text */
		enum error_kind kind;
		const char *message;
	} rows[] = {
	    {FIRST, FIRST, 0, ""},
	    {"20240115T103000Z.aa", FIRST, 0, ""},
	    {"20240115T103000Z.aa.", FIRST, 0, ""},
	    {"20240115T103000Z.ab.close.deadbeef00000000000000000000000",
		SECOND, 0, ""},
	    {"20250601T000000Z.-", THIRD, 0, ""},
	    {"deadbeef", SECOND, 0, ""},
	    {"deadbeef000000000000000000000000", SECOND, 0, ""},
	    {"deadbee00", THIRD, 0, ""},
	    {"20250115", FOURTH, 0, ""},

	    {"20240115", NULL, ERROR_INPUT,
		"20240115 is ambiguous: it may be "},
	    {"2", NULL, ERROR_INPUT, "2 is ambiguous: it may be "},
	    {"20250601T000000Z.", NULL, ERROR_INPUT,
		"20250601T000000Z. is ambiguous: it may be "},
	    {"deadbee", NULL, ERROR_NOT_FOUND, "no record deadbee"},
	    {"deadbeef000000000000000000000000 ", NULL, ERROR_INPUT,
		"'deadbeef000000000000000000000000 ' is not an ID: "},
	    {"deadbeef0000000000000000000000000", NULL, ERROR_NOT_FOUND,
		"no record deadbeef0000000000000000000000000"},
	    {"DEADBEEF", NULL, ERROR_INPUT, "'DEADBEEF' is not an ID: "},
	    {"beef0000", NULL, ERROR_NOT_FOUND, "no record beef0000"},
	    {"20240115T103000Z.aa.open.20240115000000000000000000000001", NULL,
		ERROR_NOT_FOUND,
		"no record "
		"20240115T103000Z.aa.open.20240115000000000000000000000001"},
	    {"", NULL, ERROR_INPUT, "'' is not an ID: "},
	    {".", NULL, ERROR_INPUT, "'.' is not an ID: "},
	    {"..", NULL, ERROR_INPUT, "'..' is not an ID: "},
	    {"2024/../lock", NULL, ERROR_INPUT,
		"'2024/../lock' is not an ID: "},
	    {"20240115\x1b[2J", NULL, ERROR_INPUT,
		"'20240115\\x1b[2J' is not an ID: "},
	};
	struct rig *r = *state;

	put_record(r, SPOOL_NEW, FIRST);
	put_record(r, SPOOL_CUR, SECOND);
	put_record(r, SPOOL_BAD, THIRD);
	put_record(r, SPOOL_DEAD, FOURTH);
	put_file(r, SPOOL_NEW, ".20240115T103000Z.aa.open." D32);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error error = ERROR_INIT;
		char name[NAME_SIZE];
		enum spool_state where;
		int rc;

		rc =
		    spool_resolve(r->spool, rows[i].text, name, &where, &error);
		assert_int_equal(rc, rows[i].name != NULL ? 0 : -1);
		assert_int_equal(error.kind, rows[i].kind);
		assert_memory_equal(error.text, rows[i].message,
		    strlen(rows[i].message));
		if (rc == 0)
			assert_string_equal(name, rows[i].name);
	}
}

static void
abbreviation_too_long(void **state)
{
	struct rig *r = *state;
	struct error error = ERROR_INIT;
	char text[10000], name[NAME_SIZE];
	enum spool_state where;

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(spool_resolve(r->spool, text, name, &where, &error),
	    -1);
	assert_int_equal(error.kind, ERROR_INPUT);
}

/* A record in two states is one record, and the first state counts. */
static void
resolve_in_two_states(void **state)
{
	struct rig *r = *state;
	struct error error = ERROR_INIT;
	char name[NAME_SIZE];
	enum spool_state where;

	put_record(r, SPOOL_DONE, FIRST);
	put_record(r, SPOOL_CUR, FIRST);
	assert_int_equal(spool_resolve(r->spool, "20240115", name, &where,
			     &error),
	    0);
	assert_string_equal(name, FIRST);
	assert_int_equal(where, SPOOL_CUR);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, make_spool, remove_spool)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(empty),
	    TEST(in_order),
	    TEST(same_name_in_two_states),
	    TEST(names_of_others),
	    TEST(walk),
	    TEST(records_come_and_go),
	    TEST(a_directory_that_cannot_be_read),
	    TEST(find_and_read),
	    TEST(abbreviations),
	    TEST(abbreviation_too_long),
	    TEST(resolve_in_two_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

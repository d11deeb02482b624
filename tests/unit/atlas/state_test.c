/* SPDX-License-Identifier: ISC */
/* state: saved values are read back; a damaged file does not look like a first run. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/atlas/state.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "tests/unit/scratch.h"

#define P "5f1e2d3c4b5a69788796a5b4"
#define ID "66f0a1b2c3d4e5f600000001"
#define NOW 1795948200 /* 2026-11-29T10:30:00Z */
#define DAY 86400

struct fixture {
	char *path;
	int root;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->path = scratch_make();
	f->root = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = f;
	return f->root == -1 ? -1 : 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	close(f->root);
	scratch_remove(f->path);
	free(f);
	return 0;
}

static struct state
read_state(const struct fixture *f)
{
	struct error error = ERROR_INIT;
	struct state s;

	if (state_read(&s, f->root, "shop", &error) == -1)
		fail_msg("%s", error.text);
	return s;
}

static void
write_state(const struct fixture *f, struct state *s)
{
	struct error error = ERROR_INIT;

	if (state_write(s, f->root, "shop", &error) == -1)
		fail_msg("%s", error.text);
	state_free(s);
}

static void
test_nothing(void **state)
{
	struct state s = read_state(*state);
	time_t t;

	assert_false(s.damaged);
	assert_true(state_is_first(&s, P));
	assert_false(state_succeeded(&s, P, &t));
	assert_int_equal(state_wrote(&s, P), 0);
	assert_int_equal(state_filled(&s, P, NOW), 0);
	assert_int_equal(state_asked(&s, P, ID), 0);
	state_free(&s);
}

static void
test_kept(void **state)
{
	struct error error = ERROR_INIT;
	struct state s = read_state(*state);
	struct stat st;
	time_t t;

	assert_int_equal(state_succeed(&s, P, NOW, 3, &error), 0);
	assert_int_equal(state_ask(&s, P, ID, NOW, NOW - 5, &error), 0);
	write_state(*state, &s);
	s = read_state(*state);
	assert_false(state_is_first(&s, P));
	assert_true(state_is_first(&s, "5f1e2d3c4b5a69788796a5b5"));
	assert_true(state_succeeded(&s, P, &t));
	assert_int_equal(t, NOW);
	assert_int_equal(state_wrote(&s, P), 3);
	assert_int_equal(state_asked(&s, P, ID), NOW);
	assert_int_equal(state_told(&s, P, ID), NOW - 5);
	state_forget(&s, P, NOW + 1);
	assert_int_equal(state_asked(&s, P, ID), 0);
	state_free(&s);
	assert_int_equal(fstatat(((struct fixture *)*state)->root,
			     "atlas/shop.json", &st, 0),
	    0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

/* A week is today and the six days before. */
static void
test_filled(void **state)
{
	struct error error = ERROR_INIT;
	struct state s = read_state(*state);

	assert_int_equal(state_fill(&s, P, NOW - 7 * DAY, &error), 0);
	assert_int_equal(state_fill(&s, P, NOW - 6 * DAY, &error), 0);
	assert_int_equal(state_fill(&s, P, NOW, &error), 0);
	assert_int_equal(state_fill(&s, P, NOW, &error), 0);
	write_state(*state, &s);
	s = read_state(*state);
	assert_int_equal(state_filled(&s, P, NOW), 3);
	assert_int_equal(state_filled(&s, P, NOW + DAY), 2);
	assert_int_equal(state_filled(&s, P, NOW + 7 * DAY), 0);
	state_free(&s);
}

static void
test_damaged(void **state)
{
	static const char *const texts[] = {"", "{", "[]", "{\"projects\":1}x",
	    "\n\n"};
	const struct fixture *f = *state;
	struct error error = ERROR_INIT;

	assert_int_equal(mkdirat(f->root, "atlas", 0750), 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct state s;

		(void)unlinkat(f->root, "atlas/shop.json", 0);
		assert_int_equal(file_create(f->root, "atlas/shop.json", 0640,
				     texts[i], strlen(texts[i]), &error),
		    0);
		s = read_state(f);
		assert_true(s.damaged);
		assert_int_equal(state_watch(&s, P, &error), 0);
		assert_false(state_is_first(&s, P));
		write_state(f, &s);
		s = read_state(f);
		assert_false(s.damaged);
		assert_false(state_is_first(&s, P));
		state_free(&s);
	}
}

/* Members with wrong types are treated as missing. */
static void
test_odd(void **state)
{
	static const char text[] =
	    "{\"projects\":{\"" P "\":{\"succeeded\":7,\"wrote\":-3,"
	    "\"filled\":{\"2026-11-29\":\"x\",\"2026-11-28\":-1},"
	    "\"asked\":[]}}}";
	const struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct state s;

	assert_int_equal(mkdirat(f->root, "atlas", 0750), 0);
	assert_int_equal(file_create(f->root, "atlas/shop.json", 0640, text,
			     strlen(text), &error),
	    0);
	s = read_state(f);
	assert_false(s.damaged);
	assert_true(state_is_first(&s, P));
	assert_int_equal(state_wrote(&s, P), 0);
	assert_int_equal(state_filled(&s, P, NOW), 0);
	assert_int_equal(state_ask(&s, P, ID, NOW, 0, &error), 0);
	assert_int_equal(state_asked(&s, P, ID), NOW);
	assert_int_equal(state_told(&s, P, ID), 0);
	state_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_nothing, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_kept, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_filled, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_odd, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/* The reader of bodies compared with Jansson's parser: each rule, every truncation,
 * single changed bytes, and each allocation failing. */
#include "config.h"

#include <errno.h>

#include "tests/fuzz/against_jansson.h"
#include "tests/unit/alert/alert_check.h"

/* ---- allocations that fail ------------------------------------------------ */

/* Allocations until one fails; negative: none fails. This program is linked with
 * --wrap=malloc, and Jansson gets the same function. */
static long left = -1;

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);

void *
__wrap_malloc(size_t n)
{
	if (left == 0)
		return NULL;
	if (left > 0)
		left--;
	return __real_malloc(n);
}

static int
count_allocations(void **state)
{
	(void)state;
	json_set_alloc_funcs(__wrap_malloc, free);
	return 0;
}

/* ---- the table ------------------------------------------------------------ */

#define BODY(text) text, sizeof(text) - 1

/* What our reader does with a body. */
enum verdict { READ, REPAIRED, REFUSED };

/* What Jansson's strict reader does, if it differs. */
enum jansson { SAME, OTHER };

static const struct {
	const char *body;
	size_t len;
	enum verdict verdict;
	enum jansson jansson;
} rules[] = {
    /* the whole */
    {BODY("{}"), READ, SAME},
    {BODY(" \t\r\n{ \t\r\n} \t\r\n"), READ, SAME},
    {BODY("[]"), REFUSED, OTHER},
    {BODY("7"), REFUSED, SAME},
    {BODY(""), REFUSED, SAME},
    {BODY(" "), REFUSED, SAME},
    {BODY("{}{}"), REFUSED, SAME},
    {BODY("{}\0"), REFUSED, SAME},
    {BODY("{}\v"), REFUSED, SAME},
    {BODY("\xEF\xBB\xBF{}"), REPAIRED, SAME},
    /* keys */
    {BODY("{\"\":1}"), READ, SAME},
    {BODY("{\"a\":1,\"A\":2,\"\\u00e9\":3,\"b\\\"\\n\":4}"), READ, SAME},
    {BODY("{\"z\":1,\"y\":2,\"x\":{\"z\":1,\"a\":2},\"a\":3}"), READ, SAME},
    {BODY("{\"a\":1,\"a\":2}"), REPAIRED, SAME},
    {BODY("{\"a\":1,\"b\":2,\"\\u0061\":3}"), REPAIRED, SAME},
    {BODY("{\"b\":{\"a\":1,\"a\":1}}"), REPAIRED, SAME},
    {BODY("{\"b\":[{\"a\":{}},{\"a\":{},\"a\":{\"x\":1}}]}"), REPAIRED, SAME},
    {BODY("{\"a\":{\"x\":[1]},\"a\":7}"), REPAIRED, SAME},
    {BODY("{\"a\\u0000b\":1}"), REFUSED, SAME},
    {BODY("{\"a\0b\":1}"), REFUSED, SAME},
    {BODY("{\"a\nb\":1}"), REPAIRED, SAME},
    {BODY("{1:1}"), REFUSED, SAME},
    {BODY("{\"a\"}"), REFUSED, SAME},
    {BODY("{\"a\":1,}"), REFUSED, SAME},
    {BODY("{,\"a\":1}"), REFUSED, SAME},
    {BODY("{\"a\":1;\"b\":2}"), REFUSED, SAME},
    /* strings */
    {BODY("{\"a\":\"\"}"), READ, SAME},
    {BODY("{\"a\":\"1234567\",\"b\":\"12345678\",\"c\":\"123456789\"}"), READ,
	SAME},
    {BODY("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}"), READ, SAME},
    {BODY("{\"a\":\"\\u0000x\\u0000\"}"), READ, SAME},
    {BODY("{\"a\":\"\\u0041\\u00E9\\u20ac\\uFFFF\"}"), READ, SAME},
    {BODY("{\"a\":\"\\ud83d\\ude00\\uDBFF\\uDFFF\"}"), READ, SAME},
    {BODY("{\"a\":\"\x7F\xC2\x80\xE2\x82\xAC\xF4\x8F\xBF\xBF\"}"), READ, SAME},
    {BODY("{\"a\":\"x\0y\"}"), REPAIRED, SAME},
    {BODY("{\"a\":\"\x1F\"}"), REPAIRED, SAME},
    {BODY("{\"a\":\"1234567\n\"}"), REPAIRED, SAME},
    {BODY("{\"a\":\"\\ud83d\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\\ud83d\\u0041\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\\ud83d\\ud83d\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\\ude00\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\\a\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\\u12\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\\U0041\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\\\0\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\xC0\x80\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\xED\xA0\x80\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\xF4\x90\x80\x80\"}"), REFUSED, SAME},
    {BODY("{\"a\":\"\xE2\x82\"}"), REFUSED, SAME},
    {BODY("{\"a\":'x'}"), REFUSED, SAME},
    /* numbers */
    {BODY("{\"a\":[0,-0,1,-1,10,1234567890]}"), READ, SAME},
    {BODY("{\"a\":[999999999999999999,1000000000000000000]}"), READ, SAME},
    {BODY("{\"a\":[9223372036854775807,-9223372036854775808]}"), READ, SAME},
    {BODY("{\"a\":9223372036854775808}"), REPAIRED, SAME},
    {BODY("{\"a\":-9223372036854775809}"), REPAIRED, SAME},
    {BODY("{\"a\":99999999999999999999}"), REPAIRED, SAME},
    {BODY("{\"a\":[0.0,-0.0,95.2,0.1,1e2,1E+2,1e-2,123.456e-7]}"), READ, SAME},
    {BODY("{\"a\":[5e-324,2e-324,1e-400,2.2250738585072011e-308]}"), READ,
	SAME},
    {BODY("{\"a\":[1.7976931348623157e308,9007199254740993.0]}"), READ, SAME},
    {BODY("{\"a\":0.1000000000000000055511151231257827021181583404541015625}"),
	READ, SAME},
    {BODY("{\"a\":1.8e308}"), REPAIRED, SAME},
    {BODY("{\"a\":-1e999}"), REPAIRED, SAME},
    {BODY("{\"a\":00}"), REFUSED, SAME},
    {BODY("{\"a\":-01}"), REFUSED, SAME},
    {BODY("{\"a\":-}"), REFUSED, SAME},
    {BODY("{\"a\":1.}"), REFUSED, SAME},
    {BODY("{\"a\":.1}"), REFUSED, SAME},
    {BODY("{\"a\":1e}"), REFUSED, SAME},
    {BODY("{\"a\":1e+}"), REFUSED, SAME},
    {BODY("{\"a\":+1}"), REFUSED, SAME},
    {BODY("{\"a\":0x1}"), REFUSED, SAME},
    {BODY("{\"a\":1_0}"), REFUSED, SAME},
    {BODY("{\"a\":1,5}"), REFUSED, SAME},
    {BODY("{\"a\":Infinity}"), REFUSED, SAME},
    {BODY("{\"a\":1\0}"), REFUSED, OTHER},
    /* words, lists */
    {BODY("{\"a\":[true,false,null]}"), READ, SAME},
    {BODY("{\"a\":truE}"), REFUSED, SAME},
    {BODY("{\"a\":nul}"), REFUSED, SAME},
    {BODY("{\"a\":trueish}"), REFUSED, SAME},
    {BODY("{\"a\":[]}"), READ, SAME},
    {BODY("{\"a\":[ [ ] , { } , [ [ 1 ] ] ]}"), READ, SAME},
    {BODY("{\"a\":[1,]}"), REFUSED, SAME},
    {BODY("{\"a\":[,1]}"), REFUSED, SAME},
    {BODY("{\"a\":[1}"), REFUSED, SAME},
    {BODY("{\"a\":[1 2]}"), REFUSED, SAME},
    {BODY("{\"a\":[1]]}"), REFUSED, SAME},
};

static void
expect_agreement(const char *body, size_t len)
{
	const char *wrong = against_jansson(body, len);

	if (wrong != NULL)
		fail_msg("%.*s: %s", (int)len, body, wrong);
}

static void
each_rule(void **state)
{
	struct error error = ERROR_INIT;
	struct json_read_error why;

	(void)state;
	for (size_t i = 0; i < LENGTH(rules); i++) {
		uint32_t repairs = 0;
		enum verdict verdict = REFUSED;
		bool strict;
		json_t *root;

		assert_int_equal(json_read(&root, &repairs, &why, rules[i].body,
				     rules[i].len, &error),
		    0);
		if (root != NULL)
			verdict = repairs == 0 ? READ : REPAIRED;
		json_decref(root);
		root = json_loadb(rules[i].body, rules[i].len, STRICT, NULL);
		strict = root != NULL;
		json_decref(root);
		if (verdict != rules[i].verdict ||
		    (strict == (verdict == READ)) != (rules[i].jansson == SAME))
			fail_msg("%s", rules[i].body);
		expect_agreement(rules[i].body, rules[i].len);
	}
}

/* ---- near what is right ---------------------------------------------------- */

static const char good[] =
    "{\"a\":[1,-0.5e3,\"\\u00e9\\ud83d\\ude00\\n\"],\"b\":{\"c\":null}, \"d\":"
    "[true,false],\"e\":1234567890123456789,\"caf\xC3\xA9\":\"\xE2\x82\xAC\"}";

/* The buffer has exactly the size of the text, so that a sanitizer sees a read beyond it.
 *  */
static void
every_beginning(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(good); n++) {
		char *body = malloc(n + (n == 0));

		assert_non_null(body);
		memcpy(body, good, n);
		expect_agreement(body, n);
		free(body);
	}
}

static void
some_bytes_away(void **state)
{
	static const char letters[] = "{}[]:,\"\\u0d1-.+eEtn \n\x01\xC3\xA9/x9";
	char body[sizeof(good)];
	unsigned int seed = 1;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		memcpy(body, good, sizeof(good));
		for (int j = 0; j <= i % 3; j++) {
			size_t at;

			seed = seed * 1103515245u + 12345u;
			at = (seed >> 16) % (sizeof(good) - 1);
			seed = seed * 1103515245u + 12345u;
			body[at] =
			    letters[(seed >> 16) % (sizeof(letters) - 1)];
		}
		expect_agreement(body, sizeof(good) - 1);
	}
}

/* Numbers of every size. Some have two exponents and are invalid. */
static void
many_numbers(void **state)
{
	uint64_t seed = 1;
	char body[64];
	int n;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		seed =
		    seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		n = snprintf(body, sizeof(body), "{\"a\":[%lld,%.*ge%d]}",
		    (long long)seed >> i % 64, i % 18 + 1,
		    (double)(seed >> 11) / 9007199254740992.0,
		    (int)(seed >> 33) % 300);
		expect_agreement(body, (size_t)n);
	}
}

/* ---- no memory ------------------------------------------------------------- */

/* Reads a body with the n-th allocation failing. True if the read failed, which must be
 * with ENOMEM. */
static bool
fails_at(const char *body, size_t len, long n)
{
	struct error error = ERROR_INIT;
	struct json_read_error why;
	uint32_t repairs = 0;
	json_t *root;
	int rc;

	left = n;
	rc = json_read(&root, &repairs, &why, body, len, &error);
	left = -1;
	if (rc == 0) {
		json_decref(root);
		return false;
	}
	assert_int_equal(error.kind, ERROR_IO);
	assert_int_equal(error.sys, ENOMEM);
	assert_int_equal(why.code, JSON_READ_OK);
	assert_null(root);
	assert_int_equal(repairs, 0);
	return true;
}

/* Every allocation fails once, and the build with sanitizers finds no leak. */
static void
each_allocation_fails(void **state)
{
	static const char body[] =
	    "{\"a\\n\":\"x\\ty\",\"b\":[1,2.5,{\"c\":null,\"c\":[]}],\"d\":{},"
	    "\"e\":1e999,\"f\":12345678901234567890,\"g\":0,\"h\":0,\"i\":0,"
	    "\"j\":\"x\ny\",\"k\":[[],[],[],[],[],[],[],[],[]]}";
	long n = 0;

	(void)state;
	while (fails_at(body, sizeof(body) - 1, n))
		n++;
	assert_true(n > 40);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_rule),
	    cmocka_unit_test(every_beginning),
	    cmocka_unit_test(some_bytes_away),
	    cmocka_unit_test(many_numbers),
	    cmocka_unit_test(each_allocation_fails),
	};

	return cmocka_run_group_tests(tests, count_allocations, NULL);
}

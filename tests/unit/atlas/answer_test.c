/* SPDX-License-Identifier: ISC */
/* What is read from answers: the access token, a template's id, the age of an alert. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/atlas/project.h"
#include "cli/atlas/run.h"
#include "cli/atlas/token.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	const char *text, *token; /* NULL: none */
} tokens[] = {
    {"{\"access_token\":\"eyJ.a-b_c~+/=\",\"expires_in\":3600}",
	"eyJ.a-b_c~+/="},
    {"{ \"expires_in\" : 1, \"access_token\" :\n\"x\" }", "x"},
    {"", NULL},
    {"{}", NULL},
    {"{\"access_token\"", NULL},
    {"{\"access_token\":", NULL},
    {"{\"access_token\":\"", NULL},
    {"{\"access_token\":\"x", NULL},
    {"{\"access_token\":\"\"}", NULL},
    {"{\"access_token\":7}", NULL},
    {"{\"access_token\":\"a b\"}", NULL},
    {"{\"access_token\":\"a\\r\\nX: 1\"}", NULL},
    {"{\"access_token\":\"a\r\nX: 1\"}", NULL},
};

static void
test_token(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tokens); i++) {
		struct buf token = BUF_INIT;
		int rc =
		    token_find(&token, tokens[i].text, strlen(tokens[i].text));

		if ((rc == 0) != (tokens[i].token != NULL))
			fail_msg("%s: %d", tokens[i].text, rc);
		if (rc == 0)
			assert_string_equal(token.data, tokens[i].token);
		buf_wipe(&token);
	}
}

static const struct {
	const char *text;
	bool has_id;
} templates[] = {
    {"{\"id\":\"${id}\"}", true},
    {"{\"status\":\"${status}\", \"id\" : \"${ id }\"}", true},
    {"{\"id\":\"${id!\\\"none\\\"}\"}", true},
    {"{\"id\": ${id?json_string}}", true},
    {"{\"id\":\"x\",\"id\":\"${id}\"}", true},
    {"", false},
    {"{\"alert\":\"${id}\"}", false},
    {"{\"id\":\"${alertConfigId}\"}", false},
    {"{\"id\":\"${identity}\"}", false},
    {"{\"id\":\"id\"}", false},
    {"{\"id\"}", false},
    {"{\"id\":\"${id", false},
};

static void
test_template(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(templates); i++)
		if (project_template_has_id(templates[i].text) !=
		    templates[i].has_id)
			fail_msg("%s", templates[i].text);
}

/* 2026-11-29T10:30:00Z */
#define NOW 1795948200

static const struct {
	const char *text;
	bool fresh;
} objects[] = {
    {"{}", false},
    {"{\"created\":\"2026-11-29T10:29:00Z\"}", true},
    {"{\"created\":\"2026-11-29T10:28:01Z\"}", true},
    {"{\"created\":\"2026-11-29T10:28:00Z\"}", false},
    {"{\"created\":\"2026-11-29T10:31:00Z\"}", true},
    {"{\"created\":\"2026-11-29T11:30:00Z\"}", false},
    {"{\"created\":\"2026-11-29T10:29:00Z\","
     "\"lastNotified\":\"2026-11-29T10:00:00Z\"}",
	false},
    {"{\"created\":\"2026-11-29T09:00:00Z\","
     "\"lastNotified\":\"2026-11-29T10:29:00Z\"}",
	true},
    {"{\"created\":\"2026-11-29T09:00:00Z\","
     "\"lastNotified\":\"2026-11-29T09:00:00Z\","
     "\"resolved\":\"2026-11-29T10:29:00Z\"}",
	true},
    {"{\"created\":\"2026-11-29T09:00:00Z\","
     "\"updated\":\"2026-11-29T10:29:00Z\"}",
	false},
};

static void
test_fresh(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(objects); i++) {
		json_t *object = json_loads(objects[i].text, 0, NULL);

		assert_non_null(object);
		if (run_is_fresh(object, NOW) != objects[i].fresh)
			fail_msg("%s", objects[i].text);
		json_decref(object);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_token),
	    cmocka_unit_test(test_template),
	    cmocka_unit_test(test_fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/* The sections [atlas NAME]: every key with its default, every refusal with the whole
 * text that an operator sees. settings_load() skips these sections. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/settings/atlas.h"
#include "lib/settings/settings.h"

#include "tests/unit/scratch.h"

#define CONF "alertspool.conf"
#define HEAD \
	"[source default]\nsecret_file = /s\n[source pay]\nsecret_file = /p\n"
#define P1 "5f1e2d3c4b5a69788796a5b4"
#define P2 "5f1e2d3c4b5a69788796a5b5"
#define SHOP HEAD "[atlas shop]\nproject = " P1 "\nkey_file = k\n"
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Loads the sections of this text. 0 or -1. The other settings are always valid. */
static int
load(struct settings *s, struct atlas_settings *all, const char *text,
    struct error *error)
{
	struct error none = ERROR_INIT;

	(void)unlink(CONF);
	assert_int_equal(file_create(AT_FDCWD, CONF, 0600, text, strlen(text),
			     &none),
	    0);
	if (settings_load(s, CONF, &none) == -1)
		fail_msg("%s", none.text);
	return atlas_settings_load(all, s, error);
}

static void
test_no_section(void **state)
{
	struct error error = ERROR_INIT;
	struct atlas_settings all;
	struct settings s;

	(void)state;
	assert_int_equal(load(&s, &all, HEAD, &error), 0);
	assert_int_equal(all.n, 0);
	atlas_settings_free(&all);
	settings_free(&s);
}

static void
test_defaults(void **state)
{
	struct error error = ERROR_INIT;
	struct atlas_settings all;
	struct settings s;
	char path[300];

	if (load(&s, &all, SHOP, &error) == -1)
		fail_msg("%s", error.text);
	assert_int_equal(all.n, 1);
	assert_string_equal(all.section[0].name, "shop");
	assert_int_equal(all.section[0].nprojects, 1);
	assert_string_equal(all.section[0].project[0], P1);
	snprintf(path, sizeof(path), "%s/k", (const char *)*state);
	assert_string_equal(all.section[0].key_file, path);
	assert_int_equal(all.section[0].key_line, 7);
	assert_string_equal(all.section[0].source, "default");
	assert_string_equal(all.section[0].url, "https://cloud.mongodb.com");
	assert_null(all.section[0].ca_file);
	assert_false(all.section[0].take_all);
	atlas_settings_free(&all);
	settings_free(&s);
}

static void
test_every_key(void **state)
{
	static const char text[] = SHOP
	    "[atlas other]\nproject = " P1 "\nproject = " P2
	    "\nkey_file = %d/atlas.key\nsource = pay\n"
	    "url = https://proxy.example:8443/\nca_file = /ca\ntake = all\n";
	struct error error = ERROR_INIT;
	struct atlas_settings all;
	struct settings s;

	(void)state;
	if (load(&s, &all, text, &error) == -1)
		fail_msg("%s", error.text);
	assert_int_equal(all.n, 2);
	assert_int_equal(all.section[1].nprojects, 2);
	assert_string_equal(all.section[1].project[1], P2);
	assert_string_equal(all.section[1].key_file, "%d/atlas.key");
	assert_string_equal(all.section[1].source, "pay");
	assert_string_equal(all.section[1].url, "https://proxy.example:8443");
	assert_string_equal(all.section[1].ca_file, "/ca");
	assert_true(all.section[1].take_all);
	atlas_settings_free(&all);
	settings_free(&s);
}

static const struct {
	const char *text, *expected;
} refusals[] = {
    {HEAD "[atlas shop]\nkey_file = k\n",
	CONF ":5: [atlas shop] needs a project"},
    {HEAD "[atlas shop]\nproject = " P1 "\n",
	CONF ":5: [atlas shop] needs a key_file"},
    {HEAD "[atlas shop]\nproject = " P1 "\n[atlas b]\n",
	CONF ":5: [atlas shop] needs a key_file"},
    {HEAD "[atlas]\nproject = " P1 "\n",
	CONF ":5: [atlas] must be [atlas NAME], and NAME 1 to 32 of a-z, 0-9, "
	     "'_' and '-', beginning with a-z or 0-9"},
    {HEAD "[atlas Shop]\nproject = " P1 "\n",
	CONF ":5: [atlas Shop] must be [atlas NAME], and NAME 1 to 32 of a-z, "
	     "0-9, '_' and '-', beginning with a-z or 0-9"},
    {HEAD "[atlasshop]\nproject = " P1 "\n",
	CONF ":5: [atlasshop] must be [atlas NAME], and NAME 1 to 32 of a-z, "
	     "0-9, '_' and '-', beginning with a-z or 0-9"},
    {SHOP "[atlas shop]\nproject = " P2 "\n",
	CONF ":8: [atlas shop] exists already; join the two"},
    {SHOP "project = " P1 "\n",
	CONF ":8: [atlas shop] names this project already; remove one of the "
	     "two lines"},
    {SHOP "project = 5f1e2d3c4b5a69788796a5b\n",
	CONF ":8: project must be an id of 24 hexadecimal digits in lower "
	     "case, as in 5f1e2d3c4b5a69788796a5b4"},
    {SHOP "project = 5F1E2D3C4B5A69788796A5B4\n",
	CONF ":8: project must be an id of 24 hexadecimal digits in lower "
	     "case, as in 5f1e2d3c4b5a69788796a5b4"},
    {SHOP "key_file = other\n",
	CONF ":8: key_file is given already; remove one of the two lines"},
    {HEAD "[atlas shop]\nproject = " P1 "\nkey_file = a/%d/k\n",
	CONF ":7: key_file must be the path of a file, in which %d is allowed "
	     "only at the beginning, as in %d/atlas.key"},
    {SHOP "keyfile = k\n", CONF ":8: unknown key 'keyfile' in [atlas shop]"},
    {SHOP "source = nobody\n",
	CONF ":8: there is no [source nobody] for these records"},
    {SHOP "take = none\n", CONF ":8: take must be webhook or all"},
};

static const char *const urls[] = {"http://cloud.mongodb.com",
    "http://127.0.0.1.example.com", "http://localhost.example.com", "ftp://x",
    "https://", "https:///", "https://user@host", "https://host/api",
    "https://host?x", "cloud.mongodb.com", "http://127.0.0.2"};

static void
assert_refused(const char *text, const char *expected)
{
	struct error error = ERROR_INIT;
	struct atlas_settings all;
	struct settings s;

	if (load(&s, &all, text, &error) != -1)
		fail_msg("taken: %s", text);
	assert_int_equal(error.kind, ERROR_SETTINGS);
	assert_string_equal(error.text, expected);
	assert_int_equal(all.n, 0);
	settings_free(&s);
}

static void
test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++)
		assert_refused(refusals[i].text, refusals[i].expected);
}

static void
test_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		char text[500];

		snprintf(text, sizeof(text), SHOP "url = %s\n", urls[i]);
		assert_refused(text,
		    CONF ":8: url must be https://HOST[:PORT], or http:// on "
			 "this host alone (127.0.0.1, localhost, [::1])");
	}
}

static void
test_urls_that_are_taken(void **state)
{
	static const char *const good[] = {"http://127.0.0.1",
	    "http://localhost:8080", "http://[::1]:1",
	    "https://cloud.mongodbgov.com"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct error error = ERROR_INIT;
		struct atlas_settings all;
		struct settings s;
		char text[500];

		snprintf(text, sizeof(text), SHOP "url = %s\n", good[i]);
		if (load(&s, &all, text, &error) == -1)
			fail_msg("%s", error.text);
		assert_string_equal(all.section[0].url, good[i]);
		atlas_settings_free(&all);
		settings_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_section),
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_every_key),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_urls_that_are_taken),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}

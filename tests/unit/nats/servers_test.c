/* SPDX-License-Identifier: ISC */
/* servers: addresses of a broker, and files with its credentials. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/nats/servers.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "tests/unit/scratch.h"

/* LONG_NAME has as many characters as an address may have. */
#define SIXTY_FOUR \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LONG_NAME \
	SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR \
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

static void
addresses(void **state)
{
	static const struct {
		const char *url, *all; /* NULL: refused */
		bool tls;
	} rows[] = {
	    {"nats://a", "nats://a ", false},
	    {"nats://a:4222,b,10.0.0.1:1",
		"nats://a:4222 nats://b "
		"nats://10.0.0.1:1 ",
		false},
	    {"tls://a,nats://[::1]:4222", "tls://a nats://[::1]:4222 ", true},
	    {"nats://a,nats://b", "nats://a nats://b ", false},
	    {"a:4222", NULL, false},
	    {"http://a", NULL, false},
	    {"nats://", NULL, false},
	    {"nats://a,", NULL, false},
	    {"nats://,a", NULL, false},
	    {"nats://a/path", NULL, false},
	    {"nats://user:word@a", NULL, false},
	    {"nats://a b", NULL, false},
	    {"nats://" LONG_NAME, "nats://" LONG_NAME " ", false},
	    {"nats://" LONG_NAME "d", NULL, false},
	    {"nats://" LONG_NAME "/", NULL, false},
	    {"nats://1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct servers s = {.n = 0};
		struct error error = ERROR_INIT;
		char all[512] = "";
		int rc = servers_parse(&s, rows[i].url, &error);

		assert_int_equal(rc, rows[i].all == NULL ? -1 : 0);
		for (size_t k = 0; rc == 0 && k < s.n; k++)
			snprintf(all + strlen(all), sizeof(all) - strlen(all),
			    "%s ", s.url[k]);
		if (rc == 0) {
			assert_string_equal(all, rows[i].all);
			assert_int_equal(s.tls, rows[i].tls);
		} else {
			assert_int_equal(error.kind, ERROR_USAGE);
			assert_null(strstr(error.text, "word@"));
		}
		servers_free(&s);
	}
}

/* Writes the text to a file with this mode and reads it as credentials. */
static enum error_kind
read_auth(const char *text, mode_t mode, struct servers *s)
{
	char *directory = scratch_make();
	struct error error = ERROR_INIT;
	char path[512];

	snprintf(path, sizeof(path), "%s/auth", directory);
	assert_int_equal(file_create(AT_FDCWD, path, mode, text, strlen(text),
			     &error),
	    0);
	*s = (struct servers){.n = 0};
	(void)servers_read_auth(s, path, &error);
	scratch_remove(directory);
	return error.kind;
}

static void
secrets(void **state)
{
	struct servers s;

	(void)state;
	assert_int_equal(read_auth("# who\n\nNATS_USER=me\nOTHER=x\n"
				   "NATS_PASSWORD=\"a b=c\"\r\n",
			     0600, &s),
	    ERROR_NONE);
	assert_string_equal(s.user.data, "me");
	assert_string_equal(s.password.data, "a b=c");
	servers_free(&s);
	assert_int_equal(read_auth("NATS_TOKEN='t'", 0640, &s), ERROR_NONE);
	assert_string_equal(s.token.data, "t");
	servers_free(&s);
	assert_int_equal(read_auth("; who\nNATS_TOKEN=\"t'\n", 0640, &s),
	    ERROR_NONE);
	assert_string_equal(s.token.data, "\"t'");
	servers_free(&s);
	assert_int_equal(read_auth("NATS_TOKEN=t\n", 0644, &s), ERROR_SETTINGS);
	servers_free(&s);
	assert_int_equal(read_auth("NATS_TOKEN=\n", 0600, &s), ERROR_SETTINGS);
	servers_free(&s);
	assert_int_equal(read_auth("NATS_PASSWORD=x\n", 0600, &s),
	    ERROR_SETTINGS);
	servers_free(&s);
	assert_int_equal(read_auth("NATS_TOKEN\n", 0600, &s), ERROR_SETTINGS);
	servers_free(&s);
	assert_int_equal(read_auth("", 0600, &s), ERROR_SETTINGS);
	servers_free(&s);
}

/* Each half of a key once, whatever else the file has. */
static void
keys(void **state)
{
	static const struct {
		const char *text, *seed, *key; /* NULL: refused */
	} rows[] = {
	    {"SUseed\nUkey\n", "SUseed", "Ukey"},
	    {"# mine\r\nUkey\r\nSUseed\r\nSUother\r\nUother", "SUseed", "Ukey"},
	    {"SUseed\n", NULL, NULL},
	    {"Ukey\nSother\n", NULL, NULL},
	    {"", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf seed = BUF_INIT, key = BUF_INIT;
		struct error error = ERROR_INIT;
		char *directory = scratch_make();
		char path[512];

		snprintf(path, sizeof(path), "%s/nkey", directory);
		assert_int_equal(file_create(AT_FDCWD, path, 0600, rows[i].text,
				     strlen(rows[i].text), &error),
		    0);
		(void)servers_read_nkey(path, &seed, &key, &error);
		if (rows[i].seed != NULL) {
			assert_int_equal(error.kind, ERROR_NONE);
			assert_string_equal(seed.data, rows[i].seed);
			assert_string_equal(key.data, rows[i].key);
		} else {
			assert_int_equal(error.kind, ERROR_SETTINGS);
		}
		scratch_remove(directory);
		buf_wipe(&seed);
		buf_wipe(&key);
	}
}

static void
inbox_prefixes(void **state)
{
	static const struct {
		const char *prefix;
		int rc;
	} cases[] = {
	    {"_INBOX", 0},
	    {"inbox.alerts-1", 0},
	    {"$KV_a.b", 0},
	    {"", -1},
	    {".a", -1},
	    {"a.", -1},
	    {"a..b", -1},
	    {"a b", -1},
	    {"a.*", -1},
	    {"a.>", -1},
	    {"a\033", -1},
	    {"0123456789012345678901234567890123456789012345678901234567890123",
		0},
	    {"0123456789012345678901234567890123456789012345678901234567890123"
	     "4",
		-1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error error = ERROR_INIT;

		assert_int_equal(servers_check_inbox(cases[i].prefix, &error),
		    cases[i].rc);
		assert_int_equal(error.kind,
		    cases[i].rc == 0 ? ERROR_NONE : ERROR_USAGE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(inbox_prefixes),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(secrets),
	    cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests_name("servers", tests, NULL, NULL);
}

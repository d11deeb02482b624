/* SPDX-License-Identifier: ISC */
/* auth: what must be accepted, and what must be refused. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/auth/auth.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/settings/settings.h"

#include "tests/unit/auth/auth_rig.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#define BODY "{\"id\":\"5d1b6f8e8c2e4e2d3c4a5b6c\",\"status\":\"OPEN\"}"

static void
assert_signature(const struct rig *r, const char *signature, const char *body,
    enum auth_verdict expected)
{
	struct auth_result result;

	result = rig_check(r, signature, NULL, body, strlen(body));
	rig_assert_verdict(result.signature, expected,
	    signature != NULL ? signature : "no signature");
	assert_int_equal(result.key != NULL, expected == AUTH_VALID);
}

/* ---- signatures ---------------------------------------------------------- */

static void
every_bit_counts(void **state)
{
	unsigned char mac[AUTH_SIGNATURE_BYTES], body[] = BODY;
	char right[AUTH_SIGNATURE_SIZE], wrong[AUTH_SIGNATURE_SIZE];
	struct rig r;

	rig_init(&r, state);
	rig_add_secret(&r, "a secret of sixteen or more", 27);
	rig_start(&r);
	rig_sign(&r, BODY, right);
	assert_int_equal(strlen(right), 28);
	assert_signature(&r, right, BODY, AUTH_VALID);
	assert_int_equal(decode_base64(mac, sizeof(mac), right, 28), 20);
	for (size_t bit = 0; bit < sizeof(mac) * 8; bit++) {
		mac[bit / 8] ^= (unsigned char)(1u << bit % 8);
		encode_base64(wrong, mac, sizeof(mac));
		assert_signature(&r, wrong, BODY, AUTH_WRONG);
		mac[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < strlen(BODY) * 8; bit++) {
		body[bit / 8] ^= (unsigned char)(1u << bit % 8);
		rig_assert_verdict(rig_check(&r, right, NULL, body,
				       strlen(BODY))
				       .signature,
		    AUTH_WRONG, "a changed body");
		body[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	for (size_t n = 0; n < strlen(BODY); n++)
		rig_assert_verdict(rig_check(&r, right, NULL, body, n)
				       .signature,
		    AUTH_WRONG, "a shorter body");
	rig_assert_verdict(rig_check(&r, right, NULL, body, strlen(BODY) + 1)
			       .signature,
	    AUTH_WRONG, "a longer body");
	rig_free(&r);
}

/* Text before and after the right signature. */
static void
base64_only_canonical(void **state)
{
	static const struct {
		const char *before;
		size_t cut; /* characters at the end */
		const char *behind;
		enum auth_verdict verdict;
	} rows[] = {
	    {"", 0, "", AUTH_VALID},
	    {" \t", 0, "\t ", AUTH_VALID},
	    {"", 1, "", AUTH_MALFORMED},
	    {"", 0, "=", AUTH_MALFORMED},
	    {"", 0, "==", AUTH_MALFORMED},
	    {"", 2, "==", AUTH_MALFORMED},
	    {"", 2, " =", AUTH_MALFORMED},
	    {"", 0, "A", AUTH_MALFORMED},
	    {"", 0, "AAAA", AUTH_MALFORMED},
	    {"", 0, "\n", AUTH_MALFORMED},
	    {"\r\n", 0, "", AUTH_MALFORMED},
	    {"sha1=", 0, "", AUTH_MALFORMED},
	    {"\"", 0, "\"", AUTH_MALFORMED},
	    {"", 0, ",", AUTH_REPEATED},
	    {",", 0, "", AUTH_REPEATED},
	    {"x, ", 0, "", AUTH_REPEATED},
	    {"", 28, ", ", AUTH_REPEATED},
	    {"", 28, "", AUTH_MISSING},
	    {" \t", 28, " ", AUTH_MISSING},
	};
	char right[AUTH_SIGNATURE_SIZE], text[100];
	struct rig r;

	rig_init(&r, state);
	rig_add_secret(&r, "Jefe", 4);
	rig_start(&r);
	rig_sign(&r, BODY, right);
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(text, sizeof(text), "%s%.*s%s", rows[i].before,
		    (int)(28 - rows[i].cut), right, rows[i].behind);
		assert_signature(&r, text, BODY, rows[i].verdict);
	}
	assert_signature(&r, NULL, BODY, AUTH_MISSING);
	for (size_t n = 1; n < 28; n++) {
		snprintf(text, sizeof(text), "%.*s", (int)n, right);
		assert_signature(&r, text, BODY, AUTH_MALFORMED);
	}
	snprintf(text, sizeof(text), "%s, %s", right, right);
	assert_signature(&r, text, BODY, AUTH_REPEATED);
	rig_free(&r);
}

/* The same 20 bytes in the URL-safe alphabet, or with other unused bits set. */
static void
base64_of_others(void **state)
{
	char right[AUTH_SIGNATURE_SIZE], body[32];
	struct rig r;

	rig_init(&r, state);
	rig_add_secret(&r, "Jefe", 4);
	rig_start(&r);
	for (int i = 0, seen = 0; seen < 20; i++) {
		char *other;

		snprintf(body, sizeof(body), "{\"n\":%d}", i);
		rig_sign(&r, body, right);
		right[26]++; /* the next character has the lowest bit set */
		assert_signature(&r, right, body, AUTH_MALFORMED);
		rig_sign(&r, body, right);
		other = strpbrk(right, "+/");
		if (other == NULL)
			continue;
		seen++;
		assert_signature(&r, right, body, AUTH_VALID);
		*other = *other == '+' ? '-' : '_';
		assert_signature(&r, right, body, AUTH_MALFORMED);
	}
	rig_free(&r);
}

static void
hex_only_where_set(void **state)
{
	char hex[AUTH_SIGNATURE_SIZE], base64[AUTH_SIGNATURE_SIZE], text[50];
	struct rig r;

	rig_init(&r, state);
	rig_add_secret(&r, "Jefe", 4);
	rig_start(&r);
	rig_sign(&r, BODY, base64);
	r.source.hex = true;
	rig_sign(&r, BODY, hex);
	assert_int_equal(strlen(hex), 40);
	assert_signature(&r, hex, BODY, AUTH_VALID);
	assert_signature(&r, base64, BODY, AUTH_MALFORMED);
	for (size_t i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "%.*s", (int)i, hex);
		assert_signature(&r, text, BODY,
		    i == 0 ? AUTH_MISSING : AUTH_MALFORMED);
		snprintf(text, sizeof(text), "%s", hex);
		text[i] = 'g';
		assert_signature(&r, text, BODY, AUTH_MALFORMED);
		text[i] = hex[i] == '0' ? '1' : '0';
		assert_signature(&r, text, BODY, AUTH_WRONG);
	}
	snprintf(text, sizeof(text), "%s0", hex);
	assert_signature(&r, text, BODY, AUTH_MALFORMED);
	snprintf(text, sizeof(text), "%s00", hex);
	assert_signature(&r, text, BODY, AUTH_MALFORMED);
	for (size_t i = 0; i < 40; i++)
		if (hex[i] >= 'a')
			hex[i] = (char)(hex[i] - 'a' + 'A');
	assert_signature(&r, hex, BODY, AUTH_VALID);
	r.source.hex = false;
	assert_signature(&r, hex, BODY, AUTH_MALFORMED);
	rig_free(&r);
}

static void
several_secrets(void **state)
{
	static const char *const secrets[] = {"one", "two", "three", "one"};
	static const char *const keys[] = {"secret0", "secret1", "secret2",
	    "secret0"};
	unsigned char mac[AUTH_SIGNATURE_BYTES];
	char text[AUTH_SIGNATURE_SIZE];
	struct auth_result result;
	struct rig r;

	rig_init(&r, state);
	for (size_t i = 0; i < COUNT(secrets); i++)
		rig_add_secret(&r, secrets[i], strlen(secrets[i]));
	rig_start(&r);
	for (size_t i = 0; i < COUNT(secrets); i++) {
		rig_hmac(mac, secrets[i], strlen(secrets[i]), BODY,
		    strlen(BODY));
		encode_base64(text, mac, sizeof(mac));
		result = rig_check(&r, text, NULL, BODY, strlen(BODY));
		rig_assert_verdict(result.signature, AUTH_VALID, secrets[i]);
		assert_string_equal(result.key, keys[i]);
	}
	rig_hmac(mac, "four", 4, BODY, strlen(BODY));
	encode_base64(text, mac, sizeof(mac));
	assert_signature(&r, text, BODY, AUTH_WRONG);
	rig_hmac(mac, "", 0, BODY, strlen(BODY));
	encode_base64(text, mac, sizeof(mac));
	assert_signature(&r, text, BODY, AUTH_WRONG);
	memset(mac, 0, sizeof(mac));
	encode_base64(text, mac, sizeof(mac));
	assert_signature(&r, text, BODY, AUTH_WRONG);
	rig_free(&r);
}

/* Exactly one newline at the end of a file is not part of the secret. */
static void
the_secret_itself(void **state)
{
	static const struct {
		const char *file;
		const char *secret;
	} rows[] = {
	    {"abc", "abc"},
	    {"abc\n", "abc"},
	    {"abc\n\n", "abc\n"},
	    {"abc\r\n", "abc\r"},
	    {" abc ", " abc "},
	    {"\nabc", "\nabc"},
	};
	unsigned char mac[AUTH_SIGNATURE_BYTES];
	char text[AUTH_SIGNATURE_SIZE];
	struct rig r;

	for (size_t i = 0; i < COUNT(rows); i++) {
		rig_init(&r, state);
		rig_add_secret(&r, rows[i].file, strlen(rows[i].file));
		rig_start(&r);
		rig_hmac(mac, rows[i].secret, strlen(rows[i].secret), BODY,
		    strlen(BODY));
		encode_base64(text, mac, sizeof(mac));
		assert_signature(&r, text, BODY, AUTH_VALID);
		rig_free(&r);
	}
}

/* ---- tokens -------------------------------------------------------------- */

/* One row of tests/web/tokens.txt: checks that the query gets the verdict of the row. */
static void
token_row(const struct rig *r, char *line)
{
	char name[32], word[16], query[80];
	struct auth_result result;
	char *blank;

	if (sscanf(line, "%31s %15s %79s", name, word, query) != 3)
		fail_msg("no row: %s", line);
	while ((blank = strstr(query, "\\s")) != NULL) {
		*blank = ' ';
		memmove(blank + 1, blank + 2, strlen(blank + 2) + 1);
	}
	result =
	    rig_check(r, "junk", strcmp(query, "-") != 0 ? query : NULL, "", 0);
	if (strcmp(auth_word(result.token), word) != 0)
		fail_msg("%s: %s, not %s", name, auth_word(result.token), word);
	rig_assert_verdict(result.signature, AUTH_NOT_REQUIRED, name);
	assert_null(result.key);
}

static void
tokens(void **state)
{
	const char *srcdir = getenv("srcdir");
	char path[4096], line[200];
	int rows = 0;
	struct rig r;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/web/tokens.txt",
	    srcdir != NULL ? srcdir : ".");
	file = fopen(path, "r");
	assert_non_null(file);
	rig_init(&r, state);
	rig_add_token(&r, "s3cret+tok/en\n", 14);
	rig_add_token(&r, "x", 1);
	rig_start(&r);
	while (fgets(line, sizeof(line), file) != NULL)
		if (strchr("#\n", line[0]) == NULL) {
			token_row(&r, line);
			rows++;
		}
	fclose(file);
	assert_true(rows >= 60);
	rig_assert_verdict(rig_check(&r, "junk", "", "", 0).token, AUTH_MISSING,
	    "an empty query");
	rig_free(&r);
}

/* During a rotation, two files may have the same token. */
static void
same_token_twice(void **state)
{
	struct rig r;

	rig_init(&r, state);
	rig_add_token(&r, "one\n", 4);
	rig_add_token(&r, "one\n", 4);
	rig_add_token(&r, "two\n", 4);
	rig_start(&r);
	rig_assert_verdict(rig_check(&r, NULL, "token=one", "", 0).token,
	    AUTH_VALID, "it is theirs");
	rig_assert_verdict(rig_check(&r, NULL, "token=three", "", 0).token,
	    AUTH_WRONG, "another");
	rig_free(&r);
}

/* "token=" and n times the text. */
static char *
long_query(const char *text, size_t n)
{
	char *query = malloc(strlen("token=") + n * strlen(text) + 1);

	assert_non_null(query);
	strcpy(query, "token=");
	for (size_t i = 0; i < n; i++)
		strcpy(query + strlen("token=") + i * strlen(text), text);
	return query;
}

static void
long_tokens(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		enum auth_verdict verdict;
	} rows[] = {
	    {"a", AUTH_SECRET_MAX, AUTH_VALID},
	    {"%61", AUTH_SECRET_MAX, AUTH_VALID},
	    {"a", AUTH_SECRET_MAX - 1, AUTH_WRONG},
	    {"b", AUTH_SECRET_MAX, AUTH_WRONG},
	    {"a", AUTH_SECRET_MAX + 1, AUTH_MALFORMED},
	    {"%61", AUTH_SECRET_MAX + 1, AUTH_MALFORMED},
	    {"a", 1000000, AUTH_MALFORMED},
	};
	char token[AUTH_SECRET_MAX + 1];
	struct rig r;

	memset(token, 'a', AUTH_SECRET_MAX);
	token[AUTH_SECRET_MAX] = '\n';
	rig_init(&r, state);
	rig_add_token(&r, token, sizeof(token));
	rig_start(&r);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *query = long_query(rows[i].text, rows[i].n);

		rig_assert_verdict(rig_check(&r, NULL, query, "", 0).token,
		    rows[i].verdict, rows[i].text);
		free(query);
	}
	rig_free(&r);
}

static void
first_token(void **state)
{
	const char *token;
	size_t len;
	struct rig r;

	rig_init(&r, state);
	rig_add_token(&r, "one\n", 4);
	rig_add_token(&r, "two\n", 4);
	rig_start(&r);
	token = auth_token(r.auth, &r.source, &len);
	assert_int_equal(len, 3);
	assert_memory_equal(token, "one", 3);
	rig_free(&r);
}

/* ---- sources ------------------------------------------------------------- */

static void
both_are_evaluated(void **state)
{
	char right[AUTH_SIGNATURE_SIZE];
	struct auth_result result;
	struct rig r;

	rig_init(&r, state);
	rig_add_secret(&r, "Jefe", 4);
	rig_add_token(&r, "x", 1);
	rig_start(&r);
	rig_sign(&r, BODY, right);
	result = rig_check(&r, right, "token=x", BODY, strlen(BODY));
	assert_true(auth_passed(result.signature));
	assert_true(auth_passed(result.token));
	result = rig_check(&r, right, "token=y", BODY, strlen(BODY));
	rig_assert_verdict(result.signature, AUTH_VALID, "signature");
	rig_assert_verdict(result.token, AUTH_WRONG, "token");
	result = rig_check(&r, "junk", "token=x", BODY, strlen(BODY));
	rig_assert_verdict(result.signature, AUTH_MALFORMED, "signature");
	rig_assert_verdict(result.token, AUTH_VALID, "token");
	rig_free(&r);
}

/* A record keeps a digest of the signature, with which one can verify but not send. */
static void
what_is_kept(void **state)
{
	char right[AUTH_SIGNATURE_SIZE], kept[AUTH_KEPT_SIZE];
	struct error error = ERROR_INIT;
	struct auth_result result;
	struct rig r;
	static const struct {
		const char *body;
		bool
		    same; /* the unchanged digest; otherwise one digit is changed */
		enum auth_verdict verdict;
	} rows[] = {
	    {BODY, true, AUTH_VALID},
	    {BODY, false, AUTH_WRONG},
	    {BODY " ", true, AUTH_WRONG},
	};

	rig_init(&r, state);
	rig_add_secret(&r, "another", 7);
	rig_add_secret(&r, "Jefe", 4);
	rig_start(&r);
	assert_string_equal(rig_check(&r, "junk", NULL, BODY, 1).kept, "");
	assert_false(auth_keep("junk", kept));
	assert_false(auth_keep(NULL, kept));
	assert_string_equal(kept, "");
	rig_sign(&r, BODY, right);
	assert_string_equal(rig_check(&r, right, NULL, BODY " ",
				strlen(BODY) + 1)
				.kept,
	    "");
	result = rig_check(&r, right, NULL, BODY, strlen(BODY));
	assert_true(auth_keep(right, kept));
	assert_string_equal(result.kept, kept);
	assert_null(strstr(kept, right));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kept[0] = (char)(rows[i].same	? result.kept[0]
			: result.kept[0] == 'a' ? 'b'
						: 'a');
		struct auth_result again;

		assert_int_equal(auth_check_kept(r.auth, &r.source,
				     rows[i].body, strlen(rows[i].body), kept,
				     &again, &error),
		    0);
		rig_assert_verdict(again.signature, rows[i].verdict, "kept");
		assert_true(
		    (again.key != NULL) == (rows[i].verdict == AUTH_VALID));
	}
	assert_int_equal(auth_check_kept(r.auth, &r.source, BODY, 1, NULL,
			     &result, &error),
	    0);
	rig_assert_verdict(result.signature, AUTH_MISSING, "none");
	kept[0] = 'A';
	assert_int_equal(auth_check_kept(r.auth, &r.source, BODY, 1, kept,
			     &result, &error),
	    0);
	rig_assert_verdict(result.signature, AUTH_MALFORMED, "capitals");
	rig_free(&r);
}

static void
nothing_is_asked_for(void **state)
{
	char out[AUTH_SIGNATURE_SIZE];
	struct error error = ERROR_INIT;
	struct auth_result result;
	size_t len;
	struct rig r;

	rig_init(&r, state);
	r.source.unauthenticated = true;
	rig_start(&r);
	result = rig_check(&r, "x, y", "token&token", BODY, strlen(BODY));
	rig_assert_verdict(result.signature, AUTH_NOT_REQUIRED, "signature");
	rig_assert_verdict(result.token, AUTH_NOT_REQUIRED, "token");
	assert_null(result.key);
	assert_null(auth_token(r.auth, &r.source, &len));
	assert_int_equal(auth_sign(r.auth, &r.source, BODY, 1, out, &error),
	    -1);
	assert_int_equal(error.kind, ERROR_SETTINGS);
	assert_string_equal(error.text,
	    "[source default] has no secret_file to sign with");
	rig_free(&r);
}

/* A source's keys are not accepted for another source, loaded or not. */
static void
sources_are_apart(void **state)
{
	char signature[AUTH_SIGNATURE_SIZE];
	char *path = rig_write(*state, "other", "Geof", 4, 0600);
	struct settings_source other = {.name = (char[]){"other"},
	    .secrets = {.path = &path, .n = 1}};
	struct auth_claim claim = {.signature = signature,
	    .body = BODY,
	    .body_len = strlen(BODY)};
	struct settings settings;
	struct error error = ERROR_INIT;
	struct auth_result result;
	struct rig r;

	rig_init(&r, state);
	rig_add_secret(&r, "Jefe", 4);
	settings = r.settings;
	settings.sources = (struct settings_source[]){r.source, other};
	settings.nsources = 2;
	assert_int_equal(auth_load(&r.auth, &settings, NULL, NULL, &error), 0);
	assert_int_equal(auth_start(r.auth, &error), 0);
	rig_sign(&r, BODY, signature);
	assert_int_equal(auth_check(r.auth, &other, &claim, &result, &error),
	    0);
	rig_assert_verdict(result.signature, AUTH_WRONG, "the other's");
	auth_free(r.auth);

	assert_int_equal(auth_load(&r.auth, &settings, &settings.sources[0],
			     NULL, &error),
	    0);
	assert_int_equal(auth_check(r.auth, &r.source, &claim, &result, &error),
	    -1);
	assert_int_equal(error.kind, ERROR_INTERNAL);
	error_clear(&error);
	assert_int_equal(auth_start(r.auth, &error), 0);
	assert_int_equal(auth_start(r.auth, &error), 0);
	assert_signature(&r, signature, BODY, AUTH_VALID);
	assert_int_equal(auth_check(r.auth, &other, &claim, &result, &error),
	    -1);
	assert_int_equal(error.kind, ERROR_INTERNAL);
	assert_false(auth_passed(result.signature));
	free(path);
	rig_free(&r);
}

static void
equal(void **state)
{
	unsigned char a[64], b[64];

	(void)state;
	memset(a, 0xa5, sizeof(a));
	memcpy(b, a, sizeof(a));
	assert_true(auth_equal(a, b, sizeof(a)));
	assert_true(auth_equal(a, b, 0));
	for (size_t bit = 0; bit < sizeof(b) * 8; bit++) {
		b[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_false(auth_equal(a, b, sizeof(a)));
		assert_true(auth_equal(a, b, bit / 8));
		b[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	assert_true(auth_equal("", "", 1));
	/* A zero byte does not end the comparison. */
	assert_false(auth_equal("ab\0cd", "ab\0ce", 5));
	assert_false(auth_equal("\0a", "\0b", 2));
}

static void
verdict_words(void **state)
{
	(void)state;
	for (enum auth_verdict v = 0; v < AUTH_VERDICTS; v++) {
		assert_non_null(auth_word(v));
		assert_int_equal(auth_passed(v),
		    v == AUTH_VALID || v == AUTH_NOT_REQUIRED);
	}
	assert_string_equal(auth_word(AUTH_VALID), "valid");
	assert_string_equal(auth_word(AUTH_NOT_REQUIRED), "not-required");
	auth_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_bit_counts),
	    cmocka_unit_test(base64_only_canonical),
	    cmocka_unit_test(base64_of_others),
	    cmocka_unit_test(hex_only_where_set),
	    cmocka_unit_test(several_secrets),
	    cmocka_unit_test(the_secret_itself),
	    cmocka_unit_test(tokens),
	    cmocka_unit_test(same_token_twice),
	    cmocka_unit_test(long_tokens),
	    cmocka_unit_test(first_token),
	    cmocka_unit_test(both_are_evaluated),
	    cmocka_unit_test(what_is_kept),
	    cmocka_unit_test(nothing_is_asked_for),
	    cmocka_unit_test(sources_are_apart),
	    cmocka_unit_test(equal),
	    cmocka_unit_test(verdict_words),
	};

	return cmocka_run_group_tests(tests, rig_make_directory,
	    rig_remove_directory);
}

/* SPDX-License-Identifier: ISC */
/*
 * auth, signing: HMAC-SHA-1 compared with RFC 2202, openssl(1) and a simple
 * implementation of RFC 2104; libgcrypt initialized in several ways.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gcrypt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/auth/auth.h"
#include "lib/base/digest.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/settings/settings.h"

#include "tests/unit/auth/auth_rig.h"
#include "tests/unit/random.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static bool
have_openssl(void)
{
	return system("openssl version >/dev/null 2>&1") == 0;
}

static void
openssl_hmac(char hex[static 41], const char *directory, const void *key,
    size_t key_len, const void *body, size_t len)
{
	char key_hex[ENCODE_HEX_SIZE(200)], command[PATH_MAX + 600], line[200];
	char *path = rig_write(directory, "body", body, len, 0600), *equals;
	FILE *output;

	encode_hex(key_hex, key, key_len);
	snprintf(command, sizeof(command),
	    "openssl dgst -sha1 -mac HMAC -macopt hexkey:%s <'%s'", key_hex,
	    path);
	output = popen(command, "r");
	assert_non_null(output);
	assert_non_null(fgets(line, sizeof(line), output));
	assert_int_equal(pclose(output), 0);
	equals = strstr(line, "= ");
	assert_non_null(equals);
	memcpy(hex, equals + 2, 40);
	hex[40] = '\0';
	free(path);
}

static void
fill(uint64_t *seed, unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (unsigned char)(random_next(seed) >> 16);
}

/* ---- libgcrypt, fresh in a child ----------------------------------------- */

/* Runs in a child with an unused libgcrypt. Returns the child's exit status. */
static int
in_child(int (*run)(struct rig *), struct rig *r)
{
	int status;
	pid_t pid;

	pid = fork();
	assert_true(pid != -1);
	if (pid == 0)
		_exit(run(r));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Starts and checks the RFC's second vector. 0 if it is right. */
static int
start_and_check(struct rig *r)
{
	static const char body[] = "what do ya want for nothing?";
	const struct auth_claim claim = {
	    .signature = "7/zfauXrL6LSdBbV8YTfnCWafHk=",
	    .body = body,
	    .body_len = strlen(body),
	};
	struct error error = ERROR_INIT;
	struct auth_result result;

	if (auth_start(r->auth, &error) == -1)
		return 1;
	if (auth_check(r->auth, &r->source, &claim, &result, &error) == -1)
		return 2;
	if (result.signature != AUTH_VALID ||
	    strcmp(result.key, "secret0") != 0)
		return 3;
	auth_free(r->auth);
	return 0;
}

static int
start_after_digest(struct rig *r)
{
	unsigned char digest[DIGEST_SIZE];

	digest_sha256(digest, NULL, 0);
	return start_and_check(r);
}

static int
start_without_locking(struct rig *r)
{
	const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};

	if (setrlimit(RLIMIT_MEMLOCK, &none) == -1)
		return 4;
	return start_and_check(r);
}

/* Neither the first failure nor a second start leaves a key that signs. */
static int
start_in_fips_mode(struct rig *r)
{
	const struct auth_claim claim = {.signature = "", .body = ""};
	struct error error = ERROR_INIT;
	struct auth_result result;

	gcry_control(GCRYCTL_FORCE_FIPS_MODE, 0);
	for (int i = 0; i < 2; i++) {
		if (auth_start(r->auth, &error) == 0)
			return 1;
		if (error.kind != ERROR_UNAVAILABLE ||
		    strstr(error.text, "use a secret") == NULL)
			return 2;
		error_clear(&error);
	}
	if (auth_check(r->auth, &r->source, &claim, &result, &error) == 0)
		return 3;
	return auth_passed(result.signature) ? 4 : 0;
}

/* Loads the secrets, and uses them in processes that start in different ways. */
static void
load_and_start(struct rig *r)
{
	int (*const runs[])(struct rig *) = {start_and_check,
	    start_after_digest, start_without_locking};
	struct error error = ERROR_INIT;

	assert_int_equal(auth_load(&r->auth, &r->settings, NULL, NULL, &error),
	    0);
	for (size_t i = 0; i < COUNT(runs); i++)
		assert_int_equal(in_child(runs[i], r), 0);
}

/* A supervisor loads secrets and forks, and its workers use them. */
static void
across_a_fork(void **state)
{
	struct rig r;

	rig_init(&r, state);
	rig_add_secret(&r, "Jefe\n", 5);
	rig_add_token(&r, "t", 1);
	load_and_start(&r);
	rig_free(&r);
}

static void
more_secrets_than_fit(void **state)
{
	struct rig r;

	rig_init(&r, state);
	while (r.source.secrets.n < RIG_KEYS_MAX)
		rig_add_secret(&r, "Jefe", 4);
	load_and_start(&r);
	rig_free(&r);
}

/* In FIPS mode a key of less than 112 bits is unavailable, not "wrong". */
static void
fips_mode(void **state)
{
	struct error error = ERROR_INIT;
	struct rig r;

	rig_init(&r, state);
	rig_add_secret(&r, "Jefe", 4);
	assert_int_equal(auth_load(&r.auth, &r.settings, NULL, NULL, &error),
	    0);
	assert_int_equal(in_child(start_in_fips_mode, &r), 0);
	rig_free(&r);
}

/* ---- signing ------------------------------------------------------------- */

static void
rfc2202(void **state)
{
#define REPEAT10(s) s s s s s s s s s s
#define AA80 REPEAT10("\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa")
	static const struct {
		const char *key;
		const char *body;
		const char *mac;
	} vectors[] = {
	    {REPEAT10("\x0b\x0b"), "Hi There",
		"b617318655057264e28bc0b6fb378c8ef146be00"},
	    {"Jefe", "what do ya want for nothing?",
		"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
	    {REPEAT10("\xaa\xaa"), REPEAT10("\xdd\xdd\xdd\xdd\xdd"),
		"125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
	    {"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
	     "\x11\x12\x13\x14\x15\x16\x17\x18\x19",
		REPEAT10("\xcd\xcd\xcd\xcd\xcd"),
		"4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
	    {REPEAT10("\x0c\x0c"), "Test With Truncation",
		"4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
	    {AA80, "Test Using Larger Than Block-Size Key - Hash Key First",
		"aa4ae5e15272d00e95705637ce8a3b55ed402112"},
	    {AA80,
		"Test Using Larger Than Block-Size Key and Larger Than One "
		"Block-Size Data",
		"e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
	};

	for (size_t i = 0; i < COUNT(vectors); i++) {
		char out[AUTH_SIGNATURE_SIZE];
		struct error error = ERROR_INIT;
		struct rig r;

		rig_init(&r, state);
		r.source.hex = true;
		rig_add_secret(&r, vectors[i].key, strlen(vectors[i].key));
		rig_start(&r);
		assert_int_equal(auth_sign(r.auth, &r.source, vectors[i].body,
				     strlen(vectors[i].body), out, &error),
		    0);
		assert_string_equal(out, vectors[i].mac);
		rig_assert_verdict(rig_check(&r, out, NULL, vectors[i].body,
				       strlen(vectors[i].body))
				       .signature,
		    AUTH_VALID, out);
		rig_free(&r);
	}
}

/* Random keys and bodies of all lengths, compared with the simple implementation and,
 * every tenth, with openssl. */
static void
random_keys(void **state)
{
	unsigned char key[200], body[600], mac[AUTH_SIGNATURE_BYTES];
	char expected[AUTH_SIGNATURE_SIZE], out[AUTH_SIGNATURE_SIZE];
	bool openssl = have_openssl();
	uint64_t seed = 20261123;
	struct error error = ERROR_INIT;
	struct rig r;

	for (size_t i = 0; i < 500; i++) {
		size_t key_len = 1 + i % sizeof(key), len = i * 7 % 601;

		fill(&seed, key, sizeof(key));
		fill(&seed, body, sizeof(body));
		key[key_len - 1] |=
		    1; /* not a newline, which would be removed */
		rig_init(&r, state);
		r.source.hex = true;
		rig_add_secret(&r, key, key_len);
		rig_start(&r);
		assert_int_equal(auth_sign(r.auth, &r.source, body, len, out,
				     &error),
		    0);
		rig_hmac(mac, key, key_len, body, len);
		encode_hex(expected, mac, sizeof(mac));
		assert_string_equal(out, expected);
		if (openssl && i % 10 == 0) {
			openssl_hmac(expected, *state, key, key_len, body, len);
			assert_string_equal(out, expected);
		}
		rig_free(&r);
	}
}

/* ---- libgcrypt gives nothing ----------------------------------------------- */

static bool reads_nothing;

unsigned char *__real_gcry_md_read(gcry_md_hd_t handle, int algorithm);
unsigned char *__wrap_gcry_md_read(gcry_md_hd_t handle, int algorithm);

unsigned char *
__wrap_gcry_md_read(gcry_md_hd_t handle, int algorithm)
{
	return reads_nothing ? NULL : __real_gcry_md_read(handle, algorithm);
}

/* Only one body is affected: the next one gets its right signature. */
static void
failure_leaves_nothing(void **state)
{
	char out[AUTH_SIGNATURE_SIZE], expected[AUTH_SIGNATURE_SIZE];
	struct error error = ERROR_INIT;
	struct rig r;

	rig_init(&r, state);
	rig_add_secret(&r, "a secret of sixteen or more", 27);
	rig_start(&r);
	rig_sign(&r, "body", expected);
	reads_nothing = true;
	assert_int_equal(auth_sign(r.auth, &r.source, "other", 5, out, &error),
	    -1);
	reads_nothing = false;
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	rig_sign(&r, "body", out);
	assert_string_equal(out, expected);
	rig_free(&r);
}

int
main(void)
{
	/* The first three need a libgcrypt that this process has not used. */
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(across_a_fork),
	    cmocka_unit_test(more_secrets_than_fit),
	    cmocka_unit_test(fips_mode),
	    cmocka_unit_test(rfc2202),
	    cmocka_unit_test(random_keys),
	    cmocka_unit_test(failure_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, rig_make_directory,
	    rig_remove_directory);
}

/* SPDX-License-Identifier: ISC */
/* hint: which source's secret made a signature that is wrong for its own source. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/auth/auth.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/settings/settings.h"

#include "tests/unit/auth/auth_rig.h"

#define BODY "{\"id\":\"5d1b6f8e8c2e4e2d3c4a5b6c\"}"

enum { DEFAULT, PAYMENTS, OPEN, LATE, SOURCES };

static const struct {
	const char *name;
	const char *secrets[3];
} sources[SOURCES] = {
    [DEFAULT] = {"default", {"default's own secret"}},
    [PAYMENTS] = {"payments", {"an old one of payments", "one of payments"}},
    [OPEN] = {"open", {NULL}},
    [LATE] = {"late", {"one of late", "one of payments"}},
};

struct fixture {
	struct settings settings;
	struct settings_source source[SOURCES];
	struct auth *auth;
};

static void
add_secrets(struct settings_source *s, const char *directory,
    const char *const *secrets)
{
	char name[64];

	s->secrets.path = calloc(3, sizeof(char *));
	for (; secrets[s->secrets.n] != NULL; s->secrets.n++) {
		const char *secret = secrets[s->secrets.n];

		snprintf(name, sizeof(name), "%s%zu", s->name, s->secrets.n);
		s->secrets.path[s->secrets.n] =
		    rig_write(directory, name, secret, strlen(secret), 0600);
	}
}

static void
begin(struct fixture *f, void **state)
{
	struct error error = ERROR_INIT;

	*f = (struct fixture){
	    .settings = {.sources = f->source, .nsources = SOURCES},
	};
	for (size_t i = 0; i < SOURCES; i++) {
		f->source[i].name = strdup(sources[i].name);
		f->source[i].unauthenticated = i == OPEN;
		add_secrets(&f->source[i], *state, sources[i].secrets);
	}
	if (auth_load(&f->auth, &f->settings, NULL, NULL, &error) == -1 ||
	    auth_start(f->auth, &error) == -1)
		fail_msg("%s", error.text);
}

static void
end(struct fixture *f)
{
	auth_free(f->auth);
	for (size_t i = 0; i < SOURCES; i++) {
		for (size_t k = 0; k < f->source[i].secrets.n; k++)
			free(f->source[i].secrets.path[k]);
		free(f->source[i].secrets.path);
		free(f->source[i].name);
	}
}

/* The hint for BODY, signed with this secret and sent to this source. */
static const char *
hint(struct fixture *f, size_t source, const char *secret, bool hex)
{
	unsigned char mac[AUTH_SIGNATURE_BYTES];
	char signature[AUTH_SIGNATURE_SIZE];

	rig_hmac(mac, secret, strlen(secret), BODY, strlen(BODY));
	if (hex)
		encode_hex(signature, mac, sizeof(mac));
	else
		encode_base64(signature, mac, sizeof(mac));
	return auth_hint(f->auth, &f->source[source],
	    &(struct auth_claim){
		.signature = signature,
		.body = BODY,
		.body_len = strlen(BODY),
	    });
}

static void
whose_it_is(void **state)
{
	struct fixture f;

	begin(&f, state);
	assert_string_equal(hint(&f, DEFAULT, "one of payments", false),
	    "payments");
	assert_string_equal(hint(&f, DEFAULT, "an old one of payments", false),
	    "payments");
	assert_string_equal(hint(&f, DEFAULT, "one of late", false), "late");
	assert_string_equal(hint(&f, PAYMENTS, "default's own secret", false),
	    "default");
	assert_string_equal(hint(&f, PAYMENTS, "one of payments", false),
	    "late"); /* two sources have it: the hint names the other one */
	assert_null(hint(&f, DEFAULT, "unknown", false));
	assert_null(hint(&f, DEFAULT, "default's own secret", false));
	end(&f);
}

/* In the encoding of the source that it was sent to. */
static void
form(void **state)
{
	static const char *const odd[] = {NULL, "", "AAAA", "a, b",
	    "0000000000000000000000000000000000000000"};
	struct fixture f;

	begin(&f, state);
	assert_null(hint(&f, DEFAULT, "one of late", true));
	f.source[DEFAULT].hex = true;
	assert_string_equal(hint(&f, DEFAULT, "one of late", true), "late");
	assert_null(hint(&f, DEFAULT, "one of late", false));
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		assert_null(auth_hint(f.auth, &f.source[DEFAULT],
		    &(struct auth_claim){
			.signature = odd[i],
			.body = BODY,
			.body_len = strlen(BODY),
		    }));
	end(&f);
}

/* A hint leaves the handles unchanged. */
static void
nothing_stays(void **state)
{
	struct error error = ERROR_INIT;
	char signature[AUTH_SIGNATURE_SIZE];
	struct auth_result result;
	struct auth_claim claim = {
	    .signature = signature,
	    .body = BODY,
	    .body_len = strlen(BODY),
	};
	struct fixture f;

	begin(&f, state);
	assert_string_equal(hint(&f, DEFAULT, "one of late", false), "late");
	assert_int_equal(auth_sign(f.auth, &f.source[LATE], BODY, strlen(BODY),
			     signature, &error),
	    0);
	assert_int_equal(auth_check(f.auth, &f.source[LATE], &claim, &result,
			     &error),
	    0);
	assert_int_equal(result.signature, AUTH_VALID);
	assert_int_equal(auth_check(f.auth, &f.source[DEFAULT], &claim, &result,
			     &error),
	    0);
	assert_int_equal(result.signature, AUTH_WRONG);
	end(&f);
}

/* Five secrets: a body over a fifth of the limit is too long. */
static void
limit(void **state)
{
	const size_t most = AUTH_HINT_BYTES / 5;
	char signature[AUTH_SIGNATURE_SIZE];
	char *body = calloc(1, most + 1);
	struct error error = ERROR_INIT;
	struct auth_claim claim = {.signature = signature, .body = body};
	struct fixture f;

	assert_non_null(body);
	begin(&f, state);
	for (claim.body_len = most; claim.body_len <= most + 1;
	    claim.body_len++) {
		const char *name;

		assert_int_equal(auth_sign(f.auth, &f.source[LATE], body,
				     claim.body_len, signature, &error),
		    0);
		name = auth_hint(f.auth, &f.source[DEFAULT], &claim);
		assert_int_equal(name != NULL, claim.body_len == most);
	}
	end(&f);
	free(body);
}

#define TEST(test) \
	cmocka_unit_test_setup_teardown(test, rig_make_directory, \
	    rig_remove_directory)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(whose_it_is),
	    TEST(form),
	    TEST(nothing_stays),
	    TEST(limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

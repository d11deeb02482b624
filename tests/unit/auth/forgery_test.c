/* SPDX-License-Identifier: ISC */
/*
 * Many forgeries: every change of one character of a signature, every length of a MAC and
 * of a text, and a million random ones. None may be accepted. auth_test.c has one row for
 * each kind.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/auth/auth.h"
#include "lib/base/encode.h"

#include "tests/unit/auth/auth_rig.h"

#define BODY "{\"id\":\"5d1b6f8e8c2e4e2d3c4a5b6c\",\"status\":\"OPEN\"}"
#define LONGEST 64 /* bytes of a MAC, characters of a text */

#define MILLION 1000000

struct forger {
	struct rig rig;
	char right[AUTH_SIGNATURE_SIZE];
	bool hex;
	unsigned long tried;
};

static void
forger_init(struct forger *f, void **state, bool hex)
{
	*f = (struct forger){.hex = hex};
	rig_init(&f->rig, state);
	rig_add_secret(&f->rig, "a secret of sixteen or more", 27);
	rig_add_secret(&f->rig, "another one for the rotation", 28);
	rig_start(&f->rig);
	f->rig.source.hex = hex;
	rig_sign(&f->rig, BODY, f->right);
}

/* Must be refused, unless it differs from the right one only in case. */
static void
forge(struct forger *f, const char *text)
{
	const size_t n = strlen(BODY);
	struct auth_result result = rig_check(&f->rig, text, NULL, BODY, n);

	f->tried++;
	if (auth_passed(result.signature) &&
	    !(f->hex && strcasecmp(text, f->right) == 0))
		fail_msg("accepted: %s", text);
}

static void
forger_done(struct forger *f)
{
	struct auth_result result =
	    rig_check(&f->rig, f->right, NULL, BODY, strlen(BODY));

	rig_assert_verdict(result.signature, AUTH_VALID, "the right one");
	print_message("# %lu forgeries\n", f->tried);
	rig_free(&f->rig);
}

static void
every_character(void **state)
{
	char text[AUTH_SIGNATURE_SIZE];
	struct forger f;

	for (int hex = 0; hex < 2; hex++) {
		forger_init(&f, state, hex == 1);
		for (size_t at = 0; f.right[at] != '\0'; at++)
			for (int c = 0; c < 256; c++) {
				memcpy(text, f.right, sizeof(text));
				text[at] = (char)c;
				if ((char)c != f.right[at])
					forge(&f, text);
			}
		forger_done(&f);
	}
}

/* MACs that are too short or too long, with and without padding; texts of each length
 * made of one character. */
static void
every_length(void **state)
{
	char text[ENCODE_HEX_SIZE(LONGEST)];
	unsigned char mac[LONGEST] = {0};
	struct forger f;

	for (int hex = 0; hex < 2; hex++) {
		forger_init(&f, state, hex == 1);
		if (hex == 1)
			decode_hex(mac, sizeof(mac), f.right, strlen(f.right));
		else
			decode_base64(mac, sizeof(mac), f.right,
			    strlen(f.right));
		for (size_t n = 0; n <= LONGEST; n++) {
			if (n != AUTH_SIGNATURE_BYTES || hex == 1) {
				encode_base64(text, mac, n);
				forge(&f, text);
				text[strcspn(text, "=")] = '\0';
				forge(&f, text);
			}
			if (n != AUTH_SIGNATURE_BYTES || hex == 0) {
				encode_hex(text, mac, n);
				forge(&f, text);
			}
			for (const char *c = "A=0 -_%"; *c != '\0'; c++) {
				memset(text, *c, n);
				text[n] = '\0';
				forge(&f, text);
			}
		}
		forger_done(&f);
	}
}

static void
random_ones(void **state)
{
	unsigned char mac[AUTH_SIGNATURE_BYTES];
	char text[AUTH_SIGNATURE_SIZE];
	uint32_t seed = 2463534242u;
	struct forger f;

	forger_init(&f, state, false);
	for (unsigned long i = 0; i < MILLION; i++) {
		for (size_t at = 0; at < sizeof(mac); at++) {
			seed ^= seed << 13;
			seed ^= seed >> 17;
			seed ^= seed << 5;
			mac[at] = (unsigned char)(seed >> 11);
		}
		encode_base64(text, mac, sizeof(mac));
		forge(&f, text);
	}
	assert_int_equal(f.tried, MILLION);
	forger_done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_character),
	    cmocka_unit_test(every_length),
	    cmocka_unit_test(random_ones),
	};

	return cmocka_run_group_tests(tests, rig_make_directory,
	    rig_remove_directory);
}

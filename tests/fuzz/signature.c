/* SPDX-License-Identifier: ISC */
/*
 * A signature header for one body: only the right text, with blanks around it, is
 * accepted, in Base64 and in hexadecimal. If the first byte of the input is odd, the
 * right signature is put before the rest of it, so that similar texts are tested, too.
 */
#include "config.h"

#include <strings.h>
#include <unistd.h>

#include "lib/auth/auth.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/settings/settings.h"

#include "tests/fuzz/fuzz.h"

#define BODY "{\"id\":\"5d1b6f8e8c2e4e2d3c4a5b6c\"}"

static struct auth *auth;
static struct settings_source sources[2] = {{.name = (char[]){"base64"}},
    {.name = (char[]){"hex"}, .hex = true}};
static char right[2][AUTH_SIGNATURE_SIZE];

/* One secret for both sources, from a file that is removed again. */
static void
begin(void)
{
	static char path[] = "/tmp/alertspool-fuzz.XXXXXX";
	static char *paths[] = {path};
	struct settings settings = {.sources = sources, .nsources = 2};
	struct error error = ERROR_INIT;
	int fd = mkstemp(path);

	if (fd == -1 || write(fd, "a secret of sixteen", 19) != 19 ||
	    close(fd) == -1)
		abort();
	for (size_t i = 0; i < 2; i++)
		sources[i].secrets =
		    (struct settings_paths){.path = paths, .n = 1};
	if (auth_load(&auth, &settings, NULL, NULL, &error) == -1 ||
	    auth_start(auth, &error) == -1)
		fuzz_broken(__FILE__, __LINE__, error.text);
	unlink(path);
	for (size_t i = 0; i < 2; i++)
		if (auth_sign(auth, &sources[i], BODY, strlen(BODY), right[i],
			&error) == -1)
			fuzz_broken(__FILE__, __LINE__, error.text);
}

/* The rule of the manual, implemented independently. */
static bool
is_right(const char *text, const struct settings_source *source)
{
	const char *want = right[source->hex];
	const char *begin_of = text + strspn(text, " \t");
	size_t n = strlen(want);
	bool same = source->hex ? strncasecmp(begin_of, want, n) == 0
				: strncmp(begin_of, want, n) == 0;

	return same && begin_of[n + strspn(begin_of + n, " \t")] == '\0';
}

static void
check(const char *text)
{
	struct auth_claim claim = {.signature = text,
	    .body = BODY,
	    .body_len = strlen(BODY)};

	for (size_t i = 0; i < 2; i++) {
		struct error error = ERROR_INIT;
		struct auth_result result;

		INVARIANT(auth_check(auth, &sources[i], &claim, &result,
			      &error) == 0);
		INVARIANT(auth_passed(result.signature) ==
		    is_right(text, &sources[i]));
		INVARIANT(
		    (result.key != NULL) == (result.signature == AUTH_VALID));
		INVARIANT(result.token == AUTH_NOT_REQUIRED);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT;
	char *rest;

	if (auth == NULL)
		begin();
	if (size == 0)
		return 0;
	rest = fuzz_string(data + 1, size - 1);
	if (data[0] & 1)
		buf_adds(&text, right[data[0] >> 1 & 1]);
	/* the upper bits: this many characters are overwritten */
	for (size_t i = 0;
	    i < (size_t)(data[0] >> 2) && i < text.len && rest[i] != '\0'; i++)
		text.data[text.len - 1 - i] = rest[i];
	buf_adds(&text, rest);
	if (text.data != NULL)
		check(text.data);
	if (data[0] & 1)
		check(right[data[0] >> 1 & 1]);
	buf_free(&text);
	free(rest);
	return 0;
}

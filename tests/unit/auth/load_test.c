/* SPDX-License-Identifier: ISC */
/* auth_load: which files are accepted as secrets, and where the secrets are in memory. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/auth/auth.h"
#include "lib/base/error.h"

#include "tests/unit/auth/auth_rig.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* ---- files --------------------------------------------------------------- */

/* Loads the file of this name as the only secret. The message is "" or the error's text,
 * with '@' for the directory. */
static void
assert_file(void **state, const char *name, enum error_kind kind,
    const char *message)
{
	char expected[PATH_MAX + 200];
	struct error error = ERROR_INIT;
	const char *at;
	size_t used = 0;
	struct rig r;

	rig_init(&r, state);
	assert_true(
	    asprintf(&r.secrets[0], "%s%s%s", name[0] == '%' ? "" : r.directory,
		name[0] == '%' ? "" : "/", name) > 0);
	r.source.secrets.n = 1;
	for (; (at = strchr(message, '@')) != NULL; message = at + 1)
		used +=
		    (size_t)snprintf(expected + used, sizeof(expected) - used,
			"%.*s%s", (int)(at - message), message, r.directory);
	snprintf(expected + used, sizeof(expected) - used, "%s", message);
	assert_int_equal(auth_load(&r.auth, &r.settings, NULL, NULL, &error),
	    kind == ERROR_NONE ? 0 : -1);
	assert_string_equal(error.text, expected);
	assert_int_equal(error.kind, kind);
	assert_int_equal(r.auth != NULL, kind == ERROR_NONE);
	rig_free(&r);
}

static void
refused_files(void **state)
{
	static const struct {
		const char *name;
		size_t size; /* bytes, the last of them a newline */
		mode_t mode;
		const char *message; /* NULL: accepted */
	} rows[] = {
	    {"good", 20, 0600, NULL},
	    {"group", 20, 0640, NULL},
	    {"longest", AUTH_SECRET_MAX + 1, 0400, NULL},
	    {"empty", 0, 0600, "@/empty is empty"},
	    {"newline", 1, 0600, "@/newline is empty"},
	    {"long", AUTH_SECRET_MAX + 2, 0600,
		"@/long has more than 4096 bytes"},
	    {"longer", AUTH_SECRET_MAX + 99, 0600,
		"@/longer has more than 4096 bytes"},
	    {"read", 20, 0604,
		"@/read: others can read or write it: chmod o-rwx @/read"},
	    {"write", 20, 0602,
		"@/write: others can read or write it: chmod o-rwx "
		"@/write"},
	};
	char bytes[AUTH_SECRET_MAX + 100];

	for (size_t i = 0; i < COUNT(rows); i++) {
		memset(bytes, 's', sizeof(bytes));
		if (rows[i].size > 0)
			bytes[rows[i].size - 1] = '\n';
		free(rig_write(*state, rows[i].name, bytes, rows[i].size,
		    rows[i].mode));
		assert_file(state, rows[i].name,
		    rows[i].message == NULL ? ERROR_NONE : ERROR_SETTINGS,
		    rows[i].message == NULL ? "" : rows[i].message);
	}
}

static void
refused_things(void **state)
{
	char path[PATH_MAX];

	free(rig_write(*state, "target", "0123456789abcdef", 16, 0600));
	snprintf(path, sizeof(path), "%s/link", (const char *)*state);
	assert_int_equal(symlink("target", path), 0);
	assert_file(state, "link", ERROR_SETTINGS,
	    "@/link is a link; name the file itself");
	snprintf(path, sizeof(path), "%s/directory", (const char *)*state);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_file(state, "directory", ERROR_SETTINGS,
	    "@/directory is not a regular file");
	snprintf(path, sizeof(path), "%s/fifo", (const char *)*state);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_file(state, "fifo", ERROR_SETTINGS,
	    "@/fifo is not a regular file");
	assert_file(state, "gone", ERROR_SETTINGS,
	    "cannot open @/gone: No such file or directory");
	snprintf(path, sizeof(path), "%s/way", (const char *)*state);
	assert_int_equal(symlink(".", path), 0);
	assert_file(state, "way/target", ERROR_NONE, "");
	free(rig_write(*state, "odd\x1b\xff", "", 0, 0600));
	assert_file(state, "odd\x1b\xff", ERROR_SETTINGS,
	    "@/odd\\x1b\\xff is empty");
	if (geteuid() == 0)
		return; /* root may read everything */
	free(rig_write(*state, "closed", "0123456789abcdef", 16, 0));
	assert_file(state, "closed", ERROR_DENIED,
	    "cannot open @/closed: Permission denied");
}

static void
credentials(void **state)
{
	static const char unset[] =
	    "%d/secret: CREDENTIALS_DIRECTORY is not set; systemd sets it for "
	    "services with LoadCredential=";
	struct auth_claim claim = {.body = "", .body_len = 0};
	char signature[AUTH_SIGNATURE_SIZE];
	struct error error = ERROR_INIT;
	struct auth_result result;
	struct rig r;

	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	assert_file(state, "%d/secret", ERROR_SETTINGS, unset);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "", 1), 0);
	assert_file(state, "%d/secret", ERROR_SETTINGS, unset);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", *state, 1), 0);
	assert_file(state, "%d/not-there", ERROR_SETTINGS,
	    "cannot open @/not-there: No such file or directory");

	free(rig_write(*state, "secret", "0123456789abcdef", 16, 0400));
	rig_init(&r, state);
	r.secrets[r.source.secrets.n++] = strdup("%d/secret");
	rig_start(&r);
	rig_sign(&r, "", signature);
	claim.signature = signature;
	assert_int_equal(auth_check(r.auth, &r.source, &claim, &result, &error),
	    0);
	assert_string_equal(result.key, "secret");
	rig_free(&r);
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

static void
neither_secret_nor_token(void **state)
{
	struct error error = ERROR_INIT;
	struct rig r;

	rig_init(&r, state);
	assert_int_equal(auth_load(&r.auth, &r.settings, NULL, NULL, &error),
	    -1);
	assert_int_equal(error.kind, ERROR_SETTINGS);
	assert_null(r.auth);
	rig_free(&r);
}

/* The warner's messages, one after the other. */
struct told {
	size_t n, odd;
	char last[PATH_MAX + 200];
};

static void
tell(void *context, enum auth_warning warning, const char *phrase)
{
	struct told *told = context;

	told->n++;
	told->odd += warning == AUTH_WARN_ODD;
	snprintf(told->last, sizeof(told->last), "%s", phrase);
}

static struct told
load_told(struct rig *r)
{
	struct told told = {.n = 0};
	const struct auth_warner warner = {.warn = tell, .context = &told};
	struct error error = ERROR_INIT;

	assert_int_equal(auth_load(&r->auth, &r->settings, NULL, &warner,
			     &error),
	    0);
	return told;
}

static void
weak_secrets(void **state)
{
	char phrase[PATH_MAX + 100];
	struct told told;
	struct rig r;

	rig_init(&r, state);
	rig_add_secret(&r, "0123456789abcdef", 16);
	rig_add_secret(&r, "0123456789abcde\n", 16);
	rig_add_token(&r, "x", 1);
	snprintf(phrase, sizeof(phrase),
	    "the secret in %s/secret1 has fewer than 16 bytes",
	    (const char *)*state);
	told = load_told(&r);
	assert_int_equal(told.n, 1);
	assert_int_equal(told.odd, 0);
	assert_string_equal(told.last, phrase);
	rig_free(&r);
}

#define KEY "0123456789abcdef"

static const struct {
	const char *text; /* of the file */
	const char *odd;  /* NULL: nothing */
} ends[] = {
    {KEY, NULL},
    {KEY "\n", NULL},
    {"A" KEY "=\n", NULL},
    {"0123 4567\t89ab\"cdef\n", NULL},
    {KEY "\r\n", "ends in a carriage return (0D)"},
    {KEY "\r", "ends in a carriage return (0D)"},
    {KEY "\n\n", "ends in a second newline (0A)"},
    {KEY " \n", "ends in a blank (20)"},
    {KEY "\t", "ends in a tab (09)"},
    {"\357\273\277" KEY "\n", "begins with a byte order mark (EF BB BF)"},
    {"\377\376" KEY, "begins with the byte order mark of UTF-16 (FF FE)"},
    {"  " KEY "\n", "begins with a blank (20)"},
    {"\t" KEY "\n", "begins with a tab (09)"},
    {"\"" KEY "\"\n", "is in quotes (22)"},
    {"'" KEY "'\n", "is in quotes (27)"},
    {"secret=" KEY "\n", "begins with \"secret=\""},
    {"token=" KEY "\n", "begins with \"token=\""},
};

/* The odd bytes are reported, and are still part of the key. */
static void
odd_ends(void **state)
{
	char phrase[PATH_MAX + 200];
	size_t len;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		const char *odd = ends[i].odd;
		size_t n = strlen(ends[i].text);
		struct told told;
		struct rig r;

		rig_init(&r, state);
		rig_add_secret(&r, KEY, strlen(KEY));
		rig_add_token(&r, ends[i].text, n);
		told = load_told(&r);
		assert_int_equal(told.odd, odd != NULL);
		assert_int_equal(told.n, odd != NULL);
		if (odd != NULL) {
			snprintf(phrase, sizeof(phrase),
			    "the token in %s/token0 %s; unless Atlas has the "
			    "same, every delivery is refused",
			    (const char *)*state, odd);
			assert_string_equal(told.last, phrase);
		}
		assert_non_null(auth_token(r.auth, &r.source, &len));
		assert_int_equal(len, n - (ends[i].text[n - 1] == '\n'));
		rig_free(&r);
		rig_init(&r, state);
		rig_add_secret(&r, ends[i].text, n);
		told = load_told(&r);
		assert_int_equal(told.odd, odd != NULL);
		rig_free(&r);
	}
}

/* ---- one file, two paths --------------------------------------------------- */

static void
assert_same_file(struct rig *r, bool same)
{
	struct error error = ERROR_INIT;
	int rc = auth_load(&r->auth, &r->settings, NULL, NULL, &error);

	assert_int_equal(rc, same ? -1 : 0);
	if (!same)
		return;
	assert_int_equal(error.kind, ERROR_SETTINGS);
	assert_non_null(strstr(error.text, "names this file already"));
}

static void
one_file_twice(void **state)
{
	const char *directory = *state, *base = strrchr(directory, '/') + 1;
	char *paths[4];
	struct rig r;

	assert_true(asprintf(&paths[0], "%s/./secret0", directory) > 0);
	assert_true(
	    asprintf(&paths[1], "%s/../%s/secret0", directory, base) > 0);
	assert_true(asprintf(&paths[2], "%s/hard", directory) > 0);
	assert_true(asprintf(&paths[3], "%s/other", directory) > 0);
	for (size_t i = 0; i < 8; i++) {
		const char *path = paths[i % 4];
		bool token = i >= 4;

		rig_init(&r, state);
		rig_add_secret(&r, KEY, strlen(KEY));
		(void)unlink(paths[2]);
		(void)unlink(paths[3]);
		assert_int_equal(link(r.secrets[0], paths[2]), 0);
		free(rig_write(directory, "other", KEY, strlen(KEY), 0600));
		if (token)
			r.tokens[r.source.tokens.n++] = strdup(path);
		else
			r.secrets[r.source.secrets.n++] = strdup(path);
		assert_same_file(&r, i % 4 != 3);
		rig_free(&r);
	}
	for (size_t i = 0; i < 4; i++)
		free(paths[i]);
}

/* As Kubernetes mounts a secret: the path goes through a link to a directory, which is
 * allowed. A path whose last part is a link is refused. */
static void
kubernetes_mount(void **state)
{
	const char *directory = *state;
	struct error error = ERROR_INIT;
	char data[PATH_MAX], at[PATH_MAX], link_path[PATH_MAX];
	struct rig r;

	snprintf(data, sizeof(data), "%s/..2026_11_30", directory);
	snprintf(at, sizeof(at), "%s/..data", directory);
	snprintf(link_path, sizeof(link_path), "%s/mounted", directory);
	assert_int_equal(mkdir(data, 0755), 0);
	free(rig_write(data, "mounted", KEY, strlen(KEY), 0440));
	assert_int_equal(symlink("..2026_11_30", at), 0);
	assert_int_equal(symlink("..data/mounted", link_path), 0);
	rig_init(&r, state);
	assert_true(asprintf(&r.secrets[0], "%s/mounted", at) > 0);
	r.source.secrets.n = 1;
	assert_int_equal(auth_load(&r.auth, &r.settings, NULL, NULL, &error),
	    0);
	auth_free(r.auth);
	free(r.secrets[0]);
	r.secrets[0] = strdup(link_path);
	assert_int_equal(auth_load(&r.auth, &r.settings, NULL, NULL, &error),
	    -1);
	assert_non_null(strstr(error.text, "is a link"));
	rig_free(&r);
}

/* ---- memory -------------------------------------------------------------- */

/* True if the mapping that has this address has this flag in smaps. */
static bool
mapping_has(const void *address, const char *flag)
{
	unsigned long from, to;
	bool inside = false, has = false;
	char line[512];
	FILE *maps;

	maps = fopen("/proc/self/smaps", "re");
	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (unsigned long)address >= from &&
			    (unsigned long)address < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			has = strstr(line, flag) != NULL;
	}
	fclose(maps);
	return has;
}

static void
not_in_core_dumps(void **state)
{
	size_t len;
	struct rig r;

	rig_init(&r, state);
	rig_add_token(&r, "x", 1);
	rig_start(&r);
	assert_true(mapping_has(auth_token(r.auth, &r.source, &len), " dd "));
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(refused_files),
	    cmocka_unit_test(refused_things),
	    cmocka_unit_test(credentials),
	    cmocka_unit_test(neither_secret_nor_token),
	    cmocka_unit_test(weak_secrets),
	    cmocka_unit_test(odd_ends),
	    cmocka_unit_test(one_file_twice),
	    cmocka_unit_test(kubernetes_mount),
	    cmocka_unit_test(not_in_core_dumps),
	};

	return cmocka_run_group_tests(tests, rig_make_directory,
	    rig_remove_directory);
}

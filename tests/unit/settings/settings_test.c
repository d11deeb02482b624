/* SPDX-License-Identifier: ISC */
/*
 * Every key with its default and limits; every refusal with the whole text that
 * an operator sees, line number included.
 */
#include "config.h"
#include "installed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/record/name.h"
#include "lib/settings/inifile.h"
#include "lib/settings/settings.h"

#include "tests/unit/scratch.h"

#define SOURCE "[source default]\nsecret_file = /s\n"

#define CONF "alertspool.conf"
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void
write_file(const char *path, const void *text, size_t n)
{
	struct error error = ERROR_INIT;

	assert_true(unlink(path) == 0 || errno == ENOENT);
	assert_int_equal(file_create(AT_FDCWD, path, 0600, text, n, &error), 0);
}

static void
load(struct settings *s, const char *text)
{
	struct error error = ERROR_INIT;

	write_file(CONF, text, strlen(text));
	if (settings_load(s, CONF, &error) == -1)
		fail_msg("%s", error.text);
}

static void
assert_refused(const void *text, size_t n, const char *expected)
{
	struct error error = ERROR_INIT;
	struct settings s;

	write_file(CONF, text, n);
	assert_int_equal(settings_load(&s, CONF, &error), -1);
	assert_string_equal(error.text, expected);
	assert_int_equal(error.kind, ERROR_SETTINGS);
	assert_null(s.file);
	assert_null(s.sources);
	settings_free(&s);
}

static void
the_manuals_example(void **state)
{
	const struct settings_source *source;
	struct settings s;

	(void)state;
	load(&s,
	    "; a comment\n"
	    "# another\n"
	    "\n"
	    "[spool]\n"
	    "directory = /srv/alerts\n"
	    "min_free = 128M             ; below this: 503\n"
	    "                            ; and more words\n"
	    "retain_done = 0\n"
	    "retain_dead=7d\n"
	    "\n"
	    "[responder]   ; who answers\n"
	    "workers = 4\n"
	    "max_body = 1M\n"
	    "request_timeout = 2500ms\n"
	    "[source default]\n"
	    "secret_file = /etc/alertspool/secret\n"
	    "secret_file = old/secret\n"
	    "token_file = %d/token\n"
	    "signature_encoding = hex\n"
	    "[source a_b-9]\n"
	    "authentication = none\n"
	    "[severity]\n"
	    "OUTSIDE_METRIC_THRESHOLD = warning\n"
	    "64f0c0ffee64f0c0ffee0001 = CRITICAL\n"
	    "default = Info");
	assert_string_equal(s.file, CONF);
	assert_string_equal(s.directory, "/srv/alerts");
	assert_int_equal(s.min_free, 128 << 20);
	assert_int_equal(s.retain_done, 0);
	assert_int_equal(s.retain_dead, 7 * 86400000LL);
	assert_int_equal(s.workers, 4);
	assert_int_equal(s.max_body, 1 << 20);
	assert_int_equal(s.request_timeout, 2500);
	assert_int_equal(s.nsources, 2);
	source = settings_source(&s, "default!", 7);
	assert_ptr_equal(source, &s.sources[0]);
	assert_string_equal(source->name, "default");
	assert_int_equal(source->secrets.n, 2);
	assert_string_equal(source->secrets.path[0], "/etc/alertspool/secret");
	assert_int_equal(source->tokens.n, 1);
	assert_string_equal(source->tokens.path[0], "%d/token");
	assert_true(source->hex);
	assert_false(source->unauthenticated);
	source = settings_source(&s, "a_b-9", 5);
	assert_true(source->unauthenticated);
	assert_false(source->hex);
	assert_null(settings_source(&s, "defaul", 6));
	assert_null(settings_source(&s, "", 0));
	assert_string_equal(severity_find(&s.severity,
				"OUTSIDE_METRIC_THRESHOLD"),
	    "WARNING");
	assert_string_equal(severity_find(&s.severity, "default"), "INFO");
	settings_free(&s);
	assert_null(s.directory);
}

static void
defaults(void **state)
{
	struct settings s;

	(void)state;
	load(&s, SOURCE);
	assert_string_equal(s.directory, LOCALSTATEDIR "/spool/alertspool");
	assert_int_equal(s.min_free, 64 << 20);
	assert_int_equal(s.retain_done, 30 * 86400000LL);
	assert_int_equal(s.retain_dead, 90 * 86400000LL);
	assert_int_equal(s.retain_bad, 90 * 86400000LL);
	assert_int_equal(s.workers, 16);
	assert_int_equal(s.max_body, 256 << 10);
	assert_int_equal(s.request_timeout, 10000);
	assert_int_equal(s.severity.n, 0);
	settings_free(&s);
}

static void
limits(void **state)
{
	static const struct {
		const char *line;
		int workers;
		int64_t max_body, request_timeout;
	} rows[] = {
	    {"workers = 1", 1, 256 << 10, 10000},
	    {"workers = 1024", 1024, 256 << 10, 10000},
	    {"max_body = 1", 16, 1, 10000},
	    {"max_body = 16M", 16, 16 << 20, 10000},
	    {"request_timeout = 100ms", 16, 256 << 10, 100},
	    {"request_timeout = 1h", 16, 256 << 10, 3600000},
	};
	struct settings s;
	char text[200];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(text, sizeof(text), SOURCE "[responder]\n%s\n",
		    rows[i].line);
		load(&s, text);
		assert_int_equal(s.workers, rows[i].workers);
		assert_int_equal(s.max_body, rows[i].max_body);
		assert_int_equal(s.request_timeout, rows[i].request_timeout);
		settings_free(&s);
	}
}

static void
line_ends_and_marks(void **state)
{
	struct settings s;

	(void)state;
	load(&s, "[source x]\r\nsecret_file = /s ; note\r\n\r\n");
	assert_string_equal(s.sources[0].secrets.path[0], "/s");
	settings_free(&s);
	load(&s, "\xef\xbb\xbf[source x]\nauthentication = none");
	assert_true(s.sources[0].unauthenticated);
	settings_free(&s);
	load(&s, "[source x]\nsecret_file=/s/\xc3\xa4 b\t\n");
	assert_string_equal(s.sources[0].secrets.path[0], "/s/\xc3\xa4 b");
	settings_free(&s);
}

/* A line of exactly the longest length is read completely, value included. */
static void
longest_line(void **state)
{
	char text[600], path[300] = "/";
	struct settings s;

	(void)state;
	memset(path + 1, 'p', INIFILE_LINE_MAX - strlen("secret_file=/"));
	snprintf(text, sizeof(text), "[source x]\nsecret_file=%s\n", path);
	load(&s, text);
	assert_string_equal(s.sources[0].secrets.path[0], path);
	settings_free(&s);
	snprintf(text, sizeof(text), "[source x]\nsecret_file=%sp\n", path);
	assert_refused(text, strlen(text),
	    CONF ":2: the line has 199 bytes, at most 198 are read");
}

static void
longest_source_name(void **state)
{
	struct settings s;

	(void)state;
	load(&s,
	    "[source 0123456789abcdefghijklmnopqrstu_]\n"
	    "authentication = none\n");
	assert_int_equal(strlen(s.sources[0].name), NAME_SOURCE_MAX);
	settings_free(&s);
}

static void
assert_path(const char *path, const char *directory, const char *name)
{
	char expected[PATH_MAX];

	snprintf(expected, sizeof(expected), "%s/%s", directory, name);
	assert_string_equal(path, expected);
}

/* They are relative to the directory of the settings file, however that was named. */
static void
relative_paths(void **state)
{
	static const char text[] = "[source x]\nsecret_file = sub/secret\n"
				   "[spool]\ndirectory = spool\n";
	static const char *const names[] = {CONF, "./" CONF, "below/../" CONF,
	    "below/" CONF};
	struct settings s;
	struct error error = ERROR_INIT;

	write_file(CONF, text, strlen(text));
	assert_int_equal(mkdir("below", 0700), 0);
	assert_int_equal(symlink("../" CONF, "below/" CONF), 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(settings_load(&s, names[i], &error), 0);
		assert_path(s.sources[0].secrets.path[0], *state,
		    i < 3 ? "sub/secret" : "below/sub/secret");
		assert_path(s.directory, *state,
		    i < 3 ? "spool" : "below/spool");
		settings_free(&s);
	}
}

#define SIZE_FORM \
	"must be a whole number of bytes, or with one of K, M, G, T behind " \
	"it, as in 64M"
#define DURATION_FORM \
	"must be a whole number with one of ms, s, m, h, d behind it, as in " \
	"30d"
#define NAME_FORM \
	"is not a source name: 1 to 32 of a-z, 0-9, '_' and '-', beginning " \
	"with a-z or 0-9"
#define PATH_FORM \
	"secret_file must be the path of a file, in which %d is allowed only " \
	"at the beginning, as in %d/secret"
#define SECTION_LIST \
	"there are [spool], [responder], [source NAME] and [severity]"

static const struct {
	const char *text;
	const char *message; /* after the file's name and a colon */
} refusals[] = {
    {"", "1: no [source NAME] section: nobody could deliver"},
    {"; nothing\n\n", "2: no [source NAME] section: nobody could deliver"},
    {"[spool]\nmin_free = 1M\n",
	"2: no [source NAME] section: nobody could deliver"},

    {"workers = 1\n" SOURCE, "1: workers stands before the first section"},
    {SOURCE "[files]\na = b\n", "3: unknown section [files]: " SECTION_LIST},
    {SOURCE "[source]\na = b\n", "3: unknown section [source]: " SECTION_LIST},
    {SOURCE "[ spool]\na = b\n", "3: unknown section [ spool]: " SECTION_LIST},
    {SOURCE "[]\na = b\n", "3: unknown section []: " SECTION_LIST},
    {SOURCE "[SPOOL]\na = b\n", "3: unknown section [SPOOL]: " SECTION_LIST},
    {SOURCE "[spool]\ncolour = blue\n", "4: unknown key 'colour' in [spool]"},
    {SOURCE "[spool]\nworkers = 3\n", "4: unknown key 'workers' in [spool]"},
    {SOURCE "Secret_File = /x\n", "3: unknown key 'Secret_File' in [source]"},
    {SOURCE "[spool]\nmin_free = 1M\nmin_free = 1M\n",
	"5: min_free is given already; remove one of the two lines"},
    {SOURCE "[spool]\nmin_free = 1M\n[responder]\nworkers = 1\n[spool]\n",
	"7: [spool] exists already; join the two"},
    {SOURCE "[severity]\nA = INFO\n[severity]\nB = INFO\n",
	"5: [severity] exists already; join the two"},
    {SOURCE SOURCE, "3: [source default] exists already; join the two"},

    {"[spool]\n" SOURCE, "1: empty section; give it a key or remove it"},
    {SOURCE "\n[severity]\n; nothing\n",
	"4: empty section; give it a key or remove it"},
    {"[source default]\n", "1: empty section; give it a key or remove it"},

    {SOURCE "[spool]\nmin_free = 10X\n", "4: min_free " SIZE_FORM},
    {SOURCE "[spool]\nmin_free = -1\n", "4: min_free " SIZE_FORM},
    {SOURCE "[spool]\nretain_bad = 10\n", "4: retain_bad " DURATION_FORM},
    {SOURCE "[spool]\nretain_dead = 1w\n", "4: retain_dead " DURATION_FORM},
    {SOURCE "[spool]\nretain_done = 1000000d\n",
	"4: retain_done " DURATION_FORM},
    {SOURCE "[responder]\nworkers = 0\n",
	"4: workers must be a number from 1 to 1024"},
    {SOURCE "[responder]\nworkers = 1025\n",
	"4: workers must be a number from 1 to 1024"},
    {SOURCE "[responder]\nworkers = 1K\n",
	"4: workers must be a number from 1 to 1024"},
    {SOURCE "[responder]\nworkers = +1\n",
	"4: workers must be a number from 1 to 1024"},
    {SOURCE "[responder]\nworkers = 18446744073709551617\n",
	"4: workers must be a number from 1 to 1024"},
    {SOURCE "[responder]\nmax_body = 0\n", "4: max_body must be at least 1"},
    {SOURCE "[responder]\nmax_body = 17M\n", "4: max_body must be at most 16M"},
    {SOURCE "[responder]\nrequest_timeout = 99ms\n",
	"4: request_timeout must be at least 100ms"},
    {SOURCE "[responder]\nrequest_timeout = 61m\n",
	"4: request_timeout must be at most 1h"},

    {SOURCE " token_file = /t\n",
	"3: the line is indented; remove the blanks at its beginning"},
    {SOURCE "\t[spool]\n",
	"3: the line is indented; remove the blanks at its beginning"},
    {SOURCE "token_file\n", "3: neither '[section]' nor 'key = value'"},
    {SOURCE "token_file ; = /t\nx = y\n",
	"3: neither '[section]' nor 'key = value'"},
    {SOURCE "= /t\n", "3: no key before '='"},
    {SOURCE "token_file =\n",
	"3: token_file has no value; give one or remove the line"},
    {SOURCE "token_file = ; none yet\n",
	"3: token_file has no value; give one or remove the line"},
    {SOURCE "token_file = /t # the token\n",
	"3: '#' or ';' in the value of token_file: a comment begins with a "
	"blank and ';'"},
    {SOURCE "token_file = /t#\n",
	"3: '#' or ';' in the value of token_file: a comment begins with a "
	"blank and ';'"},
    {SOURCE "token_file = /t; the token\n",
	"3: '#' or ';' in the value of token_file: a comment begins with a "
	"blank and ';'"},
    {SOURCE "token_file = \"/t\"\n",
	"3: the value of token_file is quoted; write it without quotes"},
    {SOURCE "[spool\nmin_free = 1\n", "3: a section ends with ']'"},
    {SOURCE "[spool] min_free = 1\n",
	"3: text after ']': a comment begins with a blank and ';'"},
    {SOURCE "[spool];comment\n",
	"3: text after ']': a comment begins with a blank and ';'"},
    {SOURCE "[spool]]\n",
	"3: text after ']': a comment begins with a blank and ';'"},

    {"[source Default]\nsecret_file = /s\n", "1: 'Default' " NAME_FORM},
    {"[source -x]\nsecret_file = /s\n", "1: '-x' " NAME_FORM},
    {"[source ]\nsecret_file = /s\n", "1: '' " NAME_FORM},
    {"[source a b]\nsecret_file = /s\n", "1: 'a b' " NAME_FORM},
    {"[source  a]\nsecret_file = /s\n", "1: ' a' " NAME_FORM},
    {"[source a/b]\nsecret_file = /s\n", "1: 'a/b' " NAME_FORM},
    {"[source 0123456789abcdefghijklmnopqrstuvw]\nsecret_file = /s\n",
	"1: '0123456789abcdefghijklmnopqrstuvw' " NAME_FORM},

    {"[source a]\nsignature_encoding = hex\n[source b]\nsecret_file = /s\n",
	"1: [source a] needs a secret_file or token_file, or "
	"authentication = none if anybody may deliver"},
    {"\n[source a]\nsignature_encoding = hex\n",
	"2: [source a] needs a secret_file or token_file, or "
	"authentication = none if anybody may deliver"},
    {"[source a]\nauthentication = none\nsecret_file = /s\n",
	"1: [source a] has authentication = none and a secret_file or "
	"token_file; remove one of them"},
    {"[source a]\ntoken_file = /s\nauthentication = none\n",
	"1: [source a] has authentication = none and a secret_file or "
	"token_file; remove one of them"},
    {"[source a]\nauthentication = hmac\n",
	"2: authentication can only be none; to require a secret or token give "
	"secret_file or token_file"},
    {"[source a]\nauthentication = none\nauthentication = none\n",
	"3: authentication is given already; remove one of the two lines"},
    {SOURCE "signature_encoding = base32\n",
	"3: signature_encoding must be base64 or hex"},
    {SOURCE "secret_file = /s\n",
	"3: [source default] names /s already; remove one of the two lines"},
    {SOURCE "token_file = /s\n",
	"3: [source default] names /s already; remove one of the two lines"},
    {"[source a]\nsecret_file = %d\n", "2: " PATH_FORM},
    {"[source a]\nsecret_file = %d/\n", "2: " PATH_FORM},
    {"[source a]\nsecret_file = %d/x/%d/y\n", "2: " PATH_FORM},
    {"[source a]\nsecret_file = /x/%d/y\n", "2: " PATH_FORM},
    {"[source a]\nsecret_file = /\n", "2: " PATH_FORM},
    {SOURCE "[spool]\ndirectory = %d/spool\n",
	"4: directory cannot be in %d, which is for secret_file and "
	"token_file"},

    {SOURCE "[severity]\nA = FATAL\n",
	"4: the severity of A must be INFO, WARNING, ERROR or CRITICAL"},
    {SOURCE "[severity]\nA = INFO\nA = INFO\n",
	"5: A has a severity already; remove one of the two lines"},
    {SOURCE "[severity]\nHOST DOWN = INFO\n",
	"4: 'HOST DOWN' is not an event type, alert configuration id or "
	"default"},

    {SOURCE "token_file = /\x01\n",
	"3: byte 15 is the control character 0x01; remove it"},
    {SOURCE "; \x1b[2J\n",
	"3: byte 3 is the control character 0x1b; remove it"},
    {SOURCE "a\rb\n", "3: byte 2 is the control character 0x0d; remove it"},
    {SOURCE "; \xff\n", "3: byte 3 is not UTF-8; save the file as UTF-8"},
    {SOURCE "[spool]\n\xc3\xa4 = 1\n",
	"4: unknown key '\\xc3\\xa4' in [spool]"},
};

static void
refused(void **state)
{
	char expected[512];

	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		snprintf(expected, sizeof(expected), CONF ":%s",
		    refusals[i].message);
		assert_refused(refusals[i].text, strlen(refusals[i].text),
		    expected);
	}
}

static void
nul_byte(void **state)
{
	static const char text[] = SOURCE "token_file = /t\0x\n";

	(void)state;
	assert_refused(text, sizeof(text) - 1,
	    CONF ":3: byte 16 is the control character 0x00; "
		 "remove it");
}

/* A severity_file next to the settings; the settings' own rules have precedence. */
static void
severity_file(void **state)
{
	static const char rules[] = "; from the Admin API\r\n"
				    "default = error\r\n"
				    "HOST_DOWN = critical\r\n";
	struct settings s;

	(void)state;
	write_file("severity.conf", rules, strlen(rules));
	load(&s,
	    SOURCE "[responder]\nseverity_file = severity.conf\n"
		   "[severity]\ndefault = INFO\n");
	assert_string_equal(severity_find(&s.severity, "default"), "INFO");
	assert_string_equal(severity_find(&s.severity, "HOST_DOWN"),
	    "CRITICAL");
	assert_int_equal(s.severity.n, 2);
	settings_free(&s);
}

static void
severity_file_refused(void **state)
{
	static const struct {
		const char *text;
		const char *message;
	} rows[] = {
	    {"A = INFO\nA = ERROR\n",
		"2: A has a severity already; remove one of the "
		"two lines"},
	    {"A = HIGH\n",
		"1: the severity of A must be INFO, WARNING, "
		"ERROR or CRITICAL"},
	    {"[severity]\nA = INFO\n",
		"1: [severity]: a severity_file has no "
		"sections, only lines KEY = SEVERITY"},
	    {"A = INFO # a\n",
		"1: '#' or ';' in the value of A: a comment "
		"begins with a blank and ';'"},
	    {"\n  A = INFO\n",
		"2: the line is indented; remove the blanks at its beginning"},
	};
	static const char text[] =
	    SOURCE "[responder]\nworkers = 1\nseverity_file = severity.conf\n";
	const char *here = *state;
	char expected[PATH_MAX];

	for (size_t i = 0; i < COUNT(rows); i++) {
		write_file("severity.conf", rows[i].text, strlen(rows[i].text));
		snprintf(expected, sizeof(expected), "%s/severity.conf:%s",
		    here, rows[i].message);
		assert_refused(text, strlen(text), expected);
	}
	assert_int_equal(unlink("severity.conf"), 0);
	snprintf(expected, sizeof(expected),
	    CONF ":5: severity_file: cannot read %s/severity.conf: "
		 "No such file or directory",
	    here);
	assert_refused(text, strlen(text), expected);
}

static void
assert_unreadable(const char *path, enum error_kind kind, const char *message)
{
	struct error error = ERROR_INIT;
	struct settings s;

	assert_int_equal(settings_load(&s, path, &error), -1);
	assert_int_equal(error.kind, kind);
	assert_string_equal(error.text, message);
	assert_null(s.file);
}

static void
a_link_to_the_file(void **state)
{
	struct settings s;
	struct error error = ERROR_INIT;

	(void)state;
	write_file(CONF, SOURCE, strlen(SOURCE));
	assert_int_equal(symlink(CONF, "link.conf"), 0);
	assert_int_equal(settings_load(&s, "link.conf", &error), 0);
	settings_free(&s);
}

static void
no_file(void **state)
{
	(void)state;
	assert_unreadable("gone.conf", ERROR_NOT_FOUND,
	    "cannot read gone.conf: No such file or directory");
	assert_unreadable("gone/x.conf", ERROR_NOT_FOUND,
	    "cannot read gone/x.conf: No such file or directory");
	assert_unreadable("/", ERROR_SETTINGS, "/ is not a regular file");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_unreadable("fifo", ERROR_SETTINGS, "fifo is not a regular file");
	if (geteuid() == 0)
		return; /* root may read everything */
	write_file("closed.conf", SOURCE, strlen(SOURCE));
	assert_int_equal(chmod("closed.conf", 0), 0);
	assert_unreadable("closed.conf", ERROR_DENIED,
	    "cannot read closed.conf: Permission denied");
}

static void
a_large_file(void **state)
{
	char *text = malloc(INIFILE_SIZE_MAX + 1);
	struct settings s;
	struct error error = ERROR_INIT;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', INIFILE_SIZE_MAX + 1);
	write_file(CONF, text, INIFILE_SIZE_MAX + 1);
	assert_unreadable(CONF, ERROR_SETTINGS,
	    CONF " has more than 1048576 bytes");
	memcpy(text, SOURCE, strlen(SOURCE));
	write_file(CONF, text, INIFILE_SIZE_MAX);
	assert_int_equal(settings_load(&s, CONF, &error), 0);
	settings_free(&s);
	free(text);
}

static void
path_of_the_settings(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("ALERTSPOOL_CONF"), 0);
	assert_string_equal(settings_path("x"), "x");
	assert_string_equal(settings_path(NULL),
	    SYSCONFDIR "/alertspool/alertspool.conf");
	assert_int_equal(setenv("ALERTSPOOL_CONF", "", 1), 0);
	assert_string_equal(settings_path(NULL),
	    SYSCONFDIR "/alertspool/alertspool.conf");
	assert_int_equal(setenv("ALERTSPOOL_CONF", "/y", 1), 0);
	assert_string_equal(settings_path(NULL), "/y");
	assert_string_equal(settings_path("x"), "x");
}

/* The reader accepts what the table says. */
static void
described(void **state)
{
	const char *section, *key, *fallback;
	struct settings s;
	char text[256];
	size_t i, defaulted = 0;

	(void)state;
	for (i = 0; settings_describe(i, &section, &key, &fallback); i++) {
		if (fallback[0] == '\0')
			continue;
		defaulted++;
		if (strcmp(section, "source") == 0)
			snprintf(text, sizeof(text), SOURCE "%s = %s\n", key,
			    fallback);
		else
			snprintf(text, sizeof(text), SOURCE "[%s]\n%s = %s\n",
			    section, key, fallback);
		load(&s, text);
		settings_free(&s);
	}
	assert_int_equal(i, 14);
	assert_int_equal(defaulted, 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_manuals_example),
	    cmocka_unit_test(defaults),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(line_ends_and_marks),
	    cmocka_unit_test(longest_line),
	    cmocka_unit_test(longest_source_name),
	    cmocka_unit_test(relative_paths),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(nul_byte),
	    cmocka_unit_test(severity_file),
	    cmocka_unit_test(severity_file_refused),
	    cmocka_unit_test(a_link_to_the_file),
	    cmocka_unit_test(no_file),
	    cmocka_unit_test(a_large_file),
	    cmocka_unit_test(path_of_the_settings),
	    cmocka_unit_test(described),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}

/* SPDX-License-Identifier: ISC */
/*
 * Sections [queue NAME]: every key, every refusal with the whole text that an operator
 * sees. The responder loads its settings in spite of any mistake in them.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/settings/queues.h"
#include "lib/settings/settings.h"

#include "tests/unit/scratch.h"

#define CONF "alertspool.conf"
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define DAY (24 * 3600 * INT64_C(1000))

/* The two lines before the sections. */
#define SOURCE "[source default]\nsecret_file = /s\n"

static void
write_settings(const char *sections)
{
	struct error error = ERROR_INIT;
	char *text;

	assert_int_not_equal(asprintf(&text, "%s%s", SOURCE, sections), -1);
	assert_true(unlink(CONF) == 0 || errno == ENOENT);
	assert_int_equal(file_create(AT_FDCWD, CONF, 0600, text, strlen(text),
			     &error),
	    0);
	free(text);
}

static void
load(struct queues *queues, const char *sections)
{
	struct error error = ERROR_INIT;

	write_settings(sections);
	if (queues_load(queues, CONF, &error) == -1)
		fail_msg("%s", error.text);
}

/* A queue with these lines. */
static void
load_lines(struct queues *queues, const char *lines)
{
	char text[512];

	snprintf(text, sizeof(text), "[queue a]\n%s\n", lines);
	load(queues, text);
}

/* The words of a condition, with "," between them and "!" before a negated one. */
static const char *
words_of(const struct queue_settings *q, enum queue_field field)
{
	const struct queue_condition *c = &q->condition[field];
	static char text[1024];

	snprintf(text, sizeof(text), "%s", c->negated ? "!" : "");
	for (size_t i = 0; i < c->n; i++) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n, "%s%s", i > 0 ? "," : "",
		    c->word[i]);
	}
	return text;
}

static const char *
option_of(const struct queue_settings *q, const char *key)
{
	for (size_t i = 0; i < q->noptions; i++)
		if (strcmp(q->option[i].key, key) == 0)
			return q->option[i].value;
	return NULL;
}

/* ---- what is taken ------------------------------------------------------------- */

static void
the_manuals_example(void **state)
{
	const struct queue_settings *pager, *archive;
	struct queues queues;

	(void)state;
	load(&queues,
	    "[queue pager]            ; who is woken\n"
	    "severity = critical, ERROR\n"
	    "project = prod-*, Billing\n"
	    "event = !update\n"
	    "command = /usr/libexec/pagerduty  -v\t/etc/pagerduty.key\n"
	    "jobs = 4\n"
	    "retain_done = 3d\n"
	    "\n"
	    "[queue archive]\n"
	    "forward = tls://nats-1.example.com,nats-2.example.com\n"
	    "auth = nats.env\n");
	assert_int_equal(queues.n, 2);
	pager = queues_find(&queues, "pager");
	archive = queues_find(&queues, "archive");
	assert_ptr_equal(pager, &queues.queue[0]);
	assert_ptr_equal(archive, &queues.queue[1]);
	assert_null(queues_find(&queues, "page"));
	assert_int_equal(pager->line, 3);
	assert_int_equal(archive->line, 11);
	assert_int_equal(pager->kind, QUEUE_COMMAND);
	assert_string_equal(words_of(pager, QUEUE_SEVERITY), "CRITICAL,ERROR");
	assert_string_equal(words_of(pager, QUEUE_PROJECT), "prod-*,Billing");
	assert_string_equal(words_of(pager, QUEUE_EVENT), "!update");
	assert_string_equal(words_of(pager, QUEUE_HOST), "");
	assert_string_equal(pager->command[0], "/usr/libexec/pagerduty");
	assert_string_equal(pager->command[1], "-v");
	assert_string_equal(pager->command[2], "/etc/pagerduty.key");
	assert_null(pager->command[3]);
	assert_string_equal(option_of(pager, "jobs"), "4");
	assert_int_equal(pager->retain_done, 3 * DAY);
	assert_int_equal(archive->kind, QUEUE_FORWARD);
	assert_string_equal(archive->forward,
	    "tls://nats-1.example.com,nats-2.example.com");
	assert_int_equal(archive->retain_done, 7 * DAY);
	queues_free(&queues);
	assert_int_equal(queues.n, 0);
}

static void
words(void **state)
{
	static const struct {
		const char *lines;
		enum queue_field field;
		const char *words;
	} rows[] = {
	    {"severity = Critical,error , WARNING,\tinfo", QUEUE_SEVERITY,
		"CRITICAL,ERROR,WARNING,INFO"},
	    {"severity = -", QUEUE_SEVERITY, "-"},
	    {"severity = !-", QUEUE_SEVERITY, "!-"},
	    {"severity = !INFO, -", QUEUE_SEVERITY, "!INFO,-"},
	    {"severity = ! INFO", QUEUE_SEVERITY, "!INFO"},
	    {"project = !\tBilling , x", QUEUE_PROJECT, "!Billing,x"},
	    {"severity = CRITICAL\nseverity = ERROR\nseverity = -",
		QUEUE_SEVERITY, "CRITICAL,ERROR,-"},
	    {"event = !update\nevent = !unknown, inform", QUEUE_EVENT,
		"!update,unknown,inform"},
	    {"event = open,acknowledge,close,cancel", QUEUE_EVENT,
		"open,acknowledge,close,cancel"},
	    {"state = open, tracking, closed, cancelled, informational, "
	     "unknown",
		QUEUE_STATE,
		"open,tracking,closed,cancelled,informational,unknown"},
	    {"category = unknown, -", QUEUE_CATEGORY, "unknown,-"},
	    {"event_type = HOST_*, ?LUSTER_[AB]*", QUEUE_EVENT_TYPE,
		"HOST_*,?LUSTER_[AB]*"},
	    {"source = atlas-*", QUEUE_SOURCE, "atlas-*"},
	    {"organization = The blue   one", QUEUE_ORGANIZATION,
		"The blue   one"},
	    {"project = Billing? old, []x], [!]x], [^a]", QUEUE_PROJECT,
		"Billing? old,[]x],[!]x],[^a]"},
	    {"cluster = a\\*b", QUEUE_CLUSTER, "a\\*b"},
	    {"host = -, *.example.com", QUEUE_HOST, "-,*.example.com"},
	    {"config_id = 64f0c0ffee64f0c0ffee0001", QUEUE_CONFIG_ID,
		"64f0c0ffee64f0c0ffee0001"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct queues queues;

		load_lines(&queues, rows[i].lines);
		assert_string_equal(words_of(&queues.queue[0], rows[i].field),
		    rows[i].words);
		assert_int_equal(queues.queue[0].kind, QUEUE_MANUAL);
		queues_free(&queues);
	}
}

static void
options(void **state)
{
	static const struct {
		const char *line, *key, *value;
		bool forward;
	} rows[] = {
	    {"jobs = 1024", "jobs", "1024", false},
	    {"timeout = 10ms", "timeout", "10ms", false},
	    {"lease = 24h", "lease", "24h", false},
	    {"backoff = 0", "backoff", "0", false},
	    {"backoff_max = 24h", "backoff_max", "24h", false},
	    {"max_attempts = 1000", "max_attempts", "1000", false},
	    {"give_up_after = 0", "give_up_after", "0", false},
	    {"give_up_after = 30d", "give_up_after", "30d", true},
	    {"superseded = handle", "superseded", "handle", false},
	    {"superseded = skip", "superseded", "skip", true},
	    {"auth = /a", "auth", "/a", true},
	    {"creds = /c", "creds", "/c", true},
	    {"nkey = /n", "nkey", "/n", true},
	    {"tls_ca = /t", "tls_ca", "/t", true},
	    {"stream = OTHER", "stream", "OTHER", true},
	    {"subject = a.{source}", "subject", "a.{source}", true},
	    {"batch = 1", "batch", "1", true},
	    {"create_stream = 5", "create_stream", "5", true},
	    {"domain = hub", "domain", "hub", true},
	    {"inbox_prefix = _I", "inbox_prefix", "_I", true},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct queues queues;

		/* A queue's kind may come after its options. */
		snprintf(text, sizeof(text), "[queue a]\n%s\n%s\n",
		    rows[i].line,
		    rows[i].forward ? "forward = nats://h" : "command = /c");
		load(&queues, text);
		assert_string_equal(option_of(&queues.queue[0], rows[i].key),
		    rows[i].value);
		assert_int_equal(queues.queue[0].option[0].line, 4);
		queues_free(&queues);
	}
}

static void
relative_paths(void **state)
{
	struct queues queues;
	char text[512];

	load(&queues, "[queue a]\nforward = nats://h\nauth = keys/nats.env\n");
	snprintf(text, sizeof(text), "%s/keys/nats.env", (char *)*state);
	assert_string_equal(option_of(&queues.queue[0], "auth"), text);
	queues_free(&queues);
}

static void
supersedes(void **state)
{
	static const struct {
		const char *lines;
		bool skips;
	} rows[] = {
	    {"command = /c", true},
	    {"command = /c\nsuperseded = handle", false},
	    {"command = /c\nsuperseded = skip", true},
	    {"forward = nats://h", false},
	    {"forward = nats://h\nsuperseded = skip", true},
	    {"severity = -", false},
	    {"superseded = skip", false}, /* no program of ours empties it */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct queues queues;

		load_lines(&queues, rows[i].lines);
		assert_int_equal(queue_skips_superseded(&queues.queue[0]),
		    rows[i].skips);
		queues_free(&queues);
	}
}

static void
without_queues(void **state)
{
	static const char *const texts[] = {"", "[severity]\ndefault = INFO\n",
	    "[atlas]\nthis is = [read by others\n\tnot by us\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct queues queues;

		load(&queues, texts[i]);
		assert_int_equal(queues.n, 0);
		queues_free(&queues);
	}
}

static void
the_longest_name(void **state)
{
	struct queues queues;

	(void)state;
	load(&queues, "[queue 0123456789_-abcdefghijklmnopqrst]\nhost = a\n");
	assert_non_null(
	    queues_find(&queues, "0123456789_-abcdefghijklmnopqrst"));
	queues_free(&queues);
}

/* ---- what is refused, and the responder loads all the same ---------------------- */

#define Q "[queue a]\n" /* line 3 */
#define COMMAND Q "command = /c\n"
#define FORWARD Q "forward = nats://h\n"
#define DURATION \
	"a whole number with one of ms, s, m, h, d behind it, as in 30d"
#define NO_NAME \
	"is not a queue name: 1 to 32 of a-z, 0-9, '_' and '-', beginning " \
	"with a-z or 0-9"

static const struct {
	const char *sections;
	int line;
	const char *reason;
} wrong[] = {
    /* sections */
    {"[queue]\nhost = a\n", 3,
	"unknown section [queue]: a queue is [queue NAME]"},
    {"[queues]\nhost = a\n", 3,
	"unknown section [queues]: a queue is [queue NAME]"},
    {"[queue ]\nhost = a\n", 3, "'' " NO_NAME},
    {"[queue Pager]\nhost = a\n", 3, "'Pager' " NO_NAME},
    {"[queue ../x]\nhost = a\n", 3, "'../x' " NO_NAME},
    {"[queue -a]\nhost = a\n", 3, "'-a' " NO_NAME},
    {"[queue a b]\nhost = a\n", 3, "'a b' " NO_NAME},
    {"[queue 0123456789_-abcdefghijklmnopqrstu]\nhost = a\n", 3,
	"'0123456789_-abcdefghijklmnopqrstu' " NO_NAME},
    {"[queue a\nhost = a\n", 3, "a section ends with ']'"},
    {"[queue a] x\nhost = a\n", 3,
	"text after ']': a comment begins with a blank and ';'"},
    {Q, 3,
	"empty section; give it command, forward or a condition, or remove "
	"it"},
    {Q "[queue b]\nhost = a\n", 3,
	"empty section; give it command, forward or a condition, or remove "
	"it"},
    {Q "host = a\n" Q "host = b\n", 5,
	"[queue a] exists already; join the two"},
    {Q "command = /c\nforward = nats://h\n", 3,
	"[queue a] has command and forward; remove one of them"},
    /* lines */
    {Q "host\n", 4, "neither '[section]' nor 'key = value'"},
    {Q "  host = a\n", 4,
	"the line is indented; remove the blanks at its beginning"},
    {Q "host =\n", 4, "host has no value; give one or remove the line"},
    {Q "= a\n", 4, "no key before '='"},
    {Q "host = \"a\"\n", 4,
	"the value of host is quoted; write it without quotes"},
    {Q "host = a#b\n", 4,
	"'#' or ';' in the value of host: a comment begins with a blank and "
	"';'"},
    {Q "host = a\001\n", 4, "byte 9 is the control character 0x01; remove it"},
    {Q "host = \xff\n", 4, "byte 8 is not UTF-8; save the file as UTF-8"},
    /* keys */
    {Q "hosts = a\n", 4, "unknown key 'hosts' in [queue a]"},
    {Q "Host = a\n", 4, "unknown key 'Host' in [queue a]"},
    {Q "backoff-max = 1m\n", 4, "unknown key 'backoff-max' in [queue a]"},
    {Q "retain_dead = 1d\n", 4, "unknown key 'retain_dead' in [queue a]"},
    {COMMAND "jobs = 2\njobs = 3\n", 6,
	"jobs is given already; remove one of the two lines"},
    {COMMAND "command = /d\n", 5,
	"command is given already; remove one of the two lines"},
    /* conditions */
    {Q "severity = FATAL\n", 4,
	"'FATAL' in severity: it must be CRITICAL, ERROR, WARNING, INFO or -"},
    {Q "severity = CRIT*\n", 4,
	"'CRIT*' in severity: it must be CRITICAL, ERROR, WARNING, INFO or -"},
    {Q "severity = CRITICAL,,ERROR\n", 4,
	"'' in severity: it must be words with a comma between them"},
    {Q "severity = CRITICAL,\n", 4,
	"'' in severity: it must be words with a comma between them"},
    {Q "severity = !\n", 4,
	"'' in severity: it must be words with a comma between them"},
    {Q "severity = ! , INFO\n", 4,
	"'' in severity: it must be words with a comma between them"},
    {Q "event = opened\n", 4,
	"'opened' in event: it must be open, inform, update, acknowledge, "
	"unknown, close, cancel or -"},
    {Q "event = OPEN\n", 4,
	"'OPEN' in event: it must be open, inform, update, acknowledge, "
	"unknown, close, cancel or -"},
    {Q "event = open, !close\n", 4,
	"'!' in the middle of event: it must stand before the first word, and "
	"applies to all"},
    {Q "event = !open\nevent = close\n", 5,
	"event has '!' on some of its lines; all or none can have it"},
    {Q "event = close\nevent = !open\n", 5,
	"event has '!' on some of its lines; all or none can have it"},
    {Q "state = OPEN\n", 4,
	"'OPEN' in state: it must be open, tracking, closed, cancelled, "
	"informational, unknown or -"},
    {Q "category = hosts\n", 4,
	"'hosts' in category: it must be a category, which are listed in "
	"alertspool-spool(5)"},
    {Q "project = prod-[ab\n", 4,
	"'prod-[ab' in project: it must be a pattern in which each '[' has "
	"its ']'"},
    {Q "host = a\\\n", 4,
	"'a\\\\' in host: it must be a pattern that does not end with a "
	"backslash"},
    /* commands and streams */
    {Q "command = pagerduty\n", 4,
	"command must be the absolute path of a program"},
    {Q "command = ./pagerduty\n", 4,
	"command must be the absolute path of a program"},
    {Q "forward = nats.example.com\n", 4,
	"forward must be a URL like tls://nats.example.com"},
    {Q "forward = http://h\n", 4,
	"forward must be a URL like tls://nats.example.com"},
    {Q "forward = nats://user:word@h\n", 4,
	"a secret does not belong into this file: name a file that holds it, "
	"as auth = FILE"},
    {COMMAND "auth = /a\n", 5,
	"auth is for queues with forward; remove the line"},
    {"[queue a]\nstream = S\ncommand = /c\n", 4,
	"stream is for queues with forward; remove the line"},
    {FORWARD "jobs = 2\n", 5,
	"jobs is for queues with command; remove the line"},
    {Q "host = a\njobs = 2\n", 5,
	"jobs is for queues with command; remove the line"},
    {Q "host = a\nbatch = 2\n", 5,
	"batch is for queues with forward; remove the line"},
    /* values */
    {COMMAND "jobs = 0\n", 5, "jobs must be a number from 1 to 1024"},
    {COMMAND "jobs = 1025\n", 5, "jobs must be a number from 1 to 1024"},
    {COMMAND "jobs = many\n", 5, "jobs must be a number from 1 to 1024"},
    {COMMAND "timeout = 60\n", 5, "timeout must be " DURATION},
    {COMMAND "timeout = 9ms\n", 5, "timeout must be at least 10ms"},
    {COMMAND "timeout = 25h\n", 5, "timeout must be at most 24h"},
    {COMMAND "lease = 999ms\n", 5, "lease must be at least 1s"},
    {COMMAND "backoff = -1s\n", 5, "backoff must be " DURATION},
    {COMMAND "backoff = 61m\n", 5, "backoff must be at most 1h"},
    {COMMAND "backoff_max = 2d\n", 5, "backoff_max must be at most 24h"},
    {COMMAND "max_attempts = 0\n", 5,
	"max_attempts must be a number from 1 to 1000"},
    {COMMAND "give_up_after = never\n", 5, "give_up_after must be " DURATION},
    {COMMAND "superseded = yes\n", 5, "superseded must be skip or handle"},
    {COMMAND "retain_done = 23h\n", 5, "retain_done must be at least 1d"},
    {COMMAND "retain_done = 0\n", 5, "retain_done must be at least 1d"},
    {FORWARD "batch = 1025\n", 5, "batch must be a number from 1 to 1024"},
    {FORWARD "create_stream = 6\n", 5,
	"create_stream must be a number from 1 to 5"},
};

static void
refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct error error = ERROR_INIT;
		struct queues queues;
		char expected[512];

		write_settings(wrong[i].sections);
		snprintf(expected, sizeof(expected), "%s:%d: %s", CONF,
		    wrong[i].line, wrong[i].reason);
		assert_int_equal(queues_load(&queues, CONF, &error), -1);
		assert_string_equal(error.text, expected);
		assert_int_equal(error.kind, ERROR_SETTINGS);
		assert_int_equal(queues.n, 0);
		assert_null(queues.queue);
	}
	assert_true(COUNT(wrong) >= 40);
}

static void
too_long_a_line(void **state)
{
	struct error error = ERROR_INIT;
	struct settings settings;
	struct queues queues;
	char text[4096];

	(void)state;
	snprintf(text, sizeof(text), Q "host = %03000d\n", 0);
	write_settings(text);
	assert_int_equal(queues_load(&queues, CONF, &error), -1);
	assert_non_null(strstr(error.text, CONF ":4: the line has 3007 bytes"));
	assert_int_equal(settings_load(&settings, CONF, &error), 0);
	settings_free(&settings);
}

/* The rest of the file after a section with a mistake is read, and mistakes there are
 * refused. */
static void
the_responder_reads_past_it(void **state)
{
	char text[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct error error = ERROR_INIT;
		struct settings settings;

		snprintf(text, sizeof(text), "%s[responder]\nworkers = 7\n",
		    wrong[i].sections);
		write_settings(text);
		if (settings_load(&settings, CONF, &error) == -1)
			fail_msg("%s", error.text);
		assert_int_equal(settings.workers, 7);
		assert_int_equal(settings.nsources, 1);
		settings_free(&settings);
		snprintf(text, sizeof(text), "%s[responder]\nworkers = no\n",
		    wrong[i].sections);
		write_settings(text);
		assert_int_equal(settings_load(&settings, CONF, &error), -1);
	}
}

/* Other sections are not skipped. */
static void
other_sections(void **state)
{
	static const char *const texts[] = {"[que]\na = b\n",
	    "[Queue a]\nhost = a\n", "[pager]\na = b\n",
	    " [queue a]\nhost = a\n", "[ queue a]\nhost = a\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct error error = ERROR_INIT;
		struct settings settings;

		write_settings(texts[i]);
		assert_int_equal(settings_load(&settings, CONF, &error), -1);
		assert_int_equal(error.kind, ERROR_SETTINGS);
	}
}

static void
no_file(void **state)
{
	struct error error = ERROR_INIT;
	struct queues queues;

	(void)state;
	assert_int_equal(queues_load(&queues, "none.conf", &error), -1);
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_int_equal(queues.n, 0);
}

/* ---- the table of keys ----------------------------------------------------------- */

/* The default in the table is a valid value. */
static void
described(void **state)
{
	const char *key, *fallback;
	size_t i, defaulted = 0;
	char text[256];

	(void)state;
	for (i = 0; queues_describe(i, &key, &fallback); i++) {
		struct queues queues;

		if (fallback[0] == '\0')
			continue;
		defaulted++;
		snprintf(text, sizeof(text), Q "%s = %s\n%s\n", key, fallback,
		    queues_option_kind(key) == QUEUE_FORWARD
			? "forward = nats://h"
			: "command = /c");
		load(&queues, text);
		queues_free(&queues);
	}
	assert_int_equal(i, 32);
	assert_int_equal(defaulted, 11);
}

static void
kinds_of_options(void **state)
{
	(void)state;
	assert_int_equal(queues_option_kind("jobs"), QUEUE_COMMAND);
	assert_int_equal(queues_option_kind("tls_ca"), QUEUE_FORWARD);
	assert_int_equal(queues_option_kind("tls-ca"), QUEUE_FORWARD);
	assert_int_equal(queues_option_kind("create-stream"), QUEUE_FORWARD);
	assert_int_equal(queues_option_kind("create-streams"), QUEUE_MANUAL);
	assert_int_equal(queues_option_kind("backoff-max"), QUEUE_MANUAL);
	assert_int_equal(queues_option_kind("follow"), QUEUE_MANUAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_manuals_example),
	    cmocka_unit_test(words),
	    cmocka_unit_test(options),
	    cmocka_unit_test(relative_paths),
	    cmocka_unit_test(supersedes),
	    cmocka_unit_test(without_queues),
	    cmocka_unit_test(the_longest_name),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(too_long_a_line),
	    cmocka_unit_test(the_responder_reads_past_it),
	    cmocka_unit_test(other_sections),
	    cmocka_unit_test(no_file),
	    cmocka_unit_test(described),
	    cmocka_unit_test(kinds_of_options),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}

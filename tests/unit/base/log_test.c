/* SPDX-License-Identifier: ISC */
/*
 * log: standard error is a datagram socket while a line is written, so that each write(2)
 * is seen separately.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* What is written to standard error between begin and end. */
struct capture {
	int fds[2]; /* [0] is ours */
	int stderr_before;
	char text[65536];
	ssize_t len;
};

static void
capture_begin(struct capture *c)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, c->fds), 0);
	c->stderr_before = dup(STDERR_FILENO);
	assert_int_not_equal(c->stderr_before, -1);
	assert_int_equal(dup2(c->fds[1], STDERR_FILENO), STDERR_FILENO);
	close(c->fds[1]);
}

/* The text of the first write. There must not be a second one. */
static void
capture_end(struct capture *c)
{
	char more;

	assert_int_equal(dup2(c->stderr_before, STDERR_FILENO), STDERR_FILENO);
	close(c->stderr_before);
	c->len = recv(c->fds[0], c->text, sizeof(c->text) - 1, MSG_DONTWAIT);
	c->text[c->len > 0 ? c->len : 0] = '\0';
	assert_int_equal(recv(c->fds[0], &more, 1, MSG_DONTWAIT), -1);
	close(c->fds[0]);
}

/* Ends the line, which must end with this text. */
static void
end_with(struct log_line *line, struct capture *c, const char *end)
{
	const size_t n = strlen(end);

	log_end(line);
	capture_end(c);
	assert_true(c->len > (ssize_t)n);
	assert_string_equal(c->text + c->len - n, end);
}

static void
assert_matches(const char *text, const char *pattern)
{
	regex_t form;

	assert_int_equal(regcomp(&form, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&form, text, 0, NULL, 0) != 0)
		fail_msg("\"%s\" is not %s", text, pattern);
	regfree(&form);
}

/* Makes log_init() find a journal, or not. */
static void
set_journal(const char *stream)
{
	if (stream == NULL)
		unsetenv("JOURNAL_STREAM");
	else
		setenv("JOURNAL_STREAM", stream, 1);
	log_init();
}

static void
stderr_stream(char *out, size_t size, int more)
{
	struct stat st;

	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(out, size, "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino + (uintmax_t)more);
}

static void
test_line(void **state)
{
	struct capture c;
	struct log_line line;

	(void)state;
	capture_begin(&c);
	set_journal(NULL);
	log_begin(&line, LEVEL_INFO, "request");
	log_text(&line, "outcome", "stored");
	log_text(&line, "key", NULL);
	log_number(&line, "status", 200);
	log_number(&line, "least", INT64_MIN);
	log_ms(&line, "ms", 12345);
	log_end(&line);
	capture_end(&c);
	assert_matches(c.text,
	    "^time=[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
	    "\\.[0-9]{3}Z level=info event=request outcome=stored status=200 "
	    "least=-9223372036854775808 ms=12\\.3\n$");
}

static void
test_levels(void **state)
{
	static const struct {
		enum log_level level;
		const char *plain, *journal;
	} cases[] = {
	    {LEVEL_ERROR, " level=error event=e msg=m\n$",
		"^<3>event=e msg=m\n$"},
	    {LEVEL_WARNING, " level=warning event=e msg=m\n$",
		"^<4>event=e msg=m\n$"},
	    {LEVEL_NOTICE, " level=notice event=e msg=m\n$",
		"^<5>event=e msg=m\n$"},
	    {LEVEL_INFO, " level=info event=e msg=m\n$",
		"^<6>event=e msg=m\n$"},
	};
	char stream[64];
	struct capture c;

	(void)state;
	assert_int_equal(COUNT(cases), LEVELS);
	for (size_t i = 0; i < COUNT(cases); i++) {
		capture_begin(&c);
		set_journal(NULL);
		log_message(cases[i].level, "e", "m");
		capture_end(&c);
		assert_matches(c.text, cases[i].plain);

		capture_begin(&c);
		stderr_stream(stream, sizeof(stream), 0);
		set_journal(stream);
		log_message(cases[i].level, "e", "m");
		capture_end(&c);
		assert_matches(c.text, cases[i].journal);
	}
}

/* Not the journal: another file, or not "device:inode". */
static void
test_other_stream(void **state)
{
	static const char *const streams[] = {"", ":", "1", "1:", ":1", "0:0",
	    "x:y", "-1:-1"};
	char stream[80];
	struct capture c;

	(void)state;
	for (size_t i = 0; i < COUNT(streams) + 2; i++) {
		capture_begin(&c);
		stderr_stream(stream, sizeof(stream), i == COUNT(streams));
		if (i > COUNT(streams))
			strcat(stream, " ");
		set_journal(i < COUNT(streams) ? streams[i] : stream);
		log_message(LEVEL_NOTICE, "e", "m");
		capture_end(&c);
		assert_matches(c.text, "^time=[^ ]+ level=notice event=e");
	}
}

static void
test_values(void **state)
{
	static const struct {
		const char *value;
		const char *end;
	} cases[] = {
	    {"plain", " k=plain\n"},
	    {"203.0.113.7:443", " k=203.0.113.7:443\n"},
	    {"", " k=\"\"\n"},
	    {"two words", " k=\"two words\"\n"},
	    {"a=b", " k=\"a=b\"\n"},
	    {"say \"x\"", " k=\"say \\\"x\\\"\"\n"},
	    {"\"", " k=\"\\\"\"\n"},
	    {"a\\b", " k=a\\\\b\n"},
	    {"a\nlevel", " k=a\\x0alevel\n"},
	    {"a\r\n b", " k=\"a\\x0d\\x0a b\"\n"},
	    {"\033[31m", " k=\\x1b[31m\n"},
	    {"\303\251", " k=\\xc3\\xa9\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct log_line line;
		struct capture c;

		capture_begin(&c);
		log_begin(&line, LEVEL_INFO, "e");
		log_text(&line, "k", cases[i].value);
		end_with(&line, &c, cases[i].end);
	}
}

static void
test_ms(void **state)
{
	static const struct {
		int64_t microseconds;
		const char *end;
	} cases[] = {
	    {0, " ms=0.0\n"},
	    {49, " ms=0.0\n"},
	    {50, " ms=0.1\n"},
	    {949, " ms=0.9\n"},
	    {999, " ms=1.0\n"},
	    {1000, " ms=1.0\n"},
	    {61234567, " ms=61234.6\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct log_line line;
		struct capture c;

		capture_begin(&c);
		log_begin(&line, LEVEL_INFO, "e");
		log_ms(&line, "ms", cases[i].microseconds);
		end_with(&line, &c, cases[i].end);
	}
}

static void
test_message(void **state)
{
	struct capture c;

	(void)state;
	capture_begin(&c);
	set_journal(NULL);
	log_message(LEVEL_ERROR, "start", "cannot %s: line\n%d", "go", 3);
	capture_end(&c);
	assert_matches(c.text,
	    " event=start msg=\"cannot go: line\\\\x0a3\"\n$");
}

/* Nothing is cut, and it is still one write. */
static void
test_long(void **state)
{
	const size_t n = 10000;
	char *value = malloc(n + 1);
	struct capture c;

	(void)state;
	assert_non_null(value);
	memset(value, '\001', n);
	value[n] = '\0';
	capture_begin(&c);
	log_message(LEVEL_INFO, "e", "%s", value);
	capture_end(&c);
	assert_true(c.len > (ssize_t)(4 * n));
	assert_string_equal(c.text + c.len - 5, "\\x01\n");
	free(value);
}

/* There is no reader: no line, no error, errno unchanged. */
static void
test_lost(void **state)
{
	int before = dup(STDERR_FILENO);

	(void)state;
	assert_int_not_equal(before, -1);
	close(STDERR_FILENO);
	errno = ENOENT;
	log_message(LEVEL_ERROR, "e", "lost");
	assert_int_equal(errno, ENOENT);
	assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
	close(before);
}

/* Standard error is a pipe that is full, or has no reader; afterwards it is restored. */
struct pipe_log {
	int fds[2];
	int stderr_before;
};

static void
pipe_end(struct pipe_log *p)
{
	assert_int_equal(dup2(p->stderr_before, STDERR_FILENO), STDERR_FILENO);
	close(p->stderr_before);
	if (p->fds[0] != -1)
		close(p->fds[0]);
	log_init();
}

static size_t
drain(const struct pipe_log *p, char *out, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while ((got = read(p->fds[0], out + n, size - 1 - n)) > 0)
		n += (size_t)got;
	out[n] = '\0';
	return n;
}

static void
pipe_begin(struct pipe_log *p)
{
	char text[4096];

	assert_int_equal(pipe(p->fds), 0);
	assert_int_equal(fcntl(p->fds[0], F_SETFL, O_NONBLOCK), 0);
	p->stderr_before = dup(STDERR_FILENO);
	assert_int_not_equal(p->stderr_before, -1);
	assert_int_equal(dup2(p->fds[1], STDERR_FILENO), STDERR_FILENO);
	close(p->fds[1]);
	set_journal(NULL);
	log_message(LEVEL_INFO, "e", "ends what the last test dropped");
	drain(p, text, sizeof(text));
	(void)log_take_dropped();
}

/* Nobody reads: the first line that finds no room waits about a second, the next ones do
 * not. When there is room again, the number of lost lines comes first. */
static void
test_stalled(void **state)
{
	static char text[1 << 20];
	struct pipe_log p;
	int64_t begin, waited;
	int written = 0;

	(void)state;
	pipe_begin(&p);
	begin = clock_ms();
	while (log_take_dropped() == 0)
		log_message(LEVEL_INFO, "e", "line %d of many", ++written);
	waited = clock_ms() - begin;
	assert_true(waited >= 900 && waited < 5000);
	begin = clock_ms();
	for (int i = 0; i < 1000; i++)
		log_message(LEVEL_INFO, "e", "dropped");
	assert_true(clock_ms() - begin < 500);
	assert_int_equal(log_take_dropped(), 1000);
	assert_int_equal(log_take_dropped(), 0);
	assert_true(drain(&p, text, sizeof(text)) > 60000);
	assert_null(strstr(text, "dropped"));

	log_message(LEVEL_INFO, "e", "again");
	log_message(LEVEL_INFO, "e", "and again");
	drain(&p, text, sizeof(text));
	assert_matches(text,
	    "^time=[^ ]+ level=warning event=log dropped=1001 msg=\"[^\n]*\"\n"
	    "time=[^ ]+ level=info event=e msg=again\n"
	    "time=[^ ]+ level=info event=e msg=\"and again\"\n$");
	pipe_end(&p);
}

/* A line longer than the pipe is torn. The next one begins on a new line. */
static void
test_torn(void **state)
{
	static char text[1 << 20];
	const size_t n = 200000;
	char *value = malloc(n + 1), *second;
	struct pipe_log p;

	(void)state;
	assert_non_null(value);
	memset(value, 'x', n);
	value[n] = '\0';
	pipe_begin(&p);
	log_message(LEVEL_INFO, "e", "%s", value);
	assert_int_equal(log_take_dropped(), 1);
	drain(&p, text, sizeof(text));
	log_message(LEVEL_INFO, "e", "next");
	drain(&p, text, sizeof(text));
	assert_int_equal(text[0], '\n');
	second = strchr(text + 1, '\n');
	assert_non_null(second);
	assert_matches(second + 1,
	    "^time=[^ ]+ level=info event=e msg=next\n$");
	pipe_end(&p);
	free(value);
}

/* The reader is gone: no signal ends the process, nothing waits. */
static void
test_reader_gone(void **state)
{
	struct pipe_log p;
	int64_t begin;

	(void)state;
	pipe_begin(&p);
	close(p.fds[0]);
	p.fds[0] = -1;
	assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	begin = clock_ms();
	for (int i = 0; i < 10; i++)
		log_message(LEVEL_INFO, "e", "lost");
	assert_true(clock_ms() - begin < 500);
	assert_int_equal(log_take_dropped(), 10);
	pipe_end(&p);
}

/* A stream socket, like the journal's, that nobody reads. */
static void
test_socket_stalled(void **state)
{
	struct pipe_log p;
	int before = dup(STDERR_FILENO);
	int64_t begin = clock_ms();

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, p.fds), 0);
	assert_int_equal(dup2(p.fds[1], STDERR_FILENO), STDERR_FILENO);
	log_init();
	(void)log_take_dropped();
	while (log_take_dropped() == 0)
		log_message(LEVEL_INFO, "e", "line");
	assert_true(clock_ms() - begin >= 900 && clock_ms() - begin < 10000);
	close(p.fds[0]);
	log_message(LEVEL_INFO, "e", "the reader is gone");
	assert_int_equal(log_take_dropped(), 1);
	dup2(before, STDERR_FILENO);
	close(before);
	close(p.fds[1]);
	log_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_line),
	    cmocka_unit_test(test_levels),
	    cmocka_unit_test(test_other_stream),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_ms),
	    cmocka_unit_test(test_message),
	    cmocka_unit_test(test_long),
	    cmocka_unit_test(test_lost),
	    cmocka_unit_test(test_stalled),
	    cmocka_unit_test(test_torn),
	    cmocka_unit_test(test_reader_gone),
	    cmocka_unit_test(test_socket_stalled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

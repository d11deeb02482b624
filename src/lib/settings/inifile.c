/* SPDX-License-Identifier: ISC */
/*
 * inifile: libinih gives no line numbers, joins indented lines to the key before, splits
 * long lines and does not report sections without keys. So our own line reader feeds it:
 * it counts, refuses such lines, and reports sections itself. libinih only splits "key =
 * value ; comment". A line that should be a pair and does not come back as one is
 * refused, too.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/base/file.h"
#include "lib/base/utf8.h"
#include "lib/settings/inifile.h"

#define BLANKS " \t"

struct reader {
	struct inifile *file;
	const char *next; /* the rest of the text */
	const char *end;
	bool skips;    /* in a section that is skipped */
	bool pair_due; /* libinih must return this line as a pair */
	bool failed;
};

int
inifile_refuse(const struct inifile *file, int line, const char *format, ...)
{
	struct buf where = BUF_INIT, why = BUF_INIT;
	char reason[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	escape_log(&where, file->path, strlen(file->path));
	escape_log(&why, reason, strlen(reason));
	if (buf_check(&where, file->error) == 0 &&
	    buf_check(&why, file->error) == 0)
		error_set(file->error, ERROR_SETTINGS, "%s:%d: %s", where.data,
		    line, why.data);
	buf_free(&where);
	buf_free(&why);
	return -1;
}

/* "[name]", followed only by blanks and a comment. */
static int
read_header(struct inifile *file, char *line)
{
	char *close, *rest;

	close = strchr(line, ']');
	if (close == NULL)
		return inifile_refuse(file, file->line,
		    "a section ends with ']'");
	rest = close + 1 + strspn(close + 1, BLANKS);
	if (*rest != '\0' && (*rest != ';' || rest == close + 1))
		return inifile_refuse(file, file->line,
		    "text after ']': a comment begins with a blank and ';'");
	*close = '\0';
	return file->section(file, line + 1);
}

static int
check_bytes(const struct inifile *file, const char *line, size_t n)
{
	size_t i, bad;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return inifile_refuse(file, file->line,
			    "byte %zu is the control character 0x%02x; "
			    "remove it",
			    i + 1, c);
	}
	if (!utf8_valid(line, n, &bad))
		return inifile_refuse(file, file->line,
		    "byte %zu is not UTF-8; save the file as UTF-8", bad + 1);
	return 0;
}

/* Judge a line by its first character that is not blank. */
static int
check_line(struct reader *r, const char *text, size_t n)
{
	struct inifile *file = r->file;
	char line[INIFILE_LINE_MAX + 1];
	size_t indent;

	if (n > INIFILE_LINE_MAX)
		return inifile_refuse(file, file->line,
		    "the line has %zu bytes, at most %d are read", n,
		    INIFILE_LINE_MAX);
	if (check_bytes(file, text, n) == -1)
		return -1;
	memcpy(line, text, n);
	line[n] = '\0';
	indent = strspn(line, BLANKS);
	if (strchr(";#", line[indent]) != NULL) /* or an empty line: its NUL */
		return 0;
	if (indent > 0)
		return inifile_refuse(file, file->line,
		    "the line is indented; remove the blanks at its beginning");
	if (line[0] == '[')
		return read_header(file, line);
	r->pair_due = true;
	return 0;
}

static int
check_previous(struct reader *r)
{
	if (!r->pair_due)
		return 0;
	return inifile_refuse(r->file, r->file->line,
	    "neither '[section]' nor 'key = value'");
}

/* Cut the next line off the text; its end, LF or CRLF, is not part of it. */
static size_t
take_line(struct reader *r, const char **line)
{
	const char *newline;
	size_t n;

	*line = r->next;
	newline = memchr(r->next, '\n', (size_t)(r->end - r->next));
	n = (size_t)((newline != NULL ? newline : r->end) - r->next);
	r->next = newline != NULL ? newline + 1 : r->end;
	if (n > 0 && (*line)[n - 1] == '\r')
		n--;
	return n;
}

static bool
begins(const char *line, size_t n, const char *front)
{
	return n >= strlen(front) && memcmp(line, front, strlen(front)) == 0;
}

/* A line that begins with "[" decides whether it and the following lines are read. */
static bool
is_skipped(struct reader *r, const char *line, size_t n)
{
	const char *only = r->file->only;

	if (only == NULL || !begins(line, n, "["))
		return r->skips;
	if (*only == '\0')
		r->skips = begins(line, n, INIFILE_QUEUE) ||
		    begins(line, n, INIFILE_ATLAS);
	else
		r->skips = !begins(line, n, only);
	return r->skips;
}

/* The next line that is read, and its length; NULL at the end of the text. */
static const char *
find_line(struct reader *r, size_t *n)
{
	const char *line;

	do {
		if (r->next == r->end)
			return NULL;
		r->file->line++;
		*n = take_line(r, &line);
	} while (is_skipped(r, line, *n));
	return line;
}

/* The ini_reader: like fgets(3), without the newline, which libinih would drop. */
static char *
next_line(char *out, int size, void *context)
{
	struct reader *r = context;
	const char *line;
	size_t n;

	if (r->failed)
		return NULL;
	if (check_previous(r) == -1) {
		r->failed = true;
		return NULL;
	}
	line = find_line(r, &n);
	if (line == NULL)
		return NULL;
	/* libinih 59 takes a line without room for its newline for the beginning of a
	 * longer one, and drops the line after it. */
	if (check_line(r, line, n) == -1 || n + 1 >= (size_t)size) {
		r->failed = true;
		return NULL;
	}
	memcpy(out, line, n);
	out[n] = '\0';
	return out;
}

static int
check_pair(const struct inifile *file, const char *key, const char *value)
{
	if (*key == '\0')
		return inifile_refuse(file, file->line, "no key before '='");
	if (*value == '\0')
		return inifile_refuse(file, file->line,
		    "%s has no value; give one or remove the line", key);
	if (strpbrk(value, "#;") != NULL)
		return inifile_refuse(file, file->line,
		    "'#' or ';' in the value of %s: a comment begins with a "
		    "blank and ';'",
		    key);
	if (strchr("\"'", *value) != NULL)
		return inifile_refuse(file, file->line,
		    "the value of %s is quoted; write it without quotes", key);
	return 0;
}

/* The ini_handler. The section callback has the section. */
static int
take_pair(void *context, const char *section, const char *key,
    const char *value)
{
	struct reader *r = context;

	(void)section;
	/* Some builds of libinih report sections (no key) and lines without '=' (no
	 * value). */
	if (key == NULL || value == NULL || r->failed)
		return 1;
	r->pair_due = false;
	if (check_pair(r->file, key, value) == -1 ||
	    r->file->pair(r->file, key, value) == -1)
		r->failed = true;
	return !r->failed;
}

static int
inifile_open_failed(const struct inifile *file)
{
	enum error_kind kind = ERROR_IO;

	if (errno == ENOENT || errno == ENOTDIR)
		kind = ERROR_NOT_FOUND;
	else if (errno == EACCES)
		kind = ERROR_DENIED;
	return error_sys(file->error, kind, "cannot read %s", file->path);
}

/* A file that is not regular or too long is an error of the settings, not of input. */
static int
read_text(const struct inifile *file, int fd, struct buf *text)
{
	struct error why = ERROR_INIT;

	if (file_read_open(fd, file->path, INIFILE_SIZE_MAX, text, NULL,
		&why) == 0)
		return 0;
	return error_set(file->error,
	    why.kind == ERROR_INPUT ? ERROR_SETTINGS : why.kind, "%s",
	    why.text);
}

static int
parse_lines(struct inifile *file, const struct buf *text)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct reader r = {.file = file,
	    .next = text->data,
	    .end = text->data + text->len,
	    .skips = file->only != NULL && file->only[0] != '\0'};

	if (text->len >= strlen(bom) &&
	    memcmp(text->data, bom, strlen(bom)) == 0)
		r.next += strlen(bom);
	file->line = 0;
	if (ini_parse_stream(next_line, &r, take_pair, &r) != 0 || r.failed)
		return error_set(file->error, ERROR_SETTINGS,
		    "%s:%d: libinih cannot read it", file->path, file->line);
	return 0;
}

int
inifile_read(struct inifile *file)
{
	struct buf text = BUF_INIT;
	int fd, rc = -1;

	/* O_NONBLOCK: a FIFO is refused below, not waited for. */
	fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return inifile_open_failed(file);
	if (read_text(file, fd, &text) == 0)
		rc = parse_lines(file, &text);
	close(fd);
	buf_free(&text);
	return rc;
}

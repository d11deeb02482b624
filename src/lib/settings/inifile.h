/* SPDX-License-Identifier: ISC */
/*
 * inifile: reads INI text strictly, each line with its number.
 *
 * libinih splits the lines; this decides which lines it gets. Text that libinih would
 * cut, merge or guess is refused with file, line and what to do. Does not know the
 * sections and keys: those are in settings.c.
 */
#ifndef ALERTSPOOL_SETTINGS_INIFILE_H
#define ALERTSPOOL_SETTINGS_INIFILE_H

struct error;

#define INIFILE_LINE_MAX 198		/* bytes, without the line's end */
#define INIFILE_SIZE_MAX (1024u * 1024) /* bytes of a file */

/*
 * Sections that the responder skips, with any content: from a line that begins with
 * "[queue" or "[atlas" to the next line that begins with "[". A mistake there must not
 * stop reception.
 */
#define INIFILE_QUEUE "[queue"
#define INIFILE_ATLAS "[atlas"
#define INIFILE_MAIN "" /* all sections but those two kinds */

struct inifile {
	const char *path; /* borrowed; used unchanged in messages */
	/* Which lines are read; others are not checked at all. INIFILE_MAIN;
	 * INIFILE_QUEUE or INIFILE_ATLAS: only sections that begin with it; NULL: all. */
	const char *only;
	int line; /* current line, from 1; afterwards the last one */
	struct error *error;
	void *context; /* for the callbacks */

	/* Called for every "[name]" and every "key = value", neither of the
	 * two empty. 0, or -1 with the reason in error: reading ends. */
	int (*section)(struct inifile *, const char *name);
	int (*pair)(struct inifile *, const char *key, const char *value);
};

/*
 * Read the file, which may be a link to a regular file. 0, or -1: ERROR_NOT_FOUND,
 * ERROR_DENIED or ERROR_IO when it cannot be opened or read, ERROR_SETTINGS for its
 * content.
 */
int inifile_read(struct inifile *) __attribute__((warn_unused_result));

/* Record "PATH:LINE: reason" as ERROR_SETTINGS, escaped. Always -1. */
int inifile_refuse(const struct inifile *, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

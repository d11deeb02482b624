/* SPDX-License-Identifier: ISC */
/* error: keeps the first error, and formats its text while errno is still valid. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "lib/base/error.h"

static const int exit_codes[ERROR_KINDS] = {
    [ERROR_NONE] = EX_OK,
    [ERROR_USAGE] = EX_USAGE,
    [ERROR_INPUT] = EX_DATAERR,
    [ERROR_NOT_FOUND] = EX_NOINPUT,
    [ERROR_UNAVAILABLE] = EX_UNAVAILABLE,
    [ERROR_INTERNAL] = EX_SOFTWARE,
    [ERROR_CREATE] = EX_CANTCREAT,
    [ERROR_IO] = EX_IOERR,
    [ERROR_BUSY] = EX_TEMPFAIL,
    [ERROR_DENIED] = EX_NOPERM,
    [ERROR_SETTINGS] = EX_CONFIG,
};

int
error_set(struct error *e, enum error_kind kind, const char *format, ...)
{
	va_list ap;

	if (e->kind != ERROR_NONE)
		return -1;
	e->kind = kind;
	e->sys = 0;
	va_start(ap, format);
	vsnprintf(e->text, sizeof(e->text), format, ap);
	va_end(ap);
	return -1;
}

int
error_sys(struct error *e, enum error_kind kind, const char *format, ...)
{
	int sys = errno;
	size_t used;
	va_list ap;

	if (e->kind != ERROR_NONE)
		return -1;
	e->kind = kind;
	e->sys = sys;
	va_start(ap, format);
	vsnprintf(e->text, sizeof(e->text), format, ap);
	va_end(ap);
	used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, ": %s", strerror(sys));
	errno = sys;
	return -1;
}

int
error_take(struct error *e, const struct error *other)
{
	if (e->kind == ERROR_NONE)
		*e = *other;
	return -1;
}

void
error_prefix(struct error *e, const char *format, ...)
{
	char text[sizeof(e->text)];
	size_t used;
	va_list ap;

	if (e->kind == ERROR_NONE)
		return;
	memcpy(text, e->text, sizeof(text));
	va_start(ap, format);
	vsnprintf(e->text, sizeof(e->text), format, ap);
	va_end(ap);
	used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, "%s", text);
}

void
error_clear(struct error *e)
{
	*e = (struct error)ERROR_INIT;
}

int
error_exit_code(const struct error *e)
{
	return exit_codes[e->kind];
}

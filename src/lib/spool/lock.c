/* SPDX-License-Identifier: ISC */
/*
 * lock: the bytes of the spool's lock file, alertspool-spool(5).
 *
 *	below 2^61		records: the first 8 bytes of DIGEST
 *	2^61 to below 2^62	alerts: the first 8 bytes of SHA-256 of ALERT
 *	2^62			run, forward and claim share it; route holds it alone
 *	2^62 + 1		the runner that probes
 *	2^62 + 2		reconcile
 *	2^62 + 3		the counters (metrics.h)
 *
 * The alert's byte is taken before the record's.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/spool/private.h"

#define LOCK_DIGITS 16 /* of DIGEST: its first 8 bytes */
#define LOCK_SPACE ((uint64_t)1 << 61)

#define ROLE_BYTE ((off_t)1 << 62)

static struct name_view
view_of(const char *name)
{
	struct name_view view;

	if (!name_parse(name, &view))
		abort(); /* a bug: only names of records have locks */
	return view;
}

/* The byte of a DIGEST: its first 8 bytes, big-endian, modulo 2^61. */
static off_t
digest_byte(const char *digits)
{
	uint64_t number = 0;

	for (int i = 0; i < LOCK_DIGITS; i++)
		number = number << 4 | (uint64_t)hex_value(digits[i]);
	return (off_t)(number % LOCK_SPACE);
}

int
spool_lock_digest(struct spool *s, const char *digits, int64_t wait_ms,
    struct error *error)
{
	if (lock_byte(s->lock, digest_byte(digits), wait_ms) == 0)
		return 0;
	if (errno == EAGAIN)
		return error_set(error, ERROR_BUSY,
		    "%.*s has been locked by another process for over %lld ms",
		    NAME_DIGEST_DIGITS, digits, (long long)wait_ms);
	return error_sys(error, ERROR_IO, "%s/%s", s->path, SPOOL_LOCK);
}

void
spool_unlock_digest(struct spool *s, const char *digits)
{
	unlock_byte(s->lock, digest_byte(digits));
}

int
spool_lock_record(struct spool *s, const char *name, int64_t wait_ms,
    struct error *error)
{
	return spool_lock_digest(s, view_of(name).digest, wait_ms, error);
}

void
spool_unlock_record(struct spool *s, const char *name)
{
	spool_unlock_digest(s, name_digits(name)); /* as it was locked */
}

bool
spool_is_locked(struct spool *s, const char *name, int64_t wait_ms)
{
	struct error why = ERROR_INIT;

	if (spool_lock_record(s, name, wait_ms, &why) == 0) {
		spool_unlock_record(s, name);
		return false;
	}
	return why.kind == ERROR_BUSY;
}

uint64_t
spool_alert_byte(const char *name)
{
	struct name_view view = view_of(name);
	unsigned char digest[DIGEST_SIZE];
	struct digest_part part = {view.alert, view.alert_len};
	uint64_t number = 0;

	if (!name_has_alert(&view))
		part = (struct digest_part){name, strlen(name)};
	digest_sha256(digest, &part, 1);
	for (int i = 0; i < 8; i++)
		number = number << 8 | digest[i];
	return LOCK_SPACE + number % LOCK_SPACE;
}

int
spool_lock_alert(struct spool *s, const char *name, struct error *error)
{
	if (lock_byte(s->lock, (off_t)spool_alert_byte(name), 0) == 0)
		return 0;
	if (errno == EAGAIN)
		return error_set(error, ERROR_BUSY,
		    "%s: another process works on this alert", name);
	return error_sys(error, ERROR_IO, "%s/lock", s->path);
}

void
spool_unlock_alert(struct spool *s, const char *name)
{
	spool_unlock_alert_byte(s, spool_alert_byte(name));
}

void
spool_unlock_alert_byte(struct spool *s, uint64_t byte)
{
	unlock_byte(s->lock, (off_t)byte);
}

/* ---- roles ---------------------------------------------------------- */

static off_t
role_byte(enum spool_role role)
{
	static const int behind[] = {
	    [SPOOL_EMPTIES] = 0,
	    [SPOOL_ROUTES] = 0,
	    [SPOOL_PROBES] = 1,
	    [SPOOL_RECONCILES] = 2,
	};

	return ROLE_BYTE + behind[role];
}

/* Name the holder. If it is gone by now, it did not hold the byte for long. */
static int
refuse_role(const struct spool *s, enum spool_role role, struct error *error)
{
	enum lock_holder holder = LOCK_NOBODY;

	switch (role) {
	case SPOOL_EMPTIES:
		return error_set(error, ERROR_BUSY,
		    "%s: \"alertspool route\" works on this spool", s->path);
	case SPOOL_ROUTES:
		if (lock_byte_holder(s->lock, role_byte(role), &holder) == -1)
			return error_sys(error, ERROR_IO, "%s/%s", s->path,
			    SPOOL_LOCK);
		return error_set(error, ERROR_BUSY,
		    "%s: %s works on this spool", s->path,
		    holder == LOCK_SHARED
			? "\"alertspool run\", forward or claim"
			: "another \"alertspool route\"");
	case SPOOL_PROBES:
		return error_set(error, ERROR_BUSY,
		    "%s: another runner tries a record", s->path);
	case SPOOL_RECONCILES:
		break;
	}
	return error_set(error, ERROR_BUSY,
	    "%s: another \"alertspool atlas reconcile\" is running", s->path);
}

int
spool_take_role(struct spool *s, enum spool_role role, struct error *error)
{
	off_t byte = role_byte(role);
	int rc = role == SPOOL_EMPTIES ? lock_byte_shared(s->lock, byte)
				       : lock_byte(s->lock, byte, 0);

	if (rc == 0)
		return 0;
	if (errno == EAGAIN || errno == EACCES)
		return refuse_role(s, role, error);
	return error_sys(error, ERROR_IO, "%s/%s", s->path, SPOOL_LOCK);
}

void
spool_drop_role(struct spool *s, enum spool_role role)
{
	unlock_byte(s->lock, role_byte(role));
}

/* The lock file of a spool that was opened to read is not open. */
int
spool_has_role(const struct spool *s, enum spool_role role, struct error *error)
{
	enum lock_holder holder = LOCK_NOBODY;
	int fd = s->lock, rc;

	if (fd == -1)
		fd = file_open_regular(s->root, SPOOL_LOCK, O_RDONLY, 0);
	if (fd == -1 && errno == ENOENT)
		return 0;
	rc = fd == -1 ? -1 : lock_byte_holder(fd, role_byte(role), &holder);
	if (rc == -1)
		error_sys(error, ERROR_IO, "%s/%s", s->path, SPOOL_LOCK);
	if (fd != -1 && fd != s->lock)
		close(fd);
	if (rc == -1)
		return -1;
	return holder == (role == SPOOL_EMPTIES ? LOCK_SHARED : LOCK_ALONE);
}

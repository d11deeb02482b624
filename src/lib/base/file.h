/* SPDX-License-Identifier: ISC */
/*
 * file: reading and writing whole files, relative to a directory descriptor.
 *
 * Descriptors are always opened with O_CLOEXEC and O_NOFOLLOW, except for the last
 * component of a directory that the operator named. Only this module deals with EINTR and
 * short transfers.
 */
#ifndef ALERTSPOOL_BASE_FILE_H
#define ALERTSPOOL_BASE_FILE_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct buf;
struct error;

/* Open a directory below the directory descriptor "at" (or AT_FDCWD) for
 * lookups and fsync(2). The descriptor, or -1: ERROR_NOT_FOUND when it does
 * not exist, ERROR_DENIED for EACCES, else ERROR_IO. */
int file_open_dir(int at, const char *path, struct error *);

/*
 * Open a regular file below "at", never a link, and never wait: a FIFO there would block
 * the reader. The descriptor (O_CLOEXEC), or -1 with errno; ENXIO for anything that is
 * not a regular file.
 */
int file_open_regular(int at, const char *path, int flags, mode_t mode);

/*
 * Append the whole regular file to the buffer. A link, a directory, a device, and a file
 * of more than limit bytes are refused (ERROR_INPUT), a missing one is ERROR_NOT_FOUND,
 * EACCES is ERROR_DENIED, others ERROR_IO. st may be NULL; it is filled from the
 * descriptor that was read. 0, or -1 with the buffer as before.
 */
int file_read(int at, const char *path, size_t limit, struct buf *,
    struct stat *st, struct error *);

/* The same for an open file, keeping its position; the path is for the error's text. */
int file_read_open(int fd, const char *path, size_t limit, struct buf *,
    struct stat *st, struct error *);

/* read(2) until n bytes or the end of the file: the number read, or -1 with
 * errno. */
ssize_t file_read_full(int fd, void *bytes, size_t n);

/* The same with pread(2), which keeps the file's position. */
ssize_t file_pread_full(int fd, void *bytes, size_t n, off_t offset);

/* write(2) until all is written: 0, or -1 with errno. */
int file_write_full(int fd, const void *bytes, size_t n);

/* Create a new file of exactly this mode, whatever the umask, below "at" (O_EXCL), write
 * and close it. 0, or -1 and ERROR_CREATE when it exists or cannot be created; a file
 * that could not be written completely is removed. Not flushed to disk. */
int file_create(int at, const char *path, mode_t mode, const void *bytes,
    size_t n, struct error *);

/* Write a file of exactly this mode to disk as `temporary`, replacing what a crash left
 * there, then rename it to name. 0, or -1 with ERROR_CREATE or ERROR_IO and the old file
 * in place. The directory is not flushed. */
int file_replace(int dir, const char *name, const char *temporary, mode_t mode,
    const struct buf *text, struct error *);

#endif

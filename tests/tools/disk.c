/* SPDX-License-Identifier: ISC */
/*
 * disk IMAGE FLUSH-MS LOG MOUNTPOINT [FUSE-OPTION…]: a file system of one file,
 * MOUNTPOINT/disk, which is IMAGE with flushes that take FLUSH-MS. With a loop device on
 * it, it is like a real disk with slow flushes: the block layer merges flushes, the
 * journal shares them, and reads and writes are as fast as ever. A delay of fsync(2) in
 * each process would not share flushes.
 *
 * LOG ("-" for none) has its requests, so that one can make the disk as a power cut at
 * any moment may have left it. It has a head with the number of entries, then an entry
 * for each write, with the bytes, and for each flush, with the number of entries that it
 * made durable. An entry is counted before its answer: a program that sees an effect of a
 * write or a flush and then reads the number finds it included. A flush covers the writes
 * before its start and is logged at its end; until then any of those writes may be lost.
 */
#define FUSE_USE_VERSION 31

#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define DISK "/disk"
#define HEAD_SIZE 4096

struct entry {
	uint64_t offset; /* of a flush: how many entries it covers */
	uint64_t len;	 /* of a flush: 0 */
};

struct disk {
	int fd;
	long flush_us;
	int log; /* -1: none */
	_Atomic uint64_t
	    *entries; /* its head, which other processes map, too */
};

static struct disk *
disk(void)
{
	return fuse_get_context()->private_data;
}

static int
append(struct disk *d, struct entry e, const char *bytes)
{
	struct iovec parts[] = {
	    {.iov_base = &e, .iov_len = sizeof(e)},
	    {.iov_base = (void *)(uintptr_t)bytes, .iov_len = e.len},
	};

	if (d->log == -1)
		return 0;
	if (writev(d->log, parts, 2) != (ssize_t)(sizeof(e) + e.len))
		return -1;
	atomic_fetch_add(d->entries, 1);
	return 0;
}

static int
disk_getattr(const char *path, struct stat *st, struct fuse_file_info *info)
{
	(void)info;
	if (fstat(disk()->fd, st) == -1)
		return -errno;
	if (strcmp(path, DISK) == 0)
		return 0;
	if (strcmp(path, "/") != 0)
		return -ENOENT;
	st->st_mode = S_IFDIR | 0700;
	return 0;
}

static int
disk_open(const char *path, struct fuse_file_info *info)
{
	/* The log has what was written, not what a page cache made of it. */
	info->direct_io = disk()->log != -1;
	return strcmp(path, DISK) == 0 ? 0 : -ENOENT;
}

static int
disk_read(const char *path, char *bytes, size_t n, off_t offset,
    struct fuse_file_info *info)
{
	ssize_t got = pread(disk()->fd, bytes, n, offset);

	(void)path;
	(void)info;
	return got == -1 ? -errno : (int)got;
}

static int
disk_write(const char *path, const char *bytes, size_t n, off_t offset,
    struct fuse_file_info *info)
{
	struct entry e = {.offset = (uint64_t)offset};
	ssize_t put = pwrite(disk()->fd, bytes, n, offset);

	(void)path;
	(void)info;
	if (put == -1)
		return -errno;
	e.len = (uint64_t)put;
	return append(disk(), e, bytes) == 0 ? (int)put : -EIO;
}

static int
disk_fsync(const char *path, int data_only, struct fuse_file_info *info)
{
	struct disk *d = disk();
	struct timespec flush = {
	    .tv_sec = d->flush_us / 1000000,
	    .tv_nsec = d->flush_us % 1000000 * 1000,
	};
	struct entry e = {.len = 0};

	(void)path;
	(void)data_only;
	(void)info;
	if (d->log != -1)
		e.offset = atomic_load(d->entries);
	nanosleep(&flush, NULL);
	return append(d, e, NULL) == 0 ? 0 : -EIO;
}

static void
open_log(struct disk *d, const char *path)
{
	void *head;

	d->log = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (d->log == -1 || ftruncate(d->log, HEAD_SIZE) == -1 ||
	    lseek(d->log, HEAD_SIZE, SEEK_SET) == -1)
		err(73, "%s", path);
	head = mmap(NULL, HEAD_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, d->log,
	    0);
	if (head == MAP_FAILED)
		err(71, "%s", path);
	d->entries = head;
}

int
main(int argc, char **argv)
{
	static const struct fuse_operations operations = {
	    .getattr = disk_getattr,
	    .open = disk_open,
	    .read = disk_read,
	    .write = disk_write,
	    .fsync = disk_fsync,
	};
	static char one_thread[] = "-s";
	struct disk d = {.log = -1};
	int skip = 3;

	if (argc < 5)
		errx(64,
		    "usage: disk IMAGE FLUSH-MS LOG MOUNTPOINT [OPTION...]");
	d.fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (d.fd == -1)
		err(66, "%s", argv[1]);
	d.flush_us = (long)(atof(argv[2]) * 1000);
	if (strcmp(argv[3], "-") != 0) {
		open_log(&d, argv[3]);
		/* The order of the log must be the order of the changes to the image. */
		argv[skip--] = one_thread;
	}
	argv[skip] = argv[0];
	return fuse_main(argc - skip, argv + skip, &operations, &d);
}

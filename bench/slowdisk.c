/* SPDX-License-Identifier: ISC */
/*
 * slowdisk IMAGE FLUSH-MS MOUNTPOINT [FUSE-OPTION…]: a file system of one file,
 * MOUNTPOINT/disk, which is IMAGE with a flush that takes so long. With a loop
 * device on it, it is a disk whose cache takes that time to be written: the
 * block layer merges flushes, the journal shares them, and reads and writes
 * are not slowed, which is what makes real disks with slow flushes what they
 * are. Delaying fsync(2) in each process would share nothing.
 */
#define FUSE_USE_VERSION 31

#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DISK "/disk"

struct disk {
	int fd;
	long flush_us;
};

static const struct disk *
disk(void)
{
	return fuse_get_context()->private_data;
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
	(void)info;
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
	ssize_t put = pwrite(disk()->fd, bytes, n, offset);

	(void)path;
	(void)info;
	return put == -1 ? -errno : (int)put;
}

static int
disk_fsync(const char *path, int data_only, struct fuse_file_info *info)
{
	struct timespec flush = {
	    .tv_sec = disk()->flush_us / 1000000,
	    .tv_nsec = disk()->flush_us % 1000000 * 1000,
	};

	(void)path;
	(void)data_only;
	(void)info;
	nanosleep(&flush, NULL);
	return 0;
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
	struct disk d;

	if (argc < 4)
		errx(64,
		    "usage: slowdisk IMAGE FLUSH-MS MOUNTPOINT [OPTION...]");
	d.fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (d.fd == -1)
		err(66, "%s", argv[1]);
	d.flush_us = (long)(atof(argv[2]) * 1000);
	argv[2] = argv[0];
	return fuse_main(argc - 2, argv + 2, &operations, &d);
}

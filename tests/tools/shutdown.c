/* SPDX-License-Identifier: ISC */
/*
 * shutdown DIRECTORY: cut the power of the file system that has this directory. Data that
 * is not on disk yet is lost, including the file system's log, and every later request
 * fails with EIO. The next mount finds what a power cut would have left. ext4
 * (EXT4_IOC_SHUTDOWN) and xfs (XFS_IOC_GOINGDOWN) have the same number for it. Exit 0; 1
 * on failure; 64 for wrong usage.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GOING_DOWN _IOR('X', 125, uint32_t)
#define NO_LOG_FLUSH 2

int
main(int argc, char **argv)
{
	uint32_t how = NO_LOG_FLUSH;
	int fd;

	if (argc != 2)
		errx(64, "usage: shutdown DIRECTORY");
	fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || ioctl(fd, GOING_DOWN, &how) == -1)
		err(1, "%s", argv[1]);
	return close(fd) == 0 ? 0 : 1;
}

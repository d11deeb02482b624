/* SPDX-License-Identifier: ISC */
/*
 * commit DIRECTORY PROCESSES SECONDS FILE: what the disk can do. So many
 * processes write the bytes of FILE to new files as the commit does, and
 * nothing else: create, write, fsync, close, link, fsync of the directory,
 * unlink. Prints "PER-SECOND P50-MS P99-MS CPU-US-EACH".
 *
 * All descriptors are opened and all names are spelled with as little as can
 * be, so that nothing but the file system is measured.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES_MAX 256
#define STEP_US 20    /* of the histogram */
#define STEPS 100000  /* up to 2 s */
#define NAME_DIGITS 8 /* of a process, and of its file */

struct shared {
	atomic_bool go, stop;
	atomic_uint ready;
	atomic_uint latency[STEPS];
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
spell(char *name, unsigned int n)
{
	for (int i = NAME_DIGITS; i-- > 0; n /= 10)
		name[i] = (char)('0' + n % 10);
}

static void
commit(int dir, char *temporary, char *final, const char *bytes, size_t n)
{
	int fd = openat(dir, temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);

	if (fd == -1 || write(fd, bytes, n) != (ssize_t)n || fsync(fd) == -1 ||
	    close(fd) == -1 || linkat(dir, temporary, dir, final, 0) == -1 ||
	    fsync(dir) == -1 || unlinkat(dir, temporary, 0) == -1)
		err(1, "commit");
}

static void
work(struct shared *shared, const char *directory, unsigned int number,
    const char *bytes, size_t n)
{
	char temporary[] = ".PPPPPPPP", final[] = "PPPPPPPP.NNNNNNNN";
	int dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t begin, step;

	if (dir == -1)
		err(1, "%s", directory);
	spell(temporary + 1, number);
	spell(final, number);
	atomic_fetch_add(&shared->ready, 1);
	while (!atomic_load(&shared->go))
		usleep(1000);
	for (unsigned int i = 0; !atomic_load(&shared->stop); i++) {
		spell(final + NAME_DIGITS + 1, i);
		begin = now_us();
		commit(dir, temporary, final, bytes, n);
		step = (now_us() - begin) / STEP_US;
		atomic_fetch_add(&shared
				     ->latency[step < STEPS ? step : STEPS - 1],
		    1);
	}
}

static unsigned long
total(const struct shared *shared)
{
	unsigned long sum = 0;

	for (int i = 0; i < STEPS; i++)
		sum += shared->latency[i];
	return sum;
}

static double
quantile(const struct shared *shared, double part, unsigned long sum)
{
	unsigned long seen = 0;
	int i;

	for (i = 0; i < STEPS - 1; i++) {
		seen += shared->latency[i];
		if ((double)seen >= part * (double)sum)
			break;
	}
	return (i + 0.5) * STEP_US / 1000;
}

static void
report(const struct shared *shared, int64_t us)
{
	unsigned long sum = total(shared);
	struct rusage used;
	double cpu;

	getrusage(RUSAGE_CHILDREN, &used);
	cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
	    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
	printf("%.1f %.3f %.3f %.1f\n", (double)sum * 1e6 / (double)us,
	    quantile(shared, 0.5, sum), quantile(shared, 0.99, sum),
	    sum > 0 ? cpu / (double)sum : 0);
}

int
main(int argc, char **argv)
{
	static char bytes[65536];
	struct shared *shared;
	unsigned int processes;
	int64_t begin;
	FILE *file;
	size_t n;

	if (argc != 5)
		errx(64, "usage: commit DIRECTORY PROCESSES SECONDS FILE");
	processes = (unsigned int)atoi(argv[2]);
	if (processes < 1 || processes > PROCESSES_MAX)
		errx(64, "%s: from 1 to %d processes", argv[2], PROCESSES_MAX);
	file = fopen(argv[4], "r");
	if (file == NULL)
		err(66, "%s", argv[4]);
	n = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(71, "memory");
	for (unsigned int i = 0; i < processes; i++)
		switch (fork()) {
		case -1:
			err(71, "fork");
		case 0:
			work(shared, argv[1], i, bytes, n);
			_exit(0);
		}
	while (atomic_load(&shared->ready) < processes)
		usleep(1000);
	begin = now_us();
	atomic_store(&shared->go, true);
	usleep((useconds_t)(atof(argv[3]) * 1e6));
	atomic_store(&shared->stop, true);
	while (wait(NULL) > 0)
		;
	report(shared, now_us() - begin);
	return 0;
}

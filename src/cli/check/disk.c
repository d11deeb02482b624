/* SPDX-License-Identifier: ISC */
/*
 * disk: a record is durable only if the file system keeps the promise of fsync(2). File
 * systems that do not, or not always, are reported. The time of a commit is measured by
 * making one, with dot-names, which readers skip.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "cli/check/check.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/span.h"
#include "lib/spool/spool.h"

#define COMMITS 15
#define COMMIT_BYTES 3000    /* a usual record */
#define COMMIT_SLOW_US 50000 /* a spinning disk is faster */
#define COMMIT_STUCK_US 1000000
#define PROC_SIZE 64

/* ---- kind of file system -------------------------------------------- */

/* The magic numbers of statfs(2); linux/magic.h lacks some of them. */
static const struct {
	uint32_t magic;
	enum finding_level level;
	const char *name, *why, *fix;
} kinds[] = {
    {0x01021994, FINDING_ERROR, "tmpfs", "a reboot forgets every alert",
	"move the spool to a disk"},
    {0x858458f6, FINDING_ERROR, "ramfs", "a reboot forgets every alert",
	"move the spool to a disk"},
    {0x4d44, FINDING_ERROR, "vfat",
	"it has no links, owners or modes, so nothing can be stored",
	"move the spool to ext4, xfs or btrfs"},
    {0x2011bab0, FINDING_ERROR, "exfat",
	"it has no links, owners or modes, so nothing can be stored",
	"move the spool to ext4, xfs or btrfs"},
    {0x794c7630, FINDING_WARNING, "overlay",
	"a container's own layer goes away with the container",
	"put the spool on a volume"},
    {0x65735546, FINDING_WARNING, "FUSE",
	"its program decides whether fsync reaches a disk",
	"move the spool to ext4, xfs or btrfs"},
    {0x6969, FINDING_WARNING, "NFS",
	"a server that exports \"async\" answers before its disk has it",
	"export it \"sync\", or move the spool to a local disk"},
    {0xff534d42, FINDING_WARNING, "CIFS",
	"locks and flushes depend on the server",
	"move the spool to a local disk"},
    {0xfe534d42, FINDING_WARNING, "SMB",
	"locks and flushes depend on the server",
	"move the spool to a local disk"},
    {0x01021997, FINDING_WARNING, "9p",
	"the host decides whether fsync reaches a disk",
	"move the spool to a disk of this machine"},
};

static bool
check_kind(struct check *c, const char *where)
{
	struct statfs fs;

	if (fstatfs(spool_root(c->spool), &fs) == -1)
		return true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if ((uint32_t)fs.f_type != kinds[i].magic)
			continue;
		findings_add(&c->findings, kinds[i].level, "file-system", where,
		    kinds[i].why, kinds[i].fix, "lies on %s", kinds[i].name);
		return false;
	}
	return true;
}

/* ---- its options ---------------------------------------------------- */

static bool
has_word(const char *options, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = options; (p = strstr(p, word)) != NULL; p += n)
		if ((p == options || strchr(", ", p[-1]) != NULL) &&
		    (p[n] == '\0' || strchr(", \n", p[n]) != NULL))
			return true;
	return false;
}

/* The first line of a file of /proc with this beginning; malloc'ed. */
static char *
line_of(struct check *c, const char *path, const char *prefix)
{
	char *line = NULL;
	size_t size = 0;
	FILE *file;

	errno = 0;
	file = fopen(path, "re");
	while (file != NULL && getline(&line, &size, file) != -1)
		if (strncmp(line, prefix, strlen(prefix)) == 0) {
			fclose(file);
			return line;
		}
	if (errno == ENOMEM)
		findings_leave_out(&c->findings);
	if (file != NULL)
		fclose(file);
	free(line);
	return NULL;
}

/* The line of /proc/self/mountinfo (proc(5)) for the spool's mount; malloc'ed. It is
 * found by the mount's id, because files in btrfs have a device number that mountinfo
 * does not have. */
static char *
mount_line(struct check *c)
{
	static const char label[] = "mnt_id:";
	char path[PROC_SIZE], prefix[PROC_SIZE];
	char *line;
	long id;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d",
	    spool_root(c->spool));
	line = line_of(c, path, label);
	if (line == NULL)
		return NULL;
	id = strtol(line + strlen(label), NULL, 10);
	free(line);
	snprintf(prefix, sizeof(prefix), "%ld ", id);
	return line_of(c, "/proc/self/mountinfo", prefix);
}

static bool
check_options(struct check *c, const char *where)
{
	static const char *const words[] = {"barrier=0", "nobarrier",
	    "volatile", "fsync=volatile"};
	char *line = mount_line(c);
	bool good = true;

	if (line == NULL)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && good; i++) {
		if (!has_word(line, words[i]))
			continue;
		good = false;
		findings_add(&c->findings, FINDING_ERROR, "file-system", where,
		    "a power cut loses alerts that were answered 2xx",
		    "mount it without, and see /etc/fstab",
		    "is mounted with \"%s\"", words[i]);
	}
	free(line);
	return good;
}

/* ---- libraries that make fsync(2) do nothing ------------------------ */

static bool
names_eatmydata(const char *text)
{
	return text != NULL && strstr(text, "eatmydata") != NULL;
}

static bool
check_preload(struct check *c)
{
	struct buf text = BUF_INIT;
	struct error why = ERROR_INIT;
	bool everywhere;

	if (file_read(AT_FDCWD, "/etc/ld.so.preload", 65536, &text, NULL,
		&why) == -1)
		(void)findings_no_memory(&c->findings, &why);
	everywhere = names_eatmydata(text.data);
	buf_free(&text);
	if (!everywhere && !names_eatmydata(getenv("LD_PRELOAD")))
		return true;
	findings_add(&c->findings, FINDING_ERROR, "fsync",
	    everywhere ? "/etc/ld.so.preload" : "LD_PRELOAD",
	    "fsync does nothing: a power cut loses alerts that were answered "
	    "2xx",
	    "remove it there, and from whatever starts the responder",
	    "libeatmydata is loaded");
	return false;
}

/* ---- how long a commit takes ---------------------------------------- */

static int
compare_numbers(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
tell_times(struct check *c, const char *where, const int64_t us[COMMITS])
{
	int64_t median = us[COMMITS / 2], worst = us[COMMITS - 1];
	enum finding_level level = median > COMMIT_STUCK_US ? FINDING_ERROR
	    : median > COMMIT_SLOW_US			    ? FINDING_WARNING
							    : FINDING_OK;

	findings_add(&c->findings, level, "commit", where,
	    level == FINDING_OK
		? NULL
		: "each answer takes this long, and keeps a worker busy",
	    level == FINDING_OK ? NULL
				: "give the spool a faster or less busy disk; "
				  "more workers share its flushes",
	    "takes %" PRId64 ".%02" PRId64 " ms (median of %d, the slowest "
	    "%" PRId64 ".%02" PRId64 " ms)",
	    median / 1000, median % 1000 / 10, COMMITS, worst / 1000,
	    worst % 1000 / 10);
}

static void
measure_commits(struct check *c, const char *where)
{
	static const char bytes[COMMIT_BYTES];
	static const struct span text = {bytes, sizeof(bytes)};
	int64_t us[COMMITS];
	struct error why = ERROR_INIT;

	for (int i = 0; i < COMMITS; i++) {
		int64_t begin = clock_us();

		if (spool_try_commit(c->spool, &text, &why) == 0) {
			us[i] = clock_us() - begin;
			continue;
		}
		findings_add(&c->findings, FINDING_ERROR, "commit", where,
		    "every alert gets 503",
		    "check the disk and the kernel's log", "fails: %s",
		    why.text);
		return;
	}
	qsort(us, COMMITS, sizeof(us[0]), compare_numbers);
	tell_times(c, where, us);
}

/* ---- a move --------------------------------------------------------- */

static void
check_move(struct check *c, const char *where)
{
	struct error why = ERROR_INIT;
	bool links;

	if (spool_try_move(c->spool, &links, &why) == -1)
		findings_add(&c->findings, FINDING_ERROR, "move", where,
		    "alerts are stored, and no handler ever gets one",
		    "new/, cur/ and the other states must be directories of "
		    "one file system; check the disk and the kernel's log",
		    "fails: %s", why.text);
	else
		findings_ok(&c->findings, "move", where, "works%s",
		    links ? ", by link and unlink: this file system has no "
			    "RENAME_NOREPLACE"
			  : "");
}

/* ---- all of it ------------------------------------------------------ */

static bool
check_room(struct check *c, const char *where)
{
	struct error why = ERROR_INIT;

	if (spool_check_room(c->spool, c->cli->settings.min_free, &why) == 0)
		return true;
	findings_add(&c->findings, FINDING_ERROR, "room", where,
	    "every alert gets 503",
	    "make room (alertspool clean, a shorter retain_done), or give it a "
	    "larger disk",
	    "%s", why.text);
	return false;
}

void
check_disk(struct check *c)
{
	const char *where = c->cli->settings.directory;
	bool good = check_kind(c, where);

	good = check_options(c, where) && good;
	good = check_preload(c) && good;
	good = check_room(c, where) && good;
	if (good)
		findings_ok(&c->findings, "file-system", where,
		    "nothing suspicious, and enough space");
	measure_commits(c, where);
	check_move(c, where);
}

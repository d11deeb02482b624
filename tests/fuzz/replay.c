/* SPDX-License-Identifier: ISC */
/*
 * replay [-p] [-m N] FILE|DIRECTORY…: run the target that this is linked with over each
 * file. With -p, also over every beginning of it up to PREFIX_MAX bytes; with -m, also
 * over N random changes of it (always the same ones), for compilers without libFuzzer.
 *
 * TAP, one result for each argument. An input that ends the process is left in
 * $FUZZ_ARTIFACT, if that is set.
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/file.h"

#include "tests/fuzz/fuzz.h"

#define FILE_LIMIT ((size_t)1024 * 1024)
#define PREFIX_MAX 1000

static unsigned long runs, changes;
static bool prefixes;

static void
keep(const uint8_t *data, size_t size)
{
	static const char *path;
	static int fd = -1;

	if (path == NULL) {
		path = getenv("FUZZ_ARTIFACT");
		if (path == NULL)
			path = "";
		else
			fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	}
	if (*path != '\0' &&
	    (ftruncate(fd, 0) == -1 ||
		pwrite(fd, data, size, 0) != (ssize_t)size))
		perror(path);
}

/* The buffer has exactly the size of the input, so that ASan sees a read beyond it. */
static void
run(const char *bytes, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, bytes, size);
	keep(copy, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	runs++;
}

/* xorshift (Marsaglia, 2003): the same on every machine */
static uint32_t
next_random(void)
{
	static uint32_t state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void
mutate(struct buf *b)
{
	static const char *const tokens[] = {"\"", "\\", "\\u0000", "\\ud800",
	    "{", "}", "[", "]", ",", ":", "=", "&", "%", "%00", "\n", "\r",
	    "\t", "\xff", "\xc3", "\xef\xbb\xbf", "1e999", "-", "null", ".",
	    "99999999999999999999", "token", "0"};
	struct buf out = BUF_INIT;
	const char *token =
	    tokens[next_random() % (sizeof(tokens) / sizeof(*tokens))];
	size_t at = b->len > 0 ? next_random() % b->len : 0;
	size_t cut = 0;

	buf_add(&out, b->data, at);
	switch (next_random() % 4) {
	case 0:
		buf_addc(&out, (char)next_random());
		cut = 1;
		break;
	case 1:
		buf_adds(&out, token);
		break;
	case 2:
		cut = next_random() % 16;
		break;
	default:
		buf_adds(&out, token);
		cut = strlen(token);
		break;
	}
	if (at + cut < b->len)
		buf_add(&out, b->data + at + cut, b->len - at - cut);
	buf_free(b);
	*b = out;
}

static void
run_changed(const struct buf *original)
{
	for (unsigned long i = 0; i < changes; i++) {
		struct buf b = BUF_INIT;

		buf_add(&b, original->data, original->len);
		for (uint32_t n = next_random() % 4 + 1; n > 0; n--)
			mutate(&b);
		if (!b.failed)
			run(b.data, b.len);
		buf_free(&b);
	}
}

static int
run_file(int dir, const char *name, struct error *error)
{
	struct buf b = BUF_INIT;
	int rc = file_read(dir, name, FILE_LIMIT, &b, NULL, error);

	if (rc == 0) {
		run(b.data, b.len);
		for (size_t n = 0; prefixes && n < b.len && n < PREFIX_MAX; n++)
			run(b.data, n);
		run_changed(&b);
	}
	buf_free(&b);
	return rc;
}

static int
run_directory(const char *path, struct error *error)
{
	struct dirent **entries = NULL;
	int dir, n, rc = -1;

	dir = file_open_dir(AT_FDCWD, path, error);
	if (dir == -1)
		return -1;
	n = scandir(path, &entries, NULL, alphasort);
	if (n == -1)
		error_sys(error, ERROR_IO, "%s", path);
	else
		rc = 0;
	for (int i = 0; i < n; i++) {
		if (rc == 0 && entries[i]->d_name[0] != '.')
			rc = run_file(dir, entries[i]->d_name, error);
		free(entries[i]);
	}
	free(entries);
	close(dir);
	return rc;
}

static int
run_path(const char *path, struct error *error)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return error_sys(error, ERROR_NOT_FOUND, "%s", path);
	if (S_ISDIR(st.st_mode))
		return run_directory(path, error);
	return run_file(AT_FDCWD, path, error);
}

int
main(int argc, char **argv)
{
	int failed = 0, option;

	while ((option = getopt(argc, argv, "m:p")) != -1) {
		if (option == '?')
			return EX_USAGE;
		if (option == 'p')
			prefixes = true;
		else
			changes = strtoul(optarg, NULL, 10);
	}
	for (int i = optind; i < argc; i++) {
		struct error error = ERROR_INIT;
		int rc = run_path(argv[i], &error);

		printf("%sok %d - %s\n", rc == 0 ? "" : "not ", i - optind + 1,
		    argv[i]);
		if (rc == -1)
			printf("# %s\n", error.text);
		failed |= rc == -1;
	}
	printf("# %lu inputs\n1..%d\n", runs, argc - optind);
	return failed;
}

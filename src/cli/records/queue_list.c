/* SPDX-License-Identifier: ISC */
/* queue_list: the settings' queues first, then other directories in queues/. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/records/queue_list.h"
#include "lib/base/dir.h"
#include "lib/base/error.h"
#include "lib/settings/value.h"

static int
add(struct queue_list *list, const char *name,
    const struct queue_settings *settings, struct error *error)
{
	struct queue_entry *grown =
	    reallocarray(list->entry, list->n + 1, sizeof(*grown));

	if (grown == NULL)
		return error_sys(error, ERROR_IO, "%s", name);
	list->entry = grown;
	grown[list->n] = (struct queue_entry){strdup(name), settings, NULL};
	return grown[list->n++].name != NULL
	    ? 0
	    : error_sys(error, ERROR_IO, "%s", name);
}

static bool
has(const struct queue_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->entry[i].name, name) == 0)
			return true;
	return false;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct queue_entry *)a)->name,
	    ((const struct queue_entry *)b)->name);
}

static int
add_directory(void *context, const struct dirent *entry, struct error *error)
{
	struct queue_list *list = context;

	if (!value_is_name(entry->d_name) || has(list, entry->d_name))
		return 0;
	return add(list, entry->d_name, NULL, error);
}

static int
add_directories(struct queue_list *list, const struct spool *spool,
    struct error *error)
{
	int fd = openat(spool_root(spool), SPOOL_QUEUES,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const size_t known = list->n;
	int rc;

	if (fd == -1)
		return errno == ENOENT
		    ? 0
		    : error_sys(error, ERROR_IO, SPOOL_QUEUES);
	rc = dir_walk(fd, SPOOL_QUEUES, add_directory, list, error);
	close(fd);
	if (list->n > known)
		qsort(list->entry + known, list->n - known,
		    sizeof(*list->entry), compare);
	return rc;
}

/* If it does not exist, or is not a spool, it stays NULL. */
static int
open_queue(struct queue_entry *entry, const char *path,
    enum spool_access access, struct error *error)
{
	struct error why = ERROR_INIT;
	char *at = spool_queue_path(path, entry->name);
	int rc;

	if (at == NULL)
		return error_sys(error, ERROR_IO, "%s", entry->name);
	rc = spool_open(&entry->spool, at, access, &why);
	free(at);
	if (rc == 0 || why.kind == ERROR_NOT_FOUND)
		return 0;
	return error_take(error, &why);
}

int
queue_list_open(struct queue_list *list, const struct spool *spool,
    const char *path, const struct queues *queues, enum spool_access access,
    struct error *error)
{
	*list = (struct queue_list)QUEUE_LIST_INIT;
	for (size_t i = 0; i < queues->n; i++)
		if (add(list, queues->queue[i].name, &queues->queue[i],
			error) == -1)
			return -1;
	if (add_directories(list, spool, error) == -1)
		return -1;
	for (size_t i = 0; i < list->n; i++)
		if (open_queue(&list->entry[i], path, access, error) == -1)
			return -1;
	return 0;
}

void
queue_list_close(struct queue_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->entry[i].name);
		spool_close(list->entry[i].spool);
	}
	free(list->entry);
	*list = (struct queue_list)QUEUE_LIST_INIT;
}

/* SPDX-License-Identifier: ISC */
/* page_file: replaces a file so that readers see the complete old or new one. */
#ifndef ALERTSPOOL_REPORT_PAGE_FILE_H
#define ALERTSPOOL_REPORT_PAGE_FILE_H

#include <sys/types.h>

#include "lib/base/buf.h"

struct error;

/*
 * Write the page to a new file of this mode beside the path, flush it and rename it over
 * the path. 0, or -1 with the old file unchanged: ERROR_BUSY when another process is
 * writing there, ERROR_IO for all else.
 */
int page_file_write(const char *path, mode_t mode, const struct buf *page,
    struct error *);

#endif

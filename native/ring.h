/*
 * The names of a capture in several files, and which of them are kept: NAME_00001_YYYYMMDDHHMMSS.EXT, as dumpcap
 * names them, in local time.
 */
#ifndef TAPLINE_RING_H
#define TAPLINE_RING_H

#include <stdbool.h>
#include <stdint.h>

/* As many files as a ring can keep. */
#define RING_MOST 100000U

struct ring_file {
  char *path;
  uint64_t packets, bytes;
};

struct ring {
  const char *name;       /* what -w said */
  unsigned limit;         /* files kept, 0 for all */
  uint64_t number;        /* of the newest file, from 1 */
  struct ring_file *kept; /* closed files in a circle of `limit`, when there is a limit */
  unsigned first, count;
};

/* Gets the memory for `limit` files. Returns false when there is none. */
bool ring_init(struct ring *ring, const char *name, unsigned limit);
/* Path of the next file, to be freed by the caller; NULL when there is no memory. */
char *ring_next(struct ring *ring);
/* Remembers a closed file; takes over `path`. */
void ring_closed(struct ring *ring, char *path, uint64_t packets, uint64_t bytes);
/*
 * Takes out the oldest closed file when one more would be too many. Returns false when there is room; otherwise
 * the caller removes the file and frees `path`.
 */
bool ring_oldest(struct ring *ring, struct ring_file *file);
void ring_free(struct ring *ring);

#endif

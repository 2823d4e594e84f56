#include "ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool ring_init(struct ring *ring, const char *name, unsigned limit) {
  memset(ring, 0, sizeof *ring);
  ring->name = name;
  ring->limit = limit;
  if (limit) ring->kept = calloc(limit, sizeof *ring->kept);
  return !limit || ring->kept;
}

char *ring_next(struct ring *ring) {
  const char *slash = strrchr(ring->name, '/');
  const char *base = slash ? slash + 1 : ring->name;
  const char *dot = strrchr(base, '.');
  /* A dot at the beginning makes a hidden file, not an extension. */
  if (!dot || dot == base) dot = ring->name + strlen(ring->name);
  size_t room = strlen(ring->name) + 64;
  char *path = malloc(room);
  if (!path) return NULL;
  char stamp[32] = "";
  time_t now = time(NULL);
  struct tm local;
  if (localtime_r(&now, &local)) (void)strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", &local);
  ring->number++;
  (void)snprintf(path, room, "%.*s_%05llu_%s%s", (int)(dot - ring->name), ring->name,
                 (unsigned long long)ring->number, stamp, dot);
  return path;
}

void ring_closed(struct ring *ring, char *path, uint64_t packets, uint64_t bytes) {
  if (!ring->limit || ring->count == ring->limit) {
    free(path);
    return;
  }
  unsigned at = (ring->first + ring->count++) % ring->limit;
  ring->kept[at] = (struct ring_file){.path = path, .packets = packets, .bytes = bytes};
}

bool ring_oldest(struct ring *ring, struct ring_file *file) {
  if (!ring->limit || ring->count < ring->limit) return false;
  *file = ring->kept[ring->first];
  ring->first = (ring->first + 1) % ring->limit;
  ring->count--;
  return true;
}

void ring_free(struct ring *ring) {
  for (unsigned n = 0; n < ring->count; n++) free(ring->kept[(ring->first + n) % ring->limit].path);
  free(ring->kept);
  ring->kept = NULL;
  ring->count = 0;
}

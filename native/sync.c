#include "sync.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifdef __APPLE__
#define WAIT_CLOCK CLOCK_REALTIME
#else
#define WAIT_CLOCK CLOCK_MONOTONIC
#endif

/* Files that may wait for their last time; of more the system takes care in its own time. */
#define SLOTS 64
/* Between two times it rests so many times as long as it took, at most so many milliseconds. */
#define REST 20
#define LONGEST_PAUSE 30000

struct slot {
  dev_t device;
  ino_t inode;
  off_t done; /* bytes that went to the disk before */
  int fd; /* a duplicate; -1 when the slot is free */
  int folder; /* to be brought to the disk first; -1 when that is done */
  bool dirty;
  bool closed;
  bool busy;
};

static struct slot slots[SLOTS];
static struct slot *current;
static unsigned every_ms; /* 0 when there is no thread */
static uint64_t calm_rate;
static uint64_t grown; /* bytes written since the last turn */
static bool ending;
static int failure;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake, idle;

static uint64_t now_ms(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static struct timespec in_ms(unsigned ms) {
  struct timespec time;
  (void)clock_gettime(WAIT_CLOCK, &time);
  time.tv_sec += ms / 1000;
  time.tv_nsec += (long)(ms % 1000) * 1000000;
  if (time.tv_nsec >= 1000000000) {
    time.tv_sec++;
    time.tv_nsec -= 1000000000;
  }
  return time;
}

/* Returns 0 or an errno. */
static int to_disk(const struct slot *slot) {
#ifdef __APPLE__
  return fsync(slot->fd) == 0 ? 0 : errno;
#else
  /* The bytes first: then the journal, which writers may have to wait for, is done with in a moment. */
  unsigned flags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  int error = sync_file_range(slot->fd, slot->done, 0, flags) == 0 ? 0 : errno;
  if (fdatasync(slot->fd) != 0) return errno;
  return error == EIO || error == ENOSPC || error == EDQUOT ? error : 0;
#endif
}

/* Brings one slot to the disk, without holding the mutex meanwhile. */
static void bring(struct slot *slot) {
  struct slot work = *slot;
  struct stat status;
  slot->dirty = false;
  slot->folder = -1;
  slot->busy = true;
  (void)pthread_mutex_unlock(&mutex);
  if (fstat(work.fd, &status) != 0) status.st_size = work.done;
  int error = to_disk(&work);
  if (work.folder >= 0) {
    /* Not every file system can do that, and the file is whole without it. */
    (void)fsync(work.folder);
    (void)close(work.folder);
  }
  (void)pthread_mutex_lock(&mutex);
  slot->busy = false;
  slot->done = status.st_size;
  if (error && error != EINVAL && error != EINTR && !failure) failure = error;
}

static void release(struct slot *slot) {
  (void)close(slot->fd);
  if (slot->folder >= 0) (void)close(slot->folder);
  *slot = (struct slot){.fd = -1, .folder = -1};
}

/* Every file once; complete ones are done with. */
static void take_turn(bool calm) {
  for (unsigned n = 0; n < SLOTS; n++) {
    struct slot *slot = &slots[n];
    if (slot->fd < 0) continue;
    bool closed = slot->closed;
    if ((calm || ending) && (slot->dirty || slot->folder >= 0)) bring(slot);
    if (closed) release(slot);
  }
}

static void *work(void *unused) {
  (void)unused;
  unsigned pause = every_ms;
  uint64_t before = now_ms();
  (void)pthread_mutex_lock(&mutex);
  while (!ending) {
    struct timespec until = in_ms(pause);
    while (!ending && pthread_cond_timedwait(&wake, &mutex, &until) != ETIMEDOUT) {
    }
    uint64_t start = now_ms();
    bool calm = grown * 1000 <= calm_rate * (start - before + 1);
    grown = 0;
    before = start;
    take_turn(calm);
    /* A slow disk is for writing. */
    uint64_t spent = (now_ms() - start) * REST;
    pause = spent < every_ms ? every_ms : spent > LONGEST_PAUSE ? LONGEST_PAUSE : (unsigned)spent;
  }
  take_turn(true);
  every_ms = 0;
  (void)pthread_cond_broadcast(&idle);
  (void)pthread_mutex_unlock(&mutex);
  return NULL;
}

int sync_start(unsigned every, uint64_t calm) {
  pthread_t thread;
  sigset_t all;
  sigset_t before;
  for (unsigned n = 0; n < SLOTS; n++) slots[n] = (struct slot){.fd = -1, .folder = -1};
  if (!every) return 0;
  pthread_condattr_t attributes;
  (void)pthread_condattr_init(&attributes);
#ifndef __APPLE__
  (void)pthread_condattr_setclock(&attributes, WAIT_CLOCK);
#endif
  (void)pthread_cond_init(&wake, &attributes);
  (void)pthread_cond_init(&idle, &attributes);
  (void)pthread_condattr_destroy(&attributes);
  every_ms = every;
  calm_rate = calm;
  /* Signals are for the thread that captures. */
  sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&thread, NULL, work, NULL);
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error) {
    every_ms = 0;
    return error;
  }
  (void)pthread_detach(thread);
  return 0;
}

static int folder_of(const char *path) {
  const char *slash = strrchr(path, '/');
  char *name = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
  int fd = name ? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  free(name);
  return fd;
}

void sync_begun(int fd, const char *path) {
  struct stat status;
  if (!every_ms || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return;
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return;
  int folder = folder_of(path);
  (void)pthread_mutex_lock(&mutex);
  for (unsigned n = 0; n < SLOTS && !current; n++) {
    if (slots[n].fd >= 0) continue;
    slots[n] = (struct slot){.device = status.st_dev, .inode = status.st_ino, .fd = copy, .folder = folder};
    current = &slots[n];
  }
  bool taken = current != NULL;
  (void)pthread_mutex_unlock(&mutex);
  if (taken) return;
  (void)close(copy);
  if (folder >= 0) (void)close(folder);
}

void sync_written(uint64_t bytes) {
  if (!every_ms) return;
  (void)pthread_mutex_lock(&mutex);
  grown += bytes;
  if (current) current->dirty = true;
  (void)pthread_mutex_unlock(&mutex);
}

void sync_closed(void) {
  if (!current) return;
  (void)pthread_mutex_lock(&mutex);
  current->closed = true;
  current = NULL;
  (void)pthread_mutex_unlock(&mutex);
}

void sync_removed(const char *path) {
  struct stat status;
  if (!every_ms || lstat(path, &status) != 0) return;
  (void)pthread_mutex_lock(&mutex);
  for (unsigned n = 0; n < SLOTS; n++) {
    struct slot *slot = &slots[n];
    if (slot->fd < 0 || slot->busy || slot->inode != status.st_ino || slot->device != status.st_dev) continue;
    release(slot);
    if (slot == current) current = NULL;
  }
  (void)pthread_mutex_unlock(&mutex);
}

int sync_error(void) {
  if (!every_ms) return 0;
  (void)pthread_mutex_lock(&mutex);
  int error = failure;
  failure = 0;
  (void)pthread_mutex_unlock(&mutex);
  return error;
}

void sync_end(unsigned most) {
  if (!every_ms) return;
  (void)pthread_mutex_lock(&mutex);
  struct timespec until = in_ms(most);
  ending = true;
  (void)pthread_cond_signal(&wake);
  while (every_ms && pthread_cond_timedwait(&idle, &mutex, &until) != ETIMEDOUT) {
  }
  (void)pthread_mutex_unlock(&mutex);
}

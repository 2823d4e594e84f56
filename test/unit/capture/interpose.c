/*
 * Loaded before the C library into the capture helper, so that tests decide what the system does:
 *   FILTER_DELAY=MS  so long before and behind each step of putting a capture filter in place
 *   SYNC_LOG=PATH    a byte is appended whenever a file is brought to the disk
 *   SYNC_DELAY=MS    that takes so long
 *   SYNC_ERRNO=N     and fails
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void wait_for(const char *name) {
  const char *value = getenv(name);
  if (value) (void)usleep((useconds_t)atoi(value) * 1000);
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
  int (*real)(int, int, int, const void *, socklen_t) =
      (int (*)(int, int, int, const void *, socklen_t))dlsym(RTLD_NEXT, "setsockopt");
  if (level != SOL_SOCKET || option != SO_ATTACH_FILTER) return real(fd, level, option, value, length);
  wait_for("FILTER_DELAY");
  int result = real(fd, level, option, value, length);
  wait_for("FILTER_DELAY");
  return result;
}

int fdatasync(int fd) {
  (void)fd;
  const char *log = getenv("SYNC_LOG");
  const char *error = getenv("SYNC_ERRNO");
  wait_for("SYNC_DELAY");
  if (log) {
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (out >= 0) {
      if (write(out, ".", 1) < 0) error = "5";
      (void)close(out);
    }
  }
  if (!error) return 0;
  errno = atoi(error);
  return -1;
}

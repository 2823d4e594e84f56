#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync.h"

#define SECTION_BLOCK 0x0a0d0d0aU
#define INTERFACE_BLOCK 1U
#define OLD_PACKET_BLOCK 2U
#define SIMPLE_PACKET_BLOCK 3U
#define STATISTICS_BLOCK 5U
#define PACKET_BLOCK 6U

/* Room for the largest block: a packet of libpcap's largest snapshot length (262,144) with its header. */
#define LARGEST_BLOCK (512U * 1024U)

#define PAGE 4096U

int spool_init(struct spool *spool, size_t buffer_size) {
  void *buffer;
  memset(spool, 0, sizeof *spool);
  spool->fd = -1;
  spool->size = buffer_size < LARGEST_BLOCK ? LARGEST_BLOCK : buffer_size;
  int error = posix_memalign(&buffer, PAGE, spool->size);
  if (error) return error;
  spool->buffer = buffer;
  /* The system gives the memory now, not while packets wait. Huge pages were measured to lose packets. */
  memset(buffer, 0, spool->size);
  return 0;
}

int spool_open(struct spool *spool, const char *path, bool exclusive) {
  spool->flushed = 0;
  spool->flushed_packets = 0;
  spool->swapped = false;
  spool->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (exclusive ? O_EXCL | O_NOFOLLOW : O_TRUNC), 0600);
  if (spool->fd < 0) return errno;
  sync_begun(spool->fd, path);
  return 0;
}

static void put(struct spool *spool, const void *bytes, size_t length) {
  if (length) memcpy(spool->buffer + spool->used, bytes, length);
  spool->used += length;
}

static void put16(struct spool *spool, uint16_t value) { put(spool, &value, sizeof value); }

static void put32(struct spool *spool, uint32_t value) { put(spool, &value, sizeof value); }

static void pad(struct spool *spool) {
  while (spool->used % 4) spool->buffer[spool->used++] = 0;
}

static void option(struct spool *spool, uint16_t code, const void *bytes, size_t length) {
  if (length > 65535) length = 65535;
  put16(spool, code);
  put16(spool, (uint16_t)length);
  put(spool, bytes, length);
  pad(spool);
}

static void text_option(struct spool *spool, uint16_t code, const char *text) {
  if (text && *text) option(spool, code, text, strlen(text));
}

/* Begins a block of at most `room` bytes and returns where it starts in the buffer. */
static size_t begin(struct spool *spool, uint32_t type, size_t room) {
  if (spool->size - spool->used < room) (void)spool_flush(spool);
  size_t start = spool->used;
  put32(spool, type);
  put32(spool, 0);
  return start;
}

static void end(struct spool *spool, size_t start) {
  uint32_t length = (uint32_t)(spool->used - start + 4);
  put32(spool, length);
  memcpy(spool->buffer + start + 4, &length, sizeof length);
}

void spool_section(struct spool *spool, const char *hardware, const char *os, const char *application) {
  size_t start = begin(spool, SECTION_BLOCK, LARGEST_BLOCK);
  put32(spool, 0x1a2b3c4dU);
  put16(spool, 1);
  put16(spool, 0);
  put32(spool, 0xffffffffU); /* section length: not given */
  put32(spool, 0xffffffffU);
  text_option(spool, 2, hardware);
  text_option(spool, 3, os);
  text_option(spool, 4, application);
  option(spool, 0, NULL, 0);
  end(spool, start);
}

void spool_interface(struct spool *spool, const struct spool_interface *interface) {
  size_t start = begin(spool, INTERFACE_BLOCK, LARGEST_BLOCK);
  uint8_t resolution = interface->nanoseconds ? 9 : 6;
  put16(spool, interface->link_type);
  put16(spool, 0);
  put32(spool, interface->snap_len);
  text_option(spool, 2, interface->name);
  text_option(spool, 3, interface->description);
  option(spool, 9, &resolution, 1);
  if (interface->filter && *interface->filter) {
    size_t length = strlen(interface->filter);
    if (length > 65534) length = 65534;
    put16(spool, 11);
    put16(spool, (uint16_t)(length + 1));
    spool->buffer[spool->used++] = 0; /* kind of filter: libpcap's text */
    put(spool, interface->filter, length);
    pad(spool);
  }
  text_option(spool, 12, interface->os);
  option(spool, 0, NULL, 0);
  end(spool, start);
}

bool spool_packet(struct spool *spool, uint32_t interface, const struct pcap_pkthdr *header, const uint8_t *bytes,
                  bool nanoseconds) {
  uint32_t padded = (header->caplen + 3U) & ~3U;
  uint32_t length = SPOOL_PACKET_FRAME + padded;
  if (spool->error) return false;
  if (spool->size - spool->used < length && !spool_flush(spool)) return false;
  uint64_t time = (uint64_t)header->ts.tv_sec * (nanoseconds ? 1000000000ULL : 1000000ULL) +
                  (uint64_t)header->ts.tv_usec;
  uint32_t block[7] = {PACKET_BLOCK,           length,         interface,  (uint32_t)(time >> 32),
                       (uint32_t)(time),       header->caplen, header->len};
  put(spool, block, sizeof block);
  put(spool, bytes, header->caplen);
  pad(spool);
  put32(spool, length);
  spool->pending_packets++;
  return true;
}

bool spool_block(struct spool *spool, const uint8_t *bytes, uint32_t length, bool packet, bool swapped) {
  if (spool->error) return false;
  /* Blocks of one byte order only are in the buffer. */
  if ((spool->swapped != swapped || spool->size - spool->used < length) && !spool_flush(spool)) return false;
  spool->swapped = swapped;
  put(spool, bytes, length);
  if (packet) spool->pending_packets++;
  return true;
}

void spool_statistics(struct spool *spool, uint32_t interface, bool nanoseconds,
                      const struct spool_statistics *statistics) {
  uint64_t unit = nanoseconds ? 1000 : 1;
  uint64_t times[2] = {statistics->start_us * unit, statistics->end_us * unit};
  size_t start = begin(spool, STATISTICS_BLOCK, SPOOL_STATISTICS);
  put32(spool, interface);
  put32(spool, (uint32_t)(times[1] >> 32));
  put32(spool, (uint32_t)times[1]);
  for (int i = 0; i < 2; i++) {
    uint32_t halves[2] = {(uint32_t)(times[i] >> 32), (uint32_t)times[i]};
    option(spool, (uint16_t)(2 + i), halves, sizeof halves);
  }
  if (statistics->counted) {
    option(spool, 4, &statistics->received, 8);
    option(spool, 5, &statistics->if_dropped, 8);
    option(spool, 7, &statistics->os_dropped, 8);
  }
  option(spool, 8, &statistics->delivered, 8);
  option(spool, 0, NULL, 0);
  end(spool, start);
}

bool spool_flush(struct spool *spool) {
  size_t written = 0;
  int error = 0;
  while (written < spool->used) {
    ssize_t n = write(spool->fd, spool->buffer + written, spool->used - written);
    if (n > 0) {
      written += (size_t)n;
    } else if (n < 0 && errno != EINTR) {
      error = errno;
      break;
    } else if (n == 0) {
      error = ENOSPC;
      break;
    }
  }
  if (written) sync_written(written);
  if (!error) {
    spool->flushed += spool->used;
    spool->flushed_packets += spool->pending_packets;
    spool->pending_packets = 0;
    spool->used = 0;
    return true;
  }
  size_t whole = 0;
  while (whole + 12 <= written) {
    uint32_t type;
    uint32_t length;
    memcpy(&type, spool->buffer + whole, sizeof type);
    memcpy(&length, spool->buffer + whole + 4, sizeof length);
    if (spool->swapped) {
      type = __builtin_bswap32(type);
      length = __builtin_bswap32(length);
    }
    if (length > written - whole) break;
    if (type == PACKET_BLOCK || type == OLD_PACKET_BLOCK || type == SIMPLE_PACKET_BLOCK) spool->flushed_packets++;
    whole += length;
  }
  spool->flushed += whole;
  spool->pending_packets = 0;
  spool->used = 0;
  spool->error = error;
  /* A device that cannot be cut back (a pipe) keeps the torn end; the error is reported either way. */
  if (ftruncate(spool->fd, (off_t)spool->flushed) == 0) (void)lseek(spool->fd, (off_t)spool->flushed, SEEK_SET);
  return false;
}

int spool_close(struct spool *spool) {
  sync_closed();
  int error = close(spool->fd) == 0 ? 0 : errno;
  spool->fd = -1;
  return error;
}

void spool_free(struct spool *spool) {
  free(spool->buffer);
  spool->buffer = NULL;
}

/*
 * The capture file: a pcapng section (draft-ietf-opsawg-pcapng) in the machine's own byte order.
 *
 * Blocks are gathered in one large buffer, aligned to pages, and written together, always whole blocks, so that a
 * reader of the growing file never waits for the rest of a packet. After a failed write the file is cut back to
 * its last whole block.
 */
#ifndef TAPLINE_SPOOL_H
#define TAPLINE_SPOOL_H

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spool {
  int fd; /* -1 when no file is open */
  uint8_t *buffer;
  size_t size; /* of the buffer */
  size_t used;
  uint64_t flushed; /* bytes in the file; always the end of a whole block */
  uint64_t flushed_packets;
  uint64_t pending_packets; /* in the buffer */
  bool swapped; /* the blocks in the buffer are in the other byte order than the machine's */
  int error; /* errno of the write that failed, 0 for none */
};

/* What an interface description block says. Texts may be NULL. */
struct spool_interface {
  uint16_t link_type; /* LINKTYPE_ value */
  uint32_t snap_len;
  bool nanoseconds;
  const char *name;
  const char *description;
  const char *filter;
  const char *os;
};

struct spool_statistics {
  uint64_t start_us, end_us; /* microseconds since 1970 */
  uint64_t received, if_dropped, os_dropped, delivered;
  bool counted; /* received and dropped are known */
};

/* Bytes of the longest packet block's frame around the packet, and of a statistics block. */
#define SPOOL_PACKET_FRAME 32U
#define SPOOL_STATISTICS 100U

/* Gets the buffer. Returns 0 or an errno. */
int spool_init(struct spool *spool, size_t buffer_size);
/* Opens a file (mode 0600) to write into; the one before must be closed. Returns 0 or an errno. */
int spool_open(struct spool *spool, const char *path, bool exclusive);
void spool_section(struct spool *spool, const char *hardware, const char *os, const char *application);
void spool_interface(struct spool *spool, const struct spool_interface *interface);
/* Adds one packet. `nanoseconds` says what the header's tv_usec counts. Returns false after a failed write. */
bool spool_packet(struct spool *spool, uint32_t interface, const struct pcap_pkthdr *header, const uint8_t *bytes,
                  bool nanoseconds);
/*
 * Adds a block that is whole already. `swapped` says that its numbers are in the other byte order than the machine's.
 * Returns false after a failed write.
 */
bool spool_block(struct spool *spool, const uint8_t *bytes, uint32_t length, bool packet, bool swapped);
void spool_statistics(struct spool *spool, uint32_t interface, bool nanoseconds,
                      const struct spool_statistics *statistics);
/* Writes what is in the buffer. Returns false when that failed; `error` then says why. */
bool spool_flush(struct spool *spool);
/* Closes the file, which goes to the disk in the background. Returns 0 or the errno of a write that failed late. */
int spool_close(struct spool *spool);
void spool_free(struct spool *spool);

#endif

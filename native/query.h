/* What the helper answers besides capturing: interfaces, compiled filters, traffic counters. */
#ifndef TAPLINE_QUERY_H
#define TAPLINE_QUERY_H

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>

/* Error codes of the protocol; `libpcap_code` maps a PCAP_ERROR_ status to one. */
const char *libpcap_code(int status);
/* libpcap's own words for a status of a handle. The text lies in a static buffer. */
const char *libpcap_message(pcap_t *handle, int status);
/* LINKTYPE_ value, as files hold it, of one of this system's DLT_ values. */
uint16_t link_type_of(int dlt);

/* Reports every interface, or `only` when it is not NULL. Returns the exit status. */
int list_interfaces(const char *only, bool may_open);
/* Answers one request a line on standard input until it ends. Returns the exit status. */
int compile_filters(void);
/* Reports every interface's counters each `interval` milliseconds until standard input ends. */
int report_traffic(int interval);

#endif

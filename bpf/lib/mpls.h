/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* mpls.h - into and out of MPLS in UDP (RFC 7510) over IPv4, keeping super-packets whole.
 * Reads: the frame.  Writes: the frame.  Gives: encap_failed, malformed.
 *
 *   outer Ethernet 14 | IPv4 20 | UDP 8 | label 4 | inner IP
 *
 * One label, at the bottom of its stack. The kernel is told that it is an inner link layer of 4 octets: its tunnel
 * segmentation then copies IP, UDP and label to each segment and needs to know nothing of MPLS.
 */
#ifndef TB_LIB_MPLS_H
#define TB_LIB_MPLS_H

#include "outer.h"

#define TB_MPLS_BOTTOM 0x100 /* S */
#define TB_MPLS_TTL 64

struct tb_mpls {
	struct tb_outer outer;
	__be32 entry; /* label 20, traffic class 3, S 1, TTL 8 (RFC 3032 section 2.1) */
} __attribute__((packed));

_Static_assert(sizeof(struct tb_mpls) == 32, "MPLS in UDP over IPv4 adds 32 octets");

/* Wraps the frame for `tunnel`; afterwards it lacks only the outer link layer's addresses. */
static __always_inline int tb_mpls_push(struct __sk_buff *skb, const struct tb_packet *packet,
					const struct tb_nexthop *to, const struct tb_tunnel *tunnel)
{
	struct tb_mpls headers = {};

	if (tb_outer_fill(skb, packet, tunnel, &headers.outer, sizeof(headers), TB_MPLS_PORT))
		return -1;
	headers.entry = bpf_htonl(to->label << 12 | TB_MPLS_BOTTOM | TB_MPLS_TTL);
	return tb_outer_push(skb, &headers, sizeof(headers), BPF_F_ADJ_ROOM_ENCAP_L2(sizeof(headers.entry)));
}

/* A label says nothing of what it carries: the first four bits tell IPv4 from IPv6 (RFC 4928 section 2). */
static __always_inline enum tb_reason tb_mpls_read(struct __sk_buff *skb, struct tb_packet *packet,
						   struct tb_carried *carried)
{
	struct tb_mpls *headers = tb_outer_read(skb, packet, carried, sizeof(*headers), sizeof(*headers) + 1);
	__u32 entry;
	__u8 version;

	if (!headers)
		return DROP_malformed;
	entry = bpf_ntohl(headers->entry);
	/* We assign single labels: nothing that we know can be beneath one. */
	if (!(entry & TB_MPLS_BOTTOM))
		return DROP_malformed;
	version = *(__u8 *)(headers + 1) >> 4;
	carried->label = entry >> 12;
	carried->ethertype = version == 4   ? bpf_htons(ETH_P_IP)
			     : version == 6 ? bpf_htons(ETH_P_IPV6)
					    : 0;
	carried->ttl = entry & 0xff;
	return DROP_none;
}

#endif

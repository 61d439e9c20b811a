/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* vxlan.h - into and out of VXLAN (RFC 7348) over IPv4, keeping super-packets whole.
 * Reads: the frame.  Writes: the frame.  Gives: encap_failed, malformed.
 *
 *   outer Ethernet 14 | IPv4 20 | UDP 8 | VXLAN 8 | inner Ethernet 14 | inner IP
 *
 * Sending, the frame's own Ethernet header becomes the outer one and 50 octets are made behind it; the kernel is told of
 * an inner link layer of 14 octets, so that its tunnel segmentation copies IP, UDP, VXLAN and Ethernet to each segment. (Told
 * of 22, VXLAN's own 8 with them, single packets pass and every super-packet dies in validate_xmit_skb.)
 */
#ifndef TB_LIB_VXLAN_H
#define TB_LIB_VXLAN_H

#include "outer.h"

#define TB_VXLAN_FLAGS 0x08 /* I: the VNI is valid */

struct tb_vxlan {
	struct tb_outer outer;
	__u8 flags;
	__u8 reserved[3];
	__be32 vni; /* 24 bits, then 8 reserved */
	struct ethhdr ethernet;
} __attribute__((packed));

_Static_assert(sizeof(struct tb_vxlan) == 50, "VXLAN over IPv4 adds 50 octets");

/* Wraps the frame for `tunnel`; afterwards it lacks only the outer link layer's addresses. */
static __always_inline int tb_vxlan_push(struct __sk_buff *skb, const struct tb_packet *packet,
					 const struct tb_nexthop *to, const struct tb_tunnel *tunnel)
{
	struct tb_vxlan headers = {};

	if (tb_outer_fill(skb, packet, tunnel, &headers.outer, sizeof(headers), TB_VXLAN_PORT))
		return -1;
	headers.flags = TB_VXLAN_FLAGS;
	headers.vni = bpf_htonl(to->label << 8);
	__builtin_memcpy(headers.ethernet.h_dest, to->mac, 6);
	tb_gateway_mac(headers.ethernet.h_source);
	headers.ethernet.h_proto = tb_ethertype(packet);
	return tb_outer_push(skb, &headers, sizeof(headers),
			     BPF_F_ADJ_ROOM_ENCAP_L2(ETH_HLEN) | BPF_F_ADJ_ROOM_ENCAP_L2_ETH);
}

static __always_inline enum tb_reason tb_vxlan_read(struct __sk_buff *skb, struct tb_packet *packet,
						    struct tb_carried *carried)
{
	struct tb_vxlan *headers = tb_outer_read(skb, packet, carried, sizeof(*headers), sizeof(*headers));

	if (!headers || !(headers->flags & TB_VXLAN_FLAGS))
		return DROP_malformed;
	carried->label = bpf_ntohl(headers->vni) >> 8;
	carried->ethertype = headers->ethernet.h_proto;
	carried->ttl = 64; /* it has none */
	return DROP_none;
}

#endif

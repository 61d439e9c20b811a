/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* vxlan.h - into and out of VXLAN (RFC 7348) over IPv4, keeping super-packets whole.
 * Reads: the frame.  Writes: the frame.  Gives: encap_failed.
 *
 *   outer Ethernet 14 | IPv4 20 | UDP 8 | VXLAN 8 | inner Ethernet 14 | inner IP
 *
 * Sending, the frame's own Ethernet header becomes the outer one and 50 octets are made behind it; the kernel is told of
 * an inner link layer of 14 octets, so that its tunnel segmentation copies IP, UDP, VXLAN and Ethernet to each segment. (Told
 * of 22, VXLAN's own 8 with them, single packets pass and every super-packet dies in validate_xmit_skb.)
 */
#ifndef TB_LIB_VXLAN_H
#define TB_LIB_VXLAN_H

#include "verdict.h"

#define BPF_F_ADJ_ROOM_ENCAP_L2(length) (((__u64)(length) & 0xff) << 56)

#define TB_VXLAN_FLAGS 0x08 /* I: the VNI is valid */

struct tb_vxlan {
	struct iphdr ip;
	struct udphdr udp;
	__u8 flags;
	__u8 reserved[3];
	__be32 vni; /* 24 bits, then 8 reserved */
	struct ethhdr ethernet;
} __attribute__((packed));

_Static_assert(sizeof(struct tb_vxlan) == 50, "VXLAN over IPv4 adds 50 octets");

#define TB_VXLAN_ROOM ((int)sizeof(struct tb_vxlan))

/* Wraps the frame for `tunnel`; afterwards it lacks only the outer link layer's addresses. */
static __always_inline int tb_vxlan_push(struct __sk_buff *skb, const struct tb_packet *packet,
					 const struct tb_nexthop *to, const struct tb_tunnel *tunnel)
{
	struct tb_vxlan outer = {};
	__u32 length = skb->len - ETH_HLEN + sizeof(outer);
	__u16 ethertype = bpf_htons(ETH_P_IP);
	/* A port of the ephemeral range by the inner flow's hash, so that the underlay spreads flows (section 5). */
	__u16 port = 49152 | (bpf_get_hash_recalc(skb) & 0x3fff);

	if (length > TB_MTU_MAX)
		return -1;
	outer.ip.version = 4;
	outer.ip.ihl = 5;
	outer.ip.tos = packet->tos & 0xfc; /* DSCP; ECN in compatibility mode (RFC 6040 section 4.1) */
	outer.ip.tot_len = bpf_htons(length);
	outer.ip.frag_off = bpf_htons(IP_DF);
	outer.ip.ttl = 64;
	outer.ip.protocol = IPPROTO_UDP;
	__builtin_memcpy(&outer.ip.saddr, tunnel->local, 4);
	__builtin_memcpy(&outer.ip.daddr, tunnel->remote, 4);
	outer.ip.check = tb_fold(bpf_csum_diff(NULL, 0, (void *)&outer.ip, sizeof(outer.ip), 0));
	outer.udp.source = bpf_htons(port);
	outer.udp.dest = bpf_htons(TB_VXLAN_PORT);
	outer.udp.len = bpf_htons(length - sizeof(outer.ip)); /* checksum zero (section 4.1) */
	outer.flags = TB_VXLAN_FLAGS;
	outer.vni = bpf_htonl(to->label << 8);
	__builtin_memcpy(outer.ethernet.h_dest, to->mac, 6);
	tb_gateway_mac(outer.ethernet.h_source);
	outer.ethernet.h_proto = tb_ethertype(packet);

	if (bpf_skb_adjust_room(skb, TB_VXLAN_ROOM, BPF_ADJ_ROOM_MAC,
				BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 | BPF_F_ADJ_ROOM_ENCAP_L4_UDP |
					BPF_F_ADJ_ROOM_ENCAP_L2(ETH_HLEN) | BPF_F_ADJ_ROOM_ENCAP_L2_ETH))
		return -1;
	if (bpf_skb_store_bytes(skb, ETH_HLEN, &outer, sizeof(outer), 0))
		return -1;
	return bpf_skb_store_bytes(skb, offsetof(struct ethhdr, h_proto), &ethertype, sizeof(ethertype), 0);
}

/* Takes the outer headers away; the outer Ethernet header is left in front of the inner packet. */
static __always_inline int tb_vxlan_pop(struct __sk_buff *skb, __u16 ethertype)
{
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO;

	flags |= ethertype == bpf_htons(ETH_P_IP) ? BPF_F_ADJ_ROOM_DECAP_L3_IPV4 : BPF_F_ADJ_ROOM_DECAP_L3_IPV6;
	return bpf_skb_adjust_room(skb, -TB_VXLAN_ROOM, BPF_ADJ_ROOM_MAC, flags);
}

#endif

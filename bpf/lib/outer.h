/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* outer.h - the IPv4 and UDP headers around an overlay packet, whichever encapsulation they carry.
 * Reads: settings, the frame.  Writes: nothing.  Gives: malformed.
 */
#ifndef TB_LIB_OUTER_H
#define TB_LIB_OUTER_H

#include "packet.h"

#define BPF_F_ADJ_ROOM_ENCAP_L2(length) (((__u64)(length) & 0xff) << 56)

struct tb_outer {
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

/* What an overlay packet says before it is opened. */
struct tb_carried {
	__u32 label; /* or VNI */
	__u32 room;  /* octets between the outer link layer and the inner IP header */
	__u32 length; /* of what is behind them, by the datagram's account */
	__u16 ethertype; /* of the inner packet, network order; 0: neither IPv4 nor IPv6 */
	__u8 ttl; /* of the label */
};

/* Fills both headers for a packet that grows by `room` octets; not 0 if it grows too long. */
static __always_inline int tb_outer_fill(struct __sk_buff *skb, const struct tb_packet *packet,
					 const struct tb_tunnel *tunnel, struct tb_outer *outer, __u32 room,
					 __u16 port)
{
	__u32 length = skb->len - ETH_HLEN + room;
	/* A port of the ephemeral range by the inner flow's hash, so that the underlay spreads flows (RFC 7348 section 5,
	 * RFC 7510 section 3).
	 */
	__u16 source = 49152 | (bpf_get_hash_recalc(skb) & 0x3fff);

	if (length > TB_MTU_MAX)
		return -1;
	outer->ip.version = 4;
	outer->ip.ihl = 5;
	outer->ip.tos = packet->tos & 0xfc; /* DSCP; ECN in compatibility mode (RFC 6040 section 4.1) */
	outer->ip.tot_len = bpf_htons(length);
	outer->ip.frag_off = bpf_htons(IP_DF);
	outer->ip.ttl = 64;
	outer->ip.protocol = IPPROTO_UDP;
	__builtin_memcpy(&outer->ip.saddr, tunnel->local, 4);
	__builtin_memcpy(&outer->ip.daddr, tunnel->remote, 4);
	outer->ip.check = tb_fold(bpf_csum_diff(NULL, 0, (void *)&outer->ip, sizeof(outer->ip), 0));
	outer->udp.source = bpf_htons(source);
	outer->udp.dest = bpf_htons(port);
	outer->udp.len = bpf_htons(length - sizeof(outer->ip)); /* checksum zero, as both allow over IPv4 */
	return 0;
}

/* Makes `room` octets behind the link layer and writes the headers there. */
static __always_inline int tb_outer_push(struct __sk_buff *skb, const void *headers, __u32 room, __u64 flags)
{
	__u16 ethertype = bpf_htons(ETH_P_IP);

	if (bpf_skb_adjust_room(skb, room, BPF_ADJ_ROOM_MAC,
				flags | BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 |
					BPF_F_ADJ_ROOM_ENCAP_L4_UDP))
		return -1;
	if (bpf_skb_store_bytes(skb, ETH_HLEN, headers, room, 0))
		return -1;
	return bpf_skb_store_bytes(skb, offsetof(struct ethhdr, h_proto), &ethertype, sizeof(ethertype), 0);
}

/* Takes the outer headers away; the outer Ethernet header is left in front of the inner packet. */
static __always_inline int tb_outer_pop(struct __sk_buff *skb, const struct tb_carried *carried)
{
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO;

	flags |= carried->ethertype == bpf_htons(ETH_P_IP) ? BPF_F_ADJ_ROOM_DECAP_L3_IPV4 : BPF_F_ADJ_ROOM_DECAP_L3_IPV6;
	return bpf_skb_adjust_room(skb, -(__s32)carried->room, BPF_ADJ_ROOM_MAC, flags);
}

/* Which encapsulation is in the datagram, if it is for this node? Fragments too: the overlay never sends any, so a first one
 * is refused by name.
 */
static __always_inline enum tb_encap tb_outer_kind(struct __sk_buff *skb)
{
	void *frame = tb_linear(skb, ETH_HLEN + sizeof(struct tb_outer));
	struct iphdr *ip = frame + ETH_HLEN;
	const struct tb_settings *now;
	__u32 zero = 0, us;
	__be16 port;

	if (!frame || ip->version != 4 || ip->protocol != IPPROTO_UDP || (ip->frag_off & bpf_htons(IP_OFFSET)))
		return TB_ENCAP_NONE;
	now = bpf_map_lookup_elem(&settings, &zero);
	if (!now)
		return TB_ENCAP_NONE;
	__builtin_memcpy(&us, now->local4, 4);
	if (ip->daddr != us ||
	    bpf_skb_load_bytes(skb, ETH_HLEN + ip->ihl * 4 + offsetof(struct udphdr, dest), &port, sizeof(port)))
		return TB_ENCAP_NONE;
	return port == bpf_htons(TB_VXLAN_PORT) ? TB_ENCAP_VXLAN
	       : port == bpf_htons(TB_MPLS_PORT) ? TB_ENCAP_MPLS_UDP
						 : TB_ENCAP_NONE;
}

/* Reads both headers into `packet`, and how long what is behind `room` is. Gives their start, with at least `size` octets
 * from there on in the datagram, or NULL.
 */
static __always_inline void *tb_outer_read(struct __sk_buff *skb, struct tb_packet *packet, struct tb_carried *carried,
					   __u32 room, __u32 size)
{
	void *frame = tb_linear(skb, ETH_HLEN + size);
	struct tb_outer *outer = frame + ETH_HLEN;
	__u32 length, datagram;

	if (!frame)
		return NULL;
	packet->saddr.word[0] = outer->ip.saddr;
	packet->daddr.word[0] = outer->ip.daddr;
	packet->family = TB_IPV4;
	packet->proto = IPPROTO_UDP;
	packet->sport = outer->udp.source;
	packet->dport = outer->udp.dest;
	length = bpf_ntohs(outer->ip.tot_len);
	datagram = bpf_ntohs(outer->udp.len);
	if (outer->ip.ihl != 5 || (outer->ip.frag_off & bpf_htons(IP_MF)) || length > skb->len - ETH_HLEN ||
	    length < size || datagram > length - sizeof(outer->ip) || datagram < size - sizeof(outer->ip))
		return NULL;
	carried->room = room;
	carried->length = datagram + sizeof(outer->ip) - room;
	return outer;
}

#endif

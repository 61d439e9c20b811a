/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* arp.h - answers ARP (RFC 826, RFC 5227) in the gateway's name.
 * Reads: as neighbour.h.  Writes: the frame.  Terminal.  Gives: malformed, spoofed_mac, spoofed_address, no_neighbour.
 */
#ifndef TB_LIB_ARP_H
#define TB_LIB_ARP_H

#include "neighbour.h"
#include "verdict.h"

struct tb_arp {
	__be16 hardware;
	__be16 protocol;
	__u8 hardware_size;
	__u8 protocol_size;
	__be16 operation;
	__u8 sender_mac[6];
	__u8 sender[4];
	__u8 target_mac[6];
	__u8 target[4];
} __attribute__((packed));

_Static_assert(sizeof(struct tb_arp) == 28, "ARP for Ethernet and IPv4 has 28 octets");

static __always_inline int tb_arp(struct __sk_buff *skb, struct tb_packet *packet, const struct tb_interface *from)
{
	struct tb_arp arp;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &arp, sizeof(arp)) || arp.hardware != bpf_htons(1) ||
	    arp.protocol != bpf_htons(ETH_P_IP) || arp.hardware_size != 6 || arp.protocol_size != 4)
		return tb_drop(skb, packet, DROP_malformed);
	packet->family = TB_IPV4;
	__builtin_memcpy(&packet->saddr, arp.sender, 4);
	__builtin_memcpy(&packet->daddr, arp.target, 4);
	if (!tb_mac_equal(arp.sender_mac, from->mac))
		return tb_drop(skb, packet, DROP_spoofed_mac);
	if (!tb_is_zero(&packet->saddr) && !tb_is_own(packet->ifindex, TB_IPV4, &packet->saddr))
		return tb_drop(skb, packet, DROP_spoofed_address);
	/* Announcements (sender is target) are of the asker's own address and so find no answer. */
	if (arp.operation != bpf_htons(1) ||
	    !tb_is_answered(packet, from, TB_IPV4, &packet->daddr, tb_is_zero(&packet->saddr)))
		return tb_drop(skb, packet, DROP_no_neighbour);

	arp.operation = bpf_htons(2);
	__builtin_memcpy(arp.target_mac, from->mac, 6);
	__builtin_memcpy(arp.target, &packet->saddr, 4);
	tb_gateway_mac(arp.sender_mac);
	__builtin_memcpy(arp.sender, &packet->daddr, 4);
	if (bpf_skb_store_bytes(skb, ETH_HLEN, &arp, sizeof(arp), 0) ||
	    tb_write_ethernet(skb, from->mac, bpf_htons(ETH_P_ARP)))
		return tb_drop(skb, packet, DROP_malformed);
	return tb_answer(skb, packet, DROP_none);
}

#endif

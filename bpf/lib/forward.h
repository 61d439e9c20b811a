/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* forward.h - what a pod sent goes where its next hop says.
 * Reads: tunnels, interfaces.  Writes: the frame.  Terminal.
 * Gives: no_route, no_way_back, not_up, baseline_deny, ttl_expired, too_big, encap_failed, unsupported, and whatever a dropping route names.
 */
#ifndef TB_LIB_FORWARD_H
#define TB_LIB_FORWARD_H

#include "icmp_error.h"
#include "mpls.h"
#include "route.h"
#include "vxlan.h"

/* An imported route costs one hop. */
static __always_inline int tb_decrement_ttl(struct __sk_buff *skb, const struct tb_packet *packet)
{
	__u8 ttl = packet->ttl - 1;

	if (packet->family == TB_IPV6)
		return bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, hop_limit), &ttl, 1, 0);
	/* TTL and protocol are one word of the header's checksum. */
	if (bpf_l3_csum_replace(skb, ETH_HLEN + offsetof(struct iphdr, check),
				bpf_htons(packet->ttl << 8 | packet->proto), bpf_htons(ttl << 8 | packet->proto), 2))
		return -1;
	return bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, ttl), &ttl, 1, 0);
}

static __always_inline bool tb_opens_connection(const struct tb_packet *packet)
{
	return packet->proto == IPPROTO_TCP && packet->fragment != TB_LATER_FRAGMENT &&
	       (packet->tcp_flags & (TCP_FLAG_SYN_BIT | TCP_FLAG_ACK_BIT)) == TCP_FLAG_SYN_BIT;
}

static __always_inline int tb_drop_too_big(struct __sk_buff *skb, const struct tb_packet *packet, __u32 mtu)
{
	struct tb_icmp_error error = {
		.type = packet->family == TB_IPV4 ? ICMP_DEST_UNREACH : ICMPV6_PKT_TOOBIG,
		.code = packet->family == TB_IPV4 ? ICMP_FRAG_NEEDED : 0,
		.mtu = mtu,
	};

	return tb_drop_with_error(skb, packet, DROP_too_big, &error);
}

static __always_inline int tb_drop_unreachable(struct __sk_buff *skb, const struct tb_packet *packet)
{
	struct tb_icmp_error error = {
		.type = packet->family == TB_IPV4 ? ICMP_DEST_UNREACH : ICMPV6_DEST_UNREACH,
		.code = 0, /* of both: no route */
	};

	return tb_drop_with_error(skb, packet, DROP_no_route, &error);
}

static __always_inline int tb_drop_expired(struct __sk_buff *skb, const struct tb_packet *packet)
{
	struct tb_icmp_error error = {
		.type = packet->family == TB_IPV4 ? ICMP_TIME_EXCEEDED : ICMPV6_TIME_EXCEED,
		.code = 0,
	};

	return tb_drop_with_error(skb, packet, DROP_ttl_expired, &error);
}

static __always_inline int tb_forward_tunnel(struct __sk_buff *skb, const struct tb_packet *packet,
					     const struct tb_nexthop *to)
{
	const struct tb_tunnel *tunnel = bpf_map_lookup_elem(&tunnels, &to->tunnel);
	__u32 room = to->encap == TB_ENCAP_VXLAN      ? sizeof(struct tb_vxlan)
		     : to->encap == TB_ENCAP_MPLS_UDP ? sizeof(struct tb_mpls)
						      : 0;
	__u32 segment = skb->gso_size, length = skb->len - ETH_HLEN;
	__u32 mtu, size;

	if (!tunnel || !tunnel->ifindex)
		return tb_drop(skb, packet, DROP_no_route);
	if (!room || tunnel->family != TB_IPV4)
		return tb_drop(skb, packet, DROP_unsupported);
	/* UDP super-packets are lost behind decapsulation wherever the underlay did not cut them. The agent switches them off in
	 * the pod; who switched them on again is told here.
	 */
	if (segment && packet->proto == IPPROTO_UDP)
		return tb_drop(skb, packet, DROP_encap_failed);
	/* A super-packet is as large as its largest segment; octets behind a packet's own travel with it. */
	size = segment ? packet->segment_headers + segment : length;
	mtu = tunnel->mtu - room;
	if (size > mtu)
		return tb_drop_too_big(skb, packet, mtu);
	if (to->encap == TB_ENCAP_VXLAN ? tb_vxlan_push(skb, packet, to, tunnel) : tb_mpls_push(skb, packet, to, tunnel))
		return tb_drop(skb, packet, DROP_encap_failed);
	tb_outcome(skb, TB_OUTCOME_TUNNEL, to->tunnel);
	return bpf_redirect_neigh(tunnel->ifindex, NULL, 0, 0);
}

/* Does the interface that a packet goes to, in another VRF of this node, route its source to where it came from? */
static __always_inline bool tb_has_way_back(const struct tb_packet *packet, const struct tb_nexthop *to)
{
	const struct tb_interface *there = bpf_map_lookup_elem(&interfaces, &to->ifindex);
	const struct tb_nexthop *back = there ? tb_route(there->vrf, packet->family, &packet->saddr) : NULL;

	return back && back->kind == TB_NEXTHOP_INTERFACE && back->ifindex == packet->ifindex;
}

static __always_inline int tb_forward(struct __sk_buff *skb, struct tb_packet *packet, const struct tb_nexthop *to)
{
	/* A static route by way of a pod is not for what that pod sends: it would come back for ever. */
	if (to && (to->flags & TB_NEXTHOP_NOT_FOR_ITSELF) && to->ifindex == packet->ifindex)
		to = bpf_map_lookup_elem(&nexthops, &to->vrf_or_group);
	if (!to)
		return tb_drop_unreachable(skb, packet);
	switch (to->kind) {
	case TB_NEXTHOP_INTERFACE:
	case TB_NEXTHOP_TUNNEL:
		break;
	case TB_NEXTHOP_NONE:
	case TB_NEXTHOP_CONNECTED:
		return tb_drop_unreachable(skb, packet);
	case TB_NEXTHOP_DROP:
		return tb_drop(skb, packet, to->reason ? to->reason : DROP_static_drop);
	default:
		return tb_drop(skb, packet, DROP_unsupported);
	}
	if ((to->flags & TB_NEXTHOP_NOT_UP) && tb_opens_connection(packet))
		return tb_drop(skb, packet, DROP_not_up);
	if (to->flags & TB_NEXTHOP_DENY_INTRA)
		return tb_drop(skb, packet, DROP_baseline_deny);
	if (!(to->flags & TB_NEXTHOP_OWN)) {
		if (to->kind == TB_NEXTHOP_INTERFACE && !tb_has_way_back(packet, to))
			return tb_drop(skb, packet, DROP_no_way_back);
		if (packet->ttl <= 1)
			return tb_drop_expired(skb, packet);
		if (tb_decrement_ttl(skb, packet))
			return tb_drop(skb, packet, DROP_malformed);
	}
	if (to->kind == TB_NEXTHOP_INTERFACE)
		return tb_deliver(skb, packet, to->ifindex, to->mac);
	return tb_forward_tunnel(skb, packet, to);
}

#endif

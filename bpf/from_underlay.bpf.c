// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0
/* from_underlay - tcx ingress of an underlay device: VXLAN and MPLS in UDP to this node are ours, everything else the host's.
 * known endpoint? -> label offered to its peer group? -> decapsulate -> is the destination there? does the source come
 * from where its route leads? -> deliver. Nothing that came from the overlay goes back into it.
 */
#include "lib/mpls.h"
#include "lib/route.h"
#include "lib/verdict.h"
#include "lib/vxlan.h"

static __always_inline const struct tb_label *tb_label(__u32 space, __u32 value)
{
	struct tb_label_key key = { .space = space, .value = value };

	return bpf_map_lookup_elem(&labels, &key);
}

/* The route to a packet's inner source, which must lead to the endpoint that sent it; NULL if it does not. */
static __always_inline const struct tb_nexthop *tb_back(const struct tb_packet *packet,
							 const struct tb_endpoint *endpoint)
{
	const struct tb_nexthop *back = tb_route(packet->vrf, packet->family, &packet->saddr);

	return back && back->kind == TB_NEXTHOP_TUNNEL && back->tunnel == endpoint->tunnel ? back : NULL;
}

static __always_inline int tb_to_interface(struct __sk_buff *skb, struct tb_packet *packet,
					   const struct tb_label *label, const struct tb_endpoint *endpoint)
{
	const struct tb_nexthop *back;

	/* Labels and addresses come round again: the interface behind the label may be another one by now. */
	if (!tb_takes(label->ifindex, packet->family, &packet->daddr))
		return tb_drop(skb, packet, DROP_stale_label);
	back = tb_back(packet, endpoint);
	if (!back)
		return tb_drop(skb, packet, DROP_source_not_behind_endpoint);
	if ((label->flags & TB_LABEL_DENY_INTRA) && (back->flags & TB_NEXTHOP_OWN))
		return tb_drop(skb, packet, DROP_baseline_deny);
	return tb_deliver(skb, packet, label->ifindex, label->mac);
}

static __always_inline int tb_to_vrf(struct __sk_buff *skb, struct tb_packet *packet,
				     const struct tb_endpoint *endpoint)
{
	const struct tb_nexthop *to;

	if (tb_is_multicast(packet->family, &packet->daddr))
		return tb_drop(skb, packet, DROP_multicast);
	if (!tb_back(packet, endpoint))
		return tb_drop(skb, packet, DROP_source_not_behind_endpoint);
	to = tb_route(packet->vrf, packet->family, &packet->daddr);
	if (!to || to->kind == TB_NEXTHOP_NONE || to->kind == TB_NEXTHOP_CONNECTED)
		return tb_drop(skb, packet, DROP_no_route);
	if (to->kind == TB_NEXTHOP_INTERFACE)
		return tb_deliver(skb, packet, to->ifindex, to->mac);
	if (to->kind == TB_NEXTHOP_TUNNEL)
		return tb_drop(skb, packet, DROP_overlay_to_overlay);
	if (to->kind == TB_NEXTHOP_DROP)
		return tb_drop(skb, packet, to->reason ? to->reason : DROP_static_drop);
	return tb_drop(skb, packet, DROP_unsupported);
}

SEC("tc")
int from_underlay(struct __sk_buff *skb)
{
	struct tb_packet packet = { .direction = TB_FROM_UNDERLAY, .ifindex = skb->ifindex };
	struct tb_endpoint_key source = { .family = TB_IPV4 };
	const struct tb_endpoint *endpoint;
	const struct tb_label *label;
	struct tb_carried carried = {};
	enum tb_encap encap = TB_ENCAP_NONE;
	enum tb_reason reason;

	if (skb->protocol == bpf_htons(ETH_P_IP) && !skb->vlan_present)
		encap = tb_outer_kind(skb);
	if (encap == TB_ENCAP_NONE)
		return tb_pass(skb);

	/* From here on the packet is ours: it is delivered or dropped by name. */
	reason = encap == TB_ENCAP_VXLAN ? tb_vxlan_read(skb, &packet, &carried) : tb_mpls_read(skb, &packet, &carried);
	if (reason)
		return tb_drop(skb, &packet, reason);
	__builtin_memcpy(source.address, &packet.saddr, 16);
	endpoint = bpf_map_lookup_elem(&tunnel_endpoints, &source);
	if (!endpoint)
		return tb_drop(skb, &packet, DROP_unknown_endpoint);
	label = tb_label(endpoint->peer_group, carried.label);
	if (!label)
		return tb_drop(skb, &packet,
			       tb_label(TB_SPACE_NODES, carried.label) ? DROP_wrong_peer_group : DROP_unknown_label);
	packet.vrf = label->vrf;

	/* A label is not popped with a TTL that runs out here (RFC 3032 section 2.4.2). */
	if (carried.ttl <= 1)
		return tb_drop(skb, &packet, DROP_ttl_expired);
	if (carried.ethertype == bpf_htons(ETH_P_8021Q) || carried.ethertype == bpf_htons(ETH_P_8021AD))
		return tb_drop(skb, &packet, DROP_tagged);
	if (carried.ethertype != bpf_htons(ETH_P_IP) && carried.ethertype != bpf_htons(ETH_P_IPV6))
		return tb_drop(skb, &packet, DROP_not_ip);
	/* The kernel refuses to shrink a packet to less than its new IP header. */
	if (tb_outer_pop(skb, &carried))
		return tb_drop(skb, &packet, DROP_malformed);
	__builtin_memset(&packet.saddr, 0, sizeof(packet.saddr));
	__builtin_memset(&packet.daddr, 0, sizeof(packet.daddr));
	packet.sport = packet.dport = 0;
	reason = tb_parse(skb, &packet, carried.ethertype);
	if (!reason && packet.l3_length > carried.length)
		reason = DROP_malformed;
	if (reason)
		return tb_drop(skb, &packet, reason);

	switch (label->kind) {
	case TB_LABEL_INTERFACE:
		return tb_to_interface(skb, &packet, label, endpoint);
	case TB_LABEL_VRF:
		return tb_to_vrf(skb, &packet, endpoint);
	default:
		return tb_drop(skb, &packet, DROP_unsupported);
	}
}

// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0
/* from_underlay - tcx ingress of an underlay device: VXLAN to this node is ours, everything else the host's.
 * known endpoint? -> label offered to its peer group? -> decapsulate -> is the destination there? does the source come
 * from where its route leads? -> deliver. Nothing that came from the overlay goes back into it.
 */
#include "lib/route.h"
#include "lib/vxlan.h"

/* Is the datagram VXLAN for this node? Fragments too: the overlay never sends any, so a first one is refused by name. */
static __always_inline bool tb_is_vxlan_for_us(struct __sk_buff *skb)
{
	void *frame = tb_linear(skb, ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr));
	struct iphdr *ip = frame + ETH_HLEN;
	const struct tb_settings *now;
	__u32 zero = 0, us;
	__be16 port;

	if (!frame || ip->version != 4 || ip->protocol != IPPROTO_UDP || (ip->frag_off & bpf_htons(IP_OFFSET)))
		return false;
	now = bpf_map_lookup_elem(&settings, &zero);
	if (!now)
		return false;
	__builtin_memcpy(&us, now->local4, 4);
	if (ip->daddr != us)
		return false;
	return !bpf_skb_load_bytes(skb, ETH_HLEN + ip->ihl * 4 + offsetof(struct udphdr, dest), &port, sizeof(port)) &&
	       port == bpf_htons(TB_VXLAN_PORT);
}

static __always_inline const struct tb_label *tb_label(__u32 space, __u32 value)
{
	struct tb_label_key key = { .space = space, .value = value };

	return bpf_map_lookup_elem(&labels, &key);
}

/* A packet's inner source must be routed to the endpoint that sent it. */
static __always_inline bool tb_is_behind(const struct tb_packet *packet, const struct tb_endpoint *endpoint)
{
	const struct tb_nexthop *back = tb_route(packet->vrf, packet->family, &packet->saddr);

	return back && back->kind == TB_NEXTHOP_TUNNEL && back->tunnel == endpoint->tunnel;
}

static __always_inline int tb_to_interface(struct __sk_buff *skb, struct tb_packet *packet,
					   const struct tb_label *label, const struct tb_endpoint *endpoint)
{
	/* Labels and addresses come round again: the interface behind the label may be another one by now. */
	if (!tb_is_own(label->ifindex, packet->family, &packet->daddr))
		return tb_drop(skb, packet, DROP_stale_label);
	if (!tb_is_behind(packet, endpoint))
		return tb_drop(skb, packet, DROP_source_not_behind_endpoint);
	return tb_deliver(skb, packet, label->ifindex, label->mac);
}

static __always_inline int tb_to_vrf(struct __sk_buff *skb, struct tb_packet *packet,
				     const struct tb_endpoint *endpoint)
{
	const struct tb_nexthop *to;

	if (tb_is_multicast(packet->family, &packet->daddr))
		return tb_drop(skb, packet, DROP_multicast);
	if (!tb_is_behind(packet, endpoint))
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
	struct tb_vxlan *outer;
	enum tb_reason reason;
	__u16 ethertype;
	__u32 vni;
	void *frame;

	if (skb->protocol != bpf_htons(ETH_P_IP) || skb->vlan_present || !tb_is_vxlan_for_us(skb))
		return tb_pass(skb);

	/* From here on the packet is ours: it is delivered or dropped by name. */
	frame = tb_linear(skb, ETH_HLEN + sizeof(*outer));
	if (!frame)
		return tb_drop(skb, &packet, DROP_malformed);
	outer = frame + ETH_HLEN;
	packet.saddr.word[0] = outer->ip.saddr;
	packet.daddr.word[0] = outer->ip.daddr;
	packet.family = TB_IPV4;
	packet.proto = IPPROTO_UDP;
	packet.dport = outer->udp.dest;
	if (outer->ip.ihl != 5 || (outer->ip.frag_off & bpf_htons(IP_MF)) || !(outer->flags & TB_VXLAN_FLAGS) ||
	    bpf_ntohs(outer->ip.tot_len) < sizeof(*outer) || bpf_ntohs(outer->ip.tot_len) > skb->len - ETH_HLEN)
		return tb_drop(skb, &packet, DROP_malformed);
	vni = bpf_ntohl(outer->vni) >> 8;
	ethertype = outer->ethernet.h_proto;

	__builtin_memcpy(source.address, &packet.saddr, 16);
	endpoint = bpf_map_lookup_elem(&tunnel_endpoints, &source);
	if (!endpoint)
		return tb_drop(skb, &packet, DROP_unknown_endpoint);
	label = tb_label(endpoint->peer_group, vni);
	if (!label)
		return tb_drop(skb, &packet,
			       tb_label(TB_SPACE_NODES, vni) ? DROP_wrong_peer_group : DROP_unknown_label);
	packet.vrf = label->vrf;

	if (ethertype == bpf_htons(ETH_P_8021Q) || ethertype == bpf_htons(ETH_P_8021AD))
		return tb_drop(skb, &packet, DROP_tagged);
	if (ethertype != bpf_htons(ETH_P_IP) && ethertype != bpf_htons(ETH_P_IPV6))
		return tb_drop(skb, &packet, DROP_not_ip);
	/* The kernel refuses to shrink a packet to less than its new IP header. */
	if (tb_vxlan_pop(skb, ethertype))
		return tb_drop(skb, &packet, DROP_malformed);
	__builtin_memset(&packet.saddr, 0, sizeof(packet.saddr));
	__builtin_memset(&packet.daddr, 0, sizeof(packet.daddr));
	reason = tb_parse(skb, &packet, ethertype);
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

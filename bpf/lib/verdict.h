/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* verdict.h - how every program ends: one function per outcome.
 * Reads: settings.  Writes: drops, events, event_budgets; skb->cb, by which test runs and `trace` see the outcome.
 */
#ifndef TB_LIB_VERDICT_H
#define TB_LIB_VERDICT_H

#include "packet.h"

static __always_inline void tb_outcome(struct __sk_buff *skb, enum tb_outcome outcome, __u32 detail)
{
	skb->cb[0] = outcome;
	skb->cb[1] = detail;
}

/* May one more event of this reason be written on this CPU in this second (2^30 ns: a division less)? */
static __always_inline bool tb_has_budget(enum tb_reason reason, __u64 nanoseconds, __u32 limit)
{
	__u32 index = reason;
	struct tb_event_budget *budget;

	if (!limit)
		return true;
	budget = bpf_map_lookup_elem(&event_budgets, &index);
	if (!budget)
		return false;
	if (budget->second != nanoseconds >> 30) {
		budget->second = nanoseconds >> 30;
		budget->spent = 0;
	}
	return ++budget->spent <= limit;
}

static __always_inline void tb_drop_event(struct __sk_buff *skb, const struct tb_packet *packet, enum tb_reason reason)
{
	__u32 zero = 0;
	const struct tb_settings *set = bpf_map_lookup_elem(&settings, &zero);
	struct tb_event *event;
	__u64 now;

	if (!set || !set->event_sample || (set->event_sample > 1 && bpf_get_prandom_u32() % set->event_sample))
		return;
	now = bpf_ktime_get_ns();
	if (!tb_has_budget(reason, now, set->event_limit))
		return;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return;
	event->nanoseconds = now;
	event->kind = TB_EVENT_DROP;
	event->direction = packet->direction;
	event->reason = reason;
	event->vrf = packet->vrf;
	event->ifindex = packet->ifindex;
	event->length = skb->len;
	__builtin_memcpy(event->saddr, &packet->saddr, 16);
	__builtin_memcpy(event->daddr, &packet->daddr, 16);
	event->sport = packet->sport;
	event->dport = packet->dport;
	event->proto = packet->proto;
	event->family = packet->family;
	event->pad = 0;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

/* Counts a drop and says so in an event; the packet itself may still be answered. */
static __noinline int tb_count(struct __sk_buff *skb, const struct tb_packet *packet, enum tb_reason reason)
{
	struct tb_drop_key key = { .reason = reason, .direction = packet->direction, .vrf = packet->vrf };
	struct tb_drop first = { .packets = 1, .bytes = skb->len };
	struct tb_drop *count;

	if (tb_config.tracing)
		return 0;
	count = bpf_map_lookup_elem(&drops, &key);
	if (!count) {
		/* Another CPU may have made the entry since: then ours counts into it. */
		if (!bpf_map_update_elem(&drops, &key, &first, BPF_NOEXIST))
			goto event;
		count = bpf_map_lookup_elem(&drops, &key);
	}
	if (count) {
		count->packets += 1;
		count->bytes += skb->len;
	}
event:
	tb_drop_event(skb, packet, reason);
	return 0;
}

/* The only way to drop. */
static __always_inline int tb_drop(struct __sk_buff *skb, const struct tb_packet *packet, enum tb_reason reason)
{
	tb_count(skb, packet, reason);
	tb_outcome(skb, TB_OUTCOME_DROP, reason);
	return TC_ACT_SHOT;
}

/* To the host's stack, after whatever programs follow ours. */
static __always_inline int tb_pass(struct __sk_buff *skb)
{
	tb_outcome(skb, TB_OUTCOME_PASS, 0);
	return TC_ACT_UNSPEC;
}

/* Into the pod behind `ifindex`: past its host side, and so past to_pod. */
static __always_inline int tb_to_pod(struct __sk_buff *skb, __u32 ifindex)
{
	/* The receiving stack drops what eth_type_trans took for another host's; older kernels do not scrub it. */
	if (skb->pkt_type != PACKET_HOST)
		bpf_skb_change_type(skb, PACKET_HOST);
	return bpf_redirect_peer(ifindex, 0);
}

/* Writes the link header of a frame that a pod receives. */
static __always_inline int tb_write_ethernet(struct __sk_buff *skb, const __u8 *mac, __u16 ethertype)
{
	struct ethhdr ethernet;

	__builtin_memcpy(ethernet.h_dest, mac, 6);
	tb_gateway_mac(ethernet.h_source);
	ethernet.h_proto = ethertype;
	return bpf_skb_store_bytes(skb, 0, &ethernet, sizeof(ethernet), 0);
}

/* Hands the packet to a pod of this node, from the gateway's MAC to the pod's. */
static __always_inline int tb_deliver(struct __sk_buff *skb, const struct tb_packet *packet, __u32 ifindex,
				      const __u8 *mac)
{
	if (tb_write_ethernet(skb, mac, tb_ethertype(packet)))
		return tb_drop(skb, packet, DROP_malformed);
	tb_outcome(skb, TB_OUTCOME_DELIVER, ifindex);
	return tb_to_pod(skb, ifindex);
}

/* Sends what the frame was rewritten to back to the pod it came from. */
static __always_inline int tb_answer(struct __sk_buff *skb, const struct tb_packet *packet, enum tb_reason reason)
{
	tb_outcome(skb, TB_OUTCOME_ANSWER, reason);
	return tb_to_pod(skb, packet->ifindex);
}

#endif

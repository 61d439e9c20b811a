/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* maps.h - every map, once. Sizes here are defaults: the agent sets its own before it loads. */
#ifndef TB_LIB_MAPS_H
#define TB_LIB_MAPS_H

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "../abi/config.h"
#include "../abi/maps.h"

#define TB_MAP(name, map_type, key_type, value_type, entries, flags)                                                   \
	struct {                                                                                                       \
		__uint(type, map_type);                                                                                \
		__type(key, key_type);                                                                                 \
		__type(value, value_type);                                                                             \
		__uint(max_entries, entries);                                                                          \
		__uint(map_flags, flags);                                                                              \
	} name SEC(".maps")

/* What changes while programs run: one entry. */
TB_MAP(settings, BPF_MAP_TYPE_ARRAY, __u32, struct tb_settings, 1, 0);
/* Pods' interfaces of this node, by ifindex of the host's side. */
TB_MAP(interfaces, BPF_MAP_TYPE_HASH, __u32, struct tb_interface, 4096, 0);
/* What an interface may send from. */
TB_MAP(spoof, BPF_MAP_TYPE_LPM_TRIE, struct tb_lpm_key, struct tb_spoof, 4096, BPF_F_NO_PREALLOC);
/* What a label or VNI means, per space. */
TB_MAP(labels, BPF_MAP_TYPE_HASH, struct tb_label_key, struct tb_label, 4096, 0);
/* Single addresses of every VRF: pods. */
TB_MAP(hosts, BPF_MAP_TYPE_HASH, struct tb_address_key, struct tb_route, 65536, BPF_F_NO_PREALLOC);
/* Real prefixes of every VRF. */
TB_MAP(prefixes, BPF_MAP_TYPE_LPM_TRIE, struct tb_lpm_key, struct tb_route, 4096, BPF_F_NO_PREALLOC);
/* Where routes lead. */
TB_MAP(nexthops, BPF_MAP_TYPE_ARRAY, __u32, struct tb_nexthop, 4096, 0);
/* Equal-cost next hops. */
TB_MAP(groups, BPF_MAP_TYPE_ARRAY, __u32, struct tb_group, 256, 0);
/* Far ends of the overlay. */
TB_MAP(tunnels, BPF_MAP_TYPE_ARRAY, __u32, struct tb_tunnel, 4096, 0);
/* Outer sources that may send to us. */
TB_MAP(tunnel_endpoints, BPF_MAP_TYPE_HASH, struct tb_endpoint_key, struct tb_endpoint, 4096, 0);
/* The hash behind each identity's number, from which the agent recovers its numbers. */
TB_MAP(identities, BPF_MAP_TYPE_ARRAY, __u32, struct tb_identity, 4096, 0);
/* Services by owning VRF, address, port and protocol. */
TB_MAP(services, BPF_MAP_TYPE_HASH, struct tb_service_key, struct tb_service, 4096, BPF_F_NO_PREALLOC);
/* Endpoints of services, by slot. */
TB_MAP(backends, BPF_MAP_TYPE_ARRAY, __u32, struct tb_backend, 4096, 0);
/* Maglev tables, end to end: slots of backends. */
TB_MAP(maglev, BPF_MAP_TYPE_ARRAY, __u32, __u32, 65536, 0);
/* The class of an identity in a policy scope. */
TB_MAP(classes, BPF_MAP_TYPE_HASH, struct tb_class_key, __u32, 4096, BPF_F_NO_PREALLOC);
/* Verdicts. */
TB_MAP(policy, BPF_MAP_TYPE_LPM_TRIE, struct tb_policy_key, struct tb_policy, 4096, BPF_F_NO_PREALLOC);
/* The class of an address that has no identity. */
TB_MAP(cidrs, BPF_MAP_TYPE_LPM_TRIE, struct tb_lpm_key, __u32, 4096, BPF_F_NO_PREALLOC);
/* Answered flows. */
TB_MAP(flows, BPF_MAP_TYPE_HASH, struct tb_flow_key, struct tb_flow, 65536, 0);
/* Flows that nobody answered yet: a flood evicts its own kind. */
TB_MAP(flows_new, BPF_MAP_TYPE_LRU_HASH, struct tb_flow_key, struct tb_flow, 65536, 0);
/* What only translated flows need. */
TB_MAP(translations, BPF_MAP_TYPE_HASH, struct tb_flow_key, struct tb_translation, 4096, BPF_F_NO_PREALLOC);
/* Ports taken for source NAT. */
TB_MAP(snat, BPF_MAP_TYPE_HASH, struct tb_snat_key, struct tb_snat, 4096, BPF_F_NO_PREALLOC);
/* Ports of fragmented datagrams. */
TB_MAP(fragments, BPF_MAP_TYPE_LRU_HASH, struct tb_fragment_key, struct tb_fragment, 4096, 0);
/* Dropped packets by reason, direction and VRF. Sparse, so a hash: its 45 ns are paid by what is dropped. */
TB_MAP(drops, BPF_MAP_TYPE_PERCPU_HASH, struct tb_drop_key, struct tb_drop, 4096, BPF_F_NO_PREALLOC);

/* Drop events of this second on this CPU, by reason: a flood of one reason leaves the ring to the others. Not pinned. */
struct tb_event_budget {
	__u64 second;
	__u64 spent;
};
TB_MAP(event_budgets, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct tb_event_budget, TB_REASON_COUNT, 0);

/* ICMP errors that an interface may still be sent: TB_ICMP_BURST at once, then one a jiffy. Not pinned. */
struct tb_icmp_budget {
	__u64 jiffies; /* when it was last asked for one */
	__u64 left;
};
TB_MAP(icmp_budgets, BPF_MAP_TYPE_LRU_HASH, __u32, struct tb_icmp_budget, 4096, 0);

/* Sampled drops and flows: struct tb_event. Written without wake-up. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

/* A ring buffer's record type is nobody's key or value: this brings it, and the enumerations that no field has, into
 * the object's BTF.
 */
struct tb_abi {
	struct tb_event event;
	enum tb_outcome outcome;
	enum tb_space space;
};
volatile const struct tb_abi tb_abi SEC(".rodata.abi");

volatile const struct tb_config tb_config SEC(".rodata.config") = {
	.layout = TB_LAYOUT,
	.gateway_mac = { 0x02, 0x00, 0x5e, 0x00, 0x00, 0x01 },
};

#endif

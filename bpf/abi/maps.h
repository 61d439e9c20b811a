/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* maps.h - keys and values of every map: the contract with the agent.
 * Mirrored in src/Tombolo.Agent/Datapath/Abi, field by field, checked against the object's BTF by a test. All padding
 * is named and zero, since hash maps compare it. Addresses, ports and MACs are in network order, an IPv4 address in the
 * first four octets of its sixteen with zeros behind; every other number is in host order. "VRF" is the controller's
 * 16-bit index, widened. Identities, next hops, tunnels, classes and policy sets are the agent's own numbers; 0 is none.
 */
#ifndef TB_ABI_MAPS_H
#define TB_ABI_MAPS_H

#include "reasons.h"

/* IANA's address family numbers. */
enum tb_family {
	TB_IPV4 = 1,
	TB_IPV6 = 2,
} __attribute__((packed));

/* Where a packet was met, seen from the host. */
enum tb_direction {
	TB_FROM_POD = 1,
	TB_TO_POD = 2,
	TB_FROM_UNDERLAY = 3,
	TB_FROM_HOST = 4,
} __attribute__((packed));

/* How a packet is carried over the underlay. */
enum tb_encap {
	TB_ENCAP_NONE = 0,
	TB_ENCAP_VXLAN = 1,    /* RFC 7348, port 4789 */
	TB_ENCAP_MPLS_UDP = 2, /* RFC 7510, port 6635 */
} __attribute__((packed));

/* ---- addresses ---- */

/* Key of `hosts`. 24 octets. */
struct tb_address_key {
	__u32 vrf;
	enum tb_family family;
	__u8 pad[3];
	__u8 address[16];
};

/* Key of the LPM maps `prefixes`, `spoof` (ifindex for vrf) and `cidrs` (policy scope for vrf). 28 octets. */
struct tb_lpm_key {
	__u32 length; /* 64 + bits of the prefix */
	__u32 vrf;
	enum tb_family family;
	__u8 pad[3];
	__u8 address[16];
};

/* ---- interfaces ---- */

enum tb_interface_flag {
	TB_INTERFACE_PACKET_MODE = 1, /* no flows */
	TB_INTERFACE_LIMIT = 0x40000000,
};

/* Value of `interfaces`, by ifindex of the host's side of a pod's veth. 80 octets. */
struct tb_interface {
	__u32 vrf;
	__u32 label; /* by which other nodes send to it */
	enum tb_interface_flag flags;
	__u32 identity;
	__u32 policy_set;
	__u32 scope; /* of policy: what `classes` and `cidrs` are asked with */
	__u8 mac[6]; /* the pod's own */
	__u16 vlan;  /* 0: untagged */
	__u8 system4[4];
	__u8 gateway4[4];
	__u8 system6[16];
	__u8 gateway6[16];
	__u16 mtu;
	__u16 pad;
	__u32 epoch; /* changes when the interface is another one under the same ifindex */
};

enum tb_spoof_kind {
	TB_SPOOF_ADDRESS = 1, /* its own */
	TB_SPOOF_ALLOWED = 2, /* an allowed prefix */
	TB_SPOOF_TRANSIT = 3, /* what static routes send through it: sent to at it, sends none from it */
} __attribute__((packed));

/* Value of `spoof`: the interface may send from (but for transit), and is sent to at, this prefix. 4 octets. */
struct tb_spoof {
	enum tb_spoof_kind kind;
	__u8 pad[3];
};

/* ---- routes ---- */

/* Value of `hosts` and `prefixes`. 8 octets. */
struct tb_route {
	__u32 nexthop;
	__u32 identity;
};

enum tb_nexthop_kind {
	TB_NEXTHOP_NONE = 0,
	TB_NEXTHOP_INTERFACE = 1, /* a pod of this node: ifindex, mac */
	TB_NEXTHOP_TUNNEL = 2,	  /* another node or a gateway: tunnel, label, encap */
	TB_NEXTHOP_CONNECTED = 3, /* a VRF's subnet: an address in it without a host route is not there */
	TB_NEXTHOP_SERVICE = 4,	  /* look up address and port in services of vrf */
	TB_NEXTHOP_HOST = 5,	  /* this node's own stack */
	TB_NEXTHOP_OUTSIDE = 6,	  /* the underlay, source NAT if the VN says so */
	TB_NEXTHOP_GROUP = 7,	  /* several: group */
	TB_NEXTHOP_DROP = 8,	  /* reason */
} __attribute__((packed));

enum tb_nexthop_flag {
	TB_NEXTHOP_NOT_UP = 1, /* bound, not up yet: refuses what opens a connection */
	TB_NEXTHOP_OWN = 2,    /* of the VRF's own VN, not imported: TTL untouched */
	TB_NEXTHOP_DENY_INTRA = 4, /* of a VN whose own interfaces do not reach one another */
	TB_NEXTHOP_NOT_FOR_ITSELF = 8, /* what the interface itself sends goes by the next hop vrf_or_group; 0: nowhere */
	TB_NEXTHOP_FLAG_LIMIT = 0x8000,
} __attribute__((packed));

/* Value of `nexthops`. 32 octets. */
struct tb_nexthop {
	enum tb_nexthop_kind kind;
	enum tb_encap encap;
	enum tb_nexthop_flag flags;
	__u32 ifindex;
	__u32 tunnel;
	__u32 vrf_or_group;
	__u32 label; /* or VNI */
	__u32 generation; /* changes with the content; a flow that cached an older one asks the routes again */
	__u8 mac[6]; /* inner destination: the pod's, or a gateway's router MAC */
	enum tb_reason reason;
};

/* Value of `groups`: equal-cost next hops. 64 octets. */
struct tb_group {
	__u32 count;
	__u32 nexthops[15];
};

/* ---- tunnels ---- */

/* Value of `tunnels`. 48 octets. */
struct tb_tunnel {
	__u8 remote[16];
	__u8 local[16];
	enum tb_family family;
	enum tb_encap encap;
	__u16 mtu; /* of the path, for the outer IP packet */
	__u32 ifindex; /* the underlay's device */
	__u32 peer_group;
	__u32 flags; /* none yet */
};

/* Key of `tunnel_endpoints`: an outer source. 20 octets. */
struct tb_endpoint_key {
	enum tb_family family;
	__u8 pad[3];
	__u8 address[16];
};

/* Value of `tunnel_endpoints`. 8 octets. */
struct tb_endpoint {
	__u32 tunnel;
	__u32 peer_group;
};

/* Spaces of labels. A peer group's number is the space of the labels that were offered to it. */
enum tb_space {
	TB_SPACE_NODES = 1, /* our own nodes; gateways' groups follow */
};

/* Key of `labels`. 8 octets. */
struct tb_label_key {
	__u32 space;
	__u32 value; /* MPLS label or VNI */
};

enum tb_label_kind {
	TB_LABEL_INTERFACE = 1,
	TB_LABEL_VRF = 2,
	TB_LABEL_RETURN_TO_SENDER = 3, /* of a VRF; of the host if vrf is 0 */
	TB_LABEL_HOST = 4,
} __attribute__((packed));

enum tb_label_flag {
	TB_LABEL_DENY_INTRA = 1, /* its VN's own interfaces do not reach one another */
	TB_LABEL_LIMIT = 0x40000000,
};

/* Value of `labels`. 24 octets. */
struct tb_label {
	enum tb_label_kind kind;
	__u8 pad[3];
	__u32 ifindex;
	__u32 vrf;
	__u8 mac[6];
	__u16 pad2;
	enum tb_label_flag flags;
};

/* Value of `identities`: the hash that the agent's number stands for. 16 octets. */
struct tb_identity {
	__u8 hash[16];
};

/* ---- services (not used yet) ---- */

/* Key of `services`. 24 octets. */
struct tb_service_key {
	__u32 vrf; /* the VRF that owns it */
	enum tb_family family;
	__u8 proto;
	__u16 port;
	__u8 address[16];
};

/* Value of `services`. 48 octets. */
struct tb_service {
	__u32 id;
	__u16 flags;
	__u16 count;	  /* of endpoints; up to 4 are inline */
	__u32 inlined[4]; /* slots of `backends` */
	__u32 maglev;	  /* first entry of its table in `maglev` */
	__u32 maglev_size;
	__u32 affinity_seconds; /* 0: none */
	__u32 epoch;
	__u64 pad;
};

/* Value of `backends`. 32 octets. */
struct tb_backend {
	__u8 address[16];
	enum tb_family family;
	__u8 flags;
	__u16 port;
	__u32 vrf;
	__u32 identity;
	__u32 generation;
};

/* ---- policy (not used yet) ---- */

/* Key of `classes`; the value is a class, u32. 8 octets. */
struct tb_class_key {
	__u32 scope;
	__u32 identity;
};

/* Key of the LPM map `policy`: exact but for the port, whose last bits may be free. 16 octets. */
struct tb_policy_key {
	__u32 length; /* 80 + bits of the port */
	__u32 set;
	__u32 class;
	__u8 direction; /* 1 what the subject sends, 2 what it receives */
	__u8 proto;
	__u16 port;
};

/* Value of `policy`. 8 octets. */
struct tb_policy {
	__u8 verdict;
	__u8 pad[3];
	__u32 rule;
};

/* ---- flows (not used yet) ---- */

/* Key of `flows`, `flows_new` and `translations`. 44 octets. */
struct tb_flow_key {
	__u32 vrf;
	__u8 saddr[16];
	__u8 daddr[16];
	__u16 sport;
	__u16 dport;
	__u8 proto;
	enum tb_family family;
	__u8 pad[2];
};

/* Value of `flows` and `flows_new`. 80 octets, and never more than 88. */
struct tb_flow {
	__u8 state;
	__u8 verdict;
	__u16 flags; /* opened by a SYN, adopted, translated, packet's direction … */
	__u32 nexthop;
	__u32 nexthop_generation;
	__u32 return_nexthop;
	__u32 return_generation;
	__u32 epoch; /* of the verdict */
	__u32 rule;
	__u32 identity; /* of the far end */
	__u64 started;	/* jiffies */
	__u64 seen;
	__u64 bytes[2]; /* forth, back */
	__u32 packets[2];
	__u32 entry_tunnel; /* the node where it was translated, and its label: where replies go */
	__u32 entry_label;
};

/* Value of `translations`: what was, and what it became. 88 octets. */
struct tb_translation {
	__u8 from_saddr[16];
	__u8 from_daddr[16];
	__u8 to_saddr[16];
	__u8 to_daddr[16];
	__u16 from_sport;
	__u16 from_dport;
	__u16 to_sport;
	__u16 to_dport;
	__u32 service;
	__u32 entry_tunnel;
	__u32 entry_label;
	__u32 flags;
};

/* Key of `snat`: a port of ours taken towards one remote. 40 octets. */
struct tb_snat_key {
	__u8 remote[16];
	__u8 local[16];
	__u16 remote_port;
	__u16 port;
	__u8 proto;
	enum tb_family family;
	__u8 pad[2];
};

/* Value of `snat`: who took it. 56 octets. */
struct tb_snat {
	struct tb_flow_key inside;
	__u32 flags;
	__u64 seen; /* jiffies */
};

/* Key of `fragments`: a datagram whose first fragment passed. 44 octets. */
struct tb_fragment_key {
	__u32 vrf;
	__u8 saddr[16];
	__u8 daddr[16];
	__u32 id;
	__u8 proto;
	enum tb_family family;
	__u8 pad[2];
};

/* Value of `fragments`: the ports that its first fragment had. 16 octets. */
struct tb_fragment {
	__u16 sport;
	__u16 dport;
	__u32 pad;
	__u64 seen; /* jiffies */
};

/* ---- telemetry ---- */

/* Key of `drops`. 8 octets. */
struct tb_drop_key {
	enum tb_reason reason;
	enum tb_direction direction;
	__u8 pad;
	__u32 vrf; /* 0: not known when it was dropped */
};

/* Value of `drops`, one per CPU. 16 octets. */
struct tb_drop {
	__u64 packets;
	__u64 bytes;
};

enum tb_event_kind {
	TB_EVENT_DROP = 1,
	TB_EVENT_FLOW_START = 2,
	TB_EVENT_FLOW_END = 3,
} __attribute__((packed));

/* Record of `events`. 64 octets. */
struct tb_event {
	__u64 nanoseconds; /* since boot */
	enum tb_event_kind kind;
	enum tb_direction direction;
	enum tb_reason reason;
	__u32 vrf;
	__u32 ifindex;
	__u32 length; /* octets of the frame */
	__u8 saddr[16];
	__u8 daddr[16];
	__u16 sport;
	__u16 dport;
	__u8 proto;
	enum tb_family family;
	__u16 pad;
};

/* What a program decided, left in skb->cb for test runs and `trace`, which see nothing else of a redirect. */
enum tb_outcome {
	TB_OUTCOME_PASS = 1,	/* to the host's stack, untouched */
	TB_OUTCOME_DROP = 2,	/* cb[1]: reason */
	TB_OUTCOME_DELIVER = 3, /* cb[1]: ifindex */
	TB_OUTCOME_TUNNEL = 4,	/* cb[1]: tunnel */
	TB_OUTCOME_ANSWER = 5,	/* back to the sender; cb[1]: reason, if what it sent was dropped */
};

#endif

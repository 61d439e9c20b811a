/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* config.h - what programs are told before they are loaded, and while they run.
 * tb_config is .rodata: the verifier knows its values and removes the branches that they close. The map `settings`
 * holds what may change while programs run.
 */
#ifndef TB_ABI_CONFIG_H
#define TB_ABI_CONFIG_H

/* The version of everything in bpf/abi. Pins live under v<layout>: any change of a map's key, value or type raises it. */
#define TB_LAYOUT 1

/* skb->mark of what our programs send out through a pod's host side; to_pod lets nothing else through. */
#define TB_MARK 0x746f6d62

struct tb_config {
	__u32 layout;
	__u8 tracing; /* 1: no counters, no events, no state written; for `trace` */
	__u8 pad;
	__u8 gateway_mac[6]; /* the virtual gateway of every network */
};

/* Map `settings`, entry 0. 64 octets. */
struct tb_settings {
	__u32 epoch;	    /* of policy; a flow judged in an older one is judged again */
	__u32 event_sample; /* one dropped packet in so many becomes an event; 0: none */
	__u8 local4[4];	    /* this node's underlay addresses; zeros: none */
	__u32 node;	    /* the node's id in its cluster */
	__u8 local6[16];
	__u32 flags;	   /* none yet */
	__u32 event_limit; /* drop events of one reason on one CPU in a second; 0: no limit */
	__u32 pad[6];
};

#endif

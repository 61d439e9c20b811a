// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0
/* All programs as one unit, so that they share one set of maps and the loader has one object. */
#include "lib/maps.h"

char tb_license[] SEC("license") = "GPL";

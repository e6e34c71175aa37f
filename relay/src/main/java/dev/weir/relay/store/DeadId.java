package dev.weir.relay.store;

import dev.weir.capture.CaptureId;
import dev.weir.unit.GroupName;

/** Names a row of a dead store: a capture is dead once for each group. */
public record DeadId(GroupName group, CaptureId id) {}

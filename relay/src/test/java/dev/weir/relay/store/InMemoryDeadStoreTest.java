package dev.weir.relay.store;

import dev.weir.unit.ByteSize;

class InMemoryDeadStoreTest extends DeadStoreContractTest {
  @Override
  DeadStore open(ByteSize limit) {
    return new InMemoryDeadStore(limit);
  }
}

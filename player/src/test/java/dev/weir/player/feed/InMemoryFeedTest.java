package dev.weir.player.feed;

class InMemoryFeedTest extends FeedContractTest {
  @Override
  Feed feed() {
    return bucket;
  }
}

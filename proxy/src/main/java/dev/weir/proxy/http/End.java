package dev.weir.proxy.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One end of a conversation, a peer that speaks HTTP/1 to us, as its bytes come and go. Never
 * waits: it calls back when there is something to read or room to write, from when that is asked
 * for until it is no longer. Only its lane's thread comes here.
 */
interface End {
  /** Whom to call back. Called once, before anything is asked for. */
  void listen(Runnable readable, Runnable writable);

  /** How many bytes came, 0 for none now, or -1 once the peer has closed its side. */
  int read(ByteBuffer into) throws IOException;

  void askToRead();

  /** Calls back even if nothing new comes. */
  void readSoon();

  void stopReading();

  /** How many bytes went, 0 for none now. */
  int write(ByteBuffer from) throws IOException;

  /** Whether everything written is with the network. */
  boolean flush() throws IOException;

  void askToWrite();

  void stopWriting();

  /** Closes our side, after what has been written. */
  void finish();

  void close();

  /** Closes so that the peer cannot take what it has for the whole. */
  void reset();
}

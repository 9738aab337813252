import type { Duplex } from 'node:stream';
import type { DeflateCounts } from '../../base/deflate-message.ts';
import type { Backlogs } from './backlogs.ts';
import type { DeflatedEvents } from './deflated-events.ts';
import type { FlushQueue } from './flush-queue.ts';

/** What an outbox compresses with. */
export interface OutboxCompression {
  readonly counts: DeflateCounts;
  /** Those of all readers. */
  readonly events: DeflatedEvents;
}

/** What an outbox is given. */
export interface OutboxOptions {
  /** The socket of an upgraded connection. */
  readonly socket: Duplex;
  /** Null where permessage-deflate was not negotiated. */
  readonly compression: OutboxCompression | null;
  /** Whether messages may be sent: false once a close frame was (RFC 6455, 5.5.1). */
  readonly isOpen: () => boolean;
  readonly flushQueue: FlushQueue;
  /** Bytes waiting for the reader at which the connection is cut. */
  readonly maxBacklogBytes: number;
  /** What waits for all readers. */
  readonly backlogs: Backlogs;
  /** Called once when the connection was cut for a reader too slow. */
  readonly onOverflow: () => void;
}

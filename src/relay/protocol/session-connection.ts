import type { Outbox } from '../fanout/outbox.ts';
import type { ConnectionBudget } from '../limits/budgets.ts';
import type { Sender } from '../verify/sender.ts';
import type { Lane } from '../work/lane.ts';
import type { Authentication } from './authentication.ts';
import type { Publisher } from './ingest.ts';

/** What a session has of its connection. */
export interface SessionConnection {
  readonly outbox: Outbox;
  readonly budget: ConnectionBudget;
  readonly lane: Lane;
  readonly sender: Sender;
  /** Ends the connection because of what its client does. */
  readonly cut: (reason: string) => void;
}

/** Who publishes over a connection. */
export function publisherOf({ sender, lane }: SessionConnection, authentication: Authentication): Publisher {
  return {
    sender,
    lane,
    get pubkeys() {
      return authentication.pubkeys;
    },
  };
}

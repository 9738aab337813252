import type { EventRef } from '../judge/answer.ts';
import { receivedEvent } from '../nostr/received-event.ts';

/** What evidence says of the event in a message; nothing where it holds none. */
export function refsIn(frame: Uint8Array): readonly EventRef[] {
  const event = receivedEvent(frame);
  return event === null ? [] : [{ id: event.id, kind: event.kind }];
}

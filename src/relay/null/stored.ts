import { createHash } from 'node:crypto';
import { textFrame } from './frame.ts';

const SIGNATURE = '0'.repeat(128);

/**
 * The stored events that every REQ is answered with: right in form and size, with made-up ids and signatures.
 */
export function storedEvents(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const id = createHash('sha256').update(`stored event ${i}`).digest('hex');
    const pubkey = createHash('sha256').update('null relay').digest('hex');
    const content = `stored event ${i} `.padEnd(200, '.');
    return `{"id":"${id}","pubkey":"${pubkey}","created_at":${1_700_000_000 - i},"kind":1,"tags":[],"content":"${content}","sig":"${SIGNATURE}"}`;
  });
}

/** All frames that answer a REQ: the stored events, then EOSE. `subscription` is JSON text between quotes. */
export function reqAnswer(subscription: string, events: readonly string[]): Buffer {
  const frames = events.map((event) => textFrame(`["EVENT","${subscription}",${event}]`));
  return Buffer.concat([...frames, textFrame(`["EOSE","${subscription}"]`)]);
}

import { join } from 'node:path';
import { writeHistory } from '../../src/audit/history-file.ts';
import { factsOf } from '../../src/judge/history/event-facts.ts';
import type { HistoryEntry, PublishOutcome } from '../../src/judge/history/operation.ts';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { encodeEntry } from '../../src/result/history/codec.ts';
import { tempDir } from './temp-dir.ts';

/** An event that was published, and how that ended. */
export interface Attempt {
  readonly event: NostrEvent;
  readonly outcome?: PublishOutcome;
  readonly reason?: string;
}

/** Right in form, made up in content: nothing of it is verified. */
export function madeUpEvent(n: number, changes: Partial<NostrEvent> = {}): NostrEvent {
  const id = n.toString(16).padStart(64, '0');
  const event = {
    id,
    pubkey: 'ab'.repeat(32),
    created_at: 1_700_000_000 + n,
    kind: 1,
    tags: [],
    content: '',
  };
  return { ...event, sig: 'cd'.repeat(64), ...changes };
}

/** The entries of attempts, one after the other, 10 ms each. */
export function entriesOf(attempts: readonly Attempt[]): HistoryEntry[] {
  return attempts.flatMap(({ event, outcome = 'accepted', reason = '' }, number): HistoryEntry[] => [
    {
      type: 'sent',
      number,
      atMs: number * 10,
      connection: number % 3,
      relay: number % 2,
      facts: factsOf(event),
    },
    { type: 'ended', number, atMs: number * 10 + 5, outcome, reason },
  ]);
}

/** Writes the history of attempts. @returns its path */
export async function historyFile(attempts: readonly Attempt[]): Promise<string> {
  const file = join(await tempDir(), 'history.bin');
  const writer = writeHistory(file);
  const entries = entriesOf(attempts).map(encodeEntry);
  for (let from = 0; from < entries.length; from += 100)
    writer.append(Buffer.concat(entries.slice(from, from + 100)));
  const { problem } = await writer.close();
  if (problem !== null) throw new Error(problem);
  return file;
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventSource } from '../../src/corpus/generate/event-source.ts';
import type { CorpusFile } from '../../src/corpus/replay/corpus-lines.ts';
import { DEFAULT_BASE_TIME_S } from '../../src/corpus/spec.ts';
import type { NostrEvent } from '../../src/nostr/event.ts';

/** The lines of a small corpus of profile `social`. */
export function smallCorpusLines(events: number, seed = 1): string[] {
  const source = new EventSource({ profile: 'social', seed, events, baseTime_s: DEFAULT_BASE_TIME_S });
  return Array.from({ length: events }, (_, n) => source.event(n).json);
}

/** Makes a corpus of these lines in a directory. */
export async function writeLines(dir: string, lines: readonly string[]): Promise<CorpusFile> {
  await writeFile(join(dir, 'events.jsonl'), lines.map((line) => `${line}\n`).join(''));
  return { dir, name: 'events.jsonl' };
}

/** A line with some fields changed, whether or not the event is right afterwards. */
export function changed(line: string, fields: Partial<NostrEvent>): string {
  return JSON.stringify({ ...(JSON.parse(line) as NostrEvent), ...fields });
}

/** Pieces as they might come from a file or a pipe. */
export async function* pieces(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text;
}

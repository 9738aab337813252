import { type Chunk, ChunkBuilder } from '../chunk.ts';
import type { ProfileName } from '../spec.ts';
import type { EventSource } from './event-source.ts';

/** A range of events to make. */
export interface ChunkRequest {
  readonly first: number;
  readonly events: number;
}

/** Events of a chunk: a few megabytes of text. */
const CHUNK_EVENTS: Readonly<Record<ProfileName, number>> = { social: 2_048, uniform: 2_048, heavy: 128 };
const TEXT_BYTES = 2_500_000;

/** The chunks of a corpus in order. */
export function* chunkRequests(profile: ProfileName, events: number): Generator<ChunkRequest> {
  const size = CHUNK_EVENTS[profile];
  for (let first = 0; first < events; first += size) yield { first, events: Math.min(size, events - first) };
}

/** Makes the events of a chunk. */
export function generateChunk(source: EventSource, { first, events }: ChunkRequest): Chunk {
  const builder = new ChunkBuilder(events, TEXT_BYTES);
  for (let n = first; n < first + events; n++) builder.add(source.event(n));
  return builder.build();
}

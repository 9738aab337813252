import { MarkerReader } from '../../corpus/marker.ts';

/** A query whose answer is over, as the judgement on what comes afterwards needs it. */
export interface EndedQuery {
  readonly connection: number;
  readonly sequence: number;
  readonly phase: number;
}

/** What is known of the events that the relay had before the load: none of them can come live. */
export interface StoredEvents {
  /** Whether the frame holds one of them, as far as its bytes show. */
  isStored(frame: Buffer): boolean;
  /** Stored or not, this EVENT came after the EOSE of its query. `frame` is copied if it is needed. */
  onAfterEose(query: EndedQuery, frame: Buffer): void;
}

/** Nothing is known. */
export const NOTHING_STORED: StoredEvents = { isStored: () => false, onAfterEose: () => undefined };

/**
 * Notes that were signed for the run carry the tag of stored ones.
 * @param onStored told of each that came after EOSE
 */
export function storedByMarker(
  storedTag: string,
  onStored: (query: EndedQuery, frame: Buffer) => void,
): StoredEvents {
  const marker = new MarkerReader(storedTag);
  return {
    isStored: (frame) => marker.read(frame),
    onAfterEose: (query, frame) => {
      if (marker.read(frame)) onStored(query, frame);
    },
  };
}

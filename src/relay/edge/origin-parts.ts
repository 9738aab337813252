import type { StoredEvent } from '../store/stored-event.ts';
import type { OriginInformation } from './catch-up.ts';
import type { OpenLink } from './origin-link.ts';
import type { OriginTimes } from './origin-times.ts';

/** What the connection to an origin is made of. */
export interface OriginOptions {
  /** What messages call it. */
  readonly name: string;
  readonly open: OpenLink;
  /** What the origin says of itself; asked for each connection. */
  readonly readInformation: () => Promise<OriginInformation>;
  readonly nowSeconds: () => number;
  readonly log: (text: string) => void;
  readonly times: OriginTimes;
}

/** What was found out of a gap. */
export interface Return {
  /** What the origin has taken meanwhile. */
  readonly missed: readonly StoredEvent[];
  /** Holds what is true; called when what was missed was told. @returns how many filters and ids that are */
  readonly hold: () => number;
}

import type { StoredEvent } from '../store/stored-event.ts';
import type { CoverageTable } from './coverage-table.ts';
import type { Origin } from './origin.ts';

/** Keeps what is held true by what the origin tells, and hands on every event. */
export function follow(origin: Origin, table: CoverageTable, deliver: (event: StoredEvent) => void): void {
  origin.onEvent = (event) => {
    // After a gap what is held stays as it was when the gap began: with a part of what was missed it would be as it never was.
    if (origin.isLive) table.apply(event);
    deliver(event);
  };
  origin.onAgain = (event) => table.doubt(event);
  origin.onReturn = () => table.clear();
}

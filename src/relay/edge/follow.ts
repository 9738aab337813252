import { kindClass } from '../../nostr/kinds.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import type { CoverageTable } from './coverage-table.ts';
import type { Origin } from './origin.ts';
import type { Pull } from './pull.ts';

/** Keeps what is held true by what the origin tells, and hands on every event. */
export function follow(origin: Origin, table: CoverageTable, deliver: (event: StoredEvent) => void): void {
  /** From the subscription after a gap until what is true is held again; an attempt to catch up may have failed. */
  let pull: Pull | null = null;
  origin.onEvent = (event) => {
    // After a gap what is held stays as it was when the gap began: with a part of what was missed it would be as it never was.
    if (origin.isLive) table.apply(event);
    else if (pull !== null && kindClass(event.kind) !== 'ephemeral') pull.changes.push(event);
    deliver(event);
  };
  origin.onMissed = deliver;
  origin.onAgain = (event) => table.doubt(event);
  origin.onSubscribe = () => {
    if (pull !== null) table.end(pull);
    pull = table.begin();
  };
  origin.onReturn = async (catchUp) => {
    pull ??= table.begin();
    const begun = pull;
    const { confirmed, missed } = await catchUp.compare(table.held());
    const hold = (): number => {
      table.startOver(begun, confirmed);
      pull = null;
      return table.coverages;
    };
    return { missed, hold };
  };
}

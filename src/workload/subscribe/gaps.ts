import type { Filter } from '../../nostr/filter.ts';

export interface GapsOptions {
  readonly nowNs: () => number;
  /** Unix seconds. */
  readonly now_s: () => number;
  /** With so many stored events an answer without a limit is full, as the relay says (NIP-11); null where it does not say. */
  readonly fullAnswer: number | null;
  /** Whether everything that is published stays stored as it is: signed for the run, of a regular kind. */
  readonly isKept: boolean;
}

/** A delivery that is looked for. */
export interface Owed {
  /** When its event was first written, monotonic ns. */
  readonly startedNs: number;
  /** `created_at` of its event. */
  readonly createdAt_s: number;
}

/** A time without a live subscription, and the question that ended it. */
interface Absence {
  /** `since` of that question; null until it is asked. */
  since_s: number | null;
  /** When its EOSE came, monotonic ns; Infinity before. */
  endNs: number;
  stored: number;
  oldest_s: number;
}

interface Client {
  /** The newest `created_at` that it has seen while nothing was missing; -Infinity before the first. */
  newest_s: number;
  /** The same, with what came before the EOSE of its question. */
  newestInAnswer_s: number;
  /** In the order of their time, the last ones. */
  readonly absences: Absence[];
}

/**
 * A careful client steps back a little from the newest event that it has: others may have been on their way, or their authors'
 * clocks behind.
 */
const STEP_BACK_S = 5;
/** A relay that cuts answers silently never cuts them below this. */
const LEAST_SILENT_CAP = 100;
/** An event is looked for no longer than that. */
const MOST_ABSENCES = 16;
const CREATED_AT = Buffer.from('"created_at":');

/**
 * What clients do about the time in which they were away: they ask for what is newer than the newest event that they have, and go on
 * from there. Knows which deliveries that reaches, so that no relay is blamed for the others.
 */
export class Gaps {
  readonly #options: GapsOptions;
  readonly #clients = new Map<number, Client>();

  constructor(options: GapsOptions) {
    this.#options = options;
  }

  /** An event has come on the subscription of a connection. @param isLive whether that was live by then */
  seen(connection: number, frame: Buffer, isLive: boolean): void {
    const createdAt_s = createdAtIn(frame);
    if (!Number.isFinite(createdAt_s)) return;
    const client = this.#clientOf(connection);
    if (isLive) {
      client.newest_s = Math.max(client.newest_s, createdAt_s);
      return;
    }
    client.newestInAnswer_s = Math.max(client.newestInAnswer_s, createdAt_s);
    const absence = client.absences.at(-1);
    if (absence === undefined) return;
    absence.stored++;
    absence.oldest_s = Math.min(absence.oldest_s, createdAt_s);
  }

  /** Its subscription is gone with its connection. */
  onLost(connection: number): void {
    const client = this.#clientOf(connection);
    const { absences } = client;
    if (client.newest_s === Number.NEGATIVE_INFINITY) client.newest_s = this.#options.now_s();
    if (this.isOpenGap(connection)) return;
    absences.push(newAbsence());
    if (absences.length > MOST_ABSENCES) absences.shift();
  }

  /** Whether it has lost its subscription and is not live again. */
  isOpenGap(connection: number): boolean {
    return this.#clients.get(connection)?.absences.at(-1)?.endNs === Number.POSITIVE_INFINITY;
  }

  /** What it asks for now that it is back: what it has missed, and what comes from now on whenever that was written. */
  filtersFor(connection: number, filter: Filter): readonly Filter[] {
    const client = this.#clientOf(connection);
    const absence = client.absences.at(-1);
    if (absence === undefined || !this.isOpenGap(connection)) return [filter];
    const since = client.newest_s - STEP_BACK_S;
    // An answer that was cut off by a further loss says nothing.
    Object.assign(absence, newAbsence(), { since_s: since });
    client.newestInAnswer_s = client.newest_s;
    const { limit: _limit, ...unlimited } = filter;
    return [
      { ...unlimited, since },
      { ...filter, limit: 0 },
    ];
  }

  /** Its subscription is live. */
  onLive(connection: number): void {
    const client = this.#clientOf(connection);
    const absence = client.absences.at(-1);
    if (absence === undefined || absence.endNs !== Number.POSITIVE_INFINITY) return;
    absence.endNs = this.#options.nowNs();
    client.newest_s = Math.max(client.newest_s, client.newestInAnswer_s);
  }

  /** Whether an event that was written then may come again on this subscription: what it asked for overlaps with what it had. */
  mayRepeat(connection: number, startedNs: number): boolean {
    const absence = this.#clients.get(connection)?.absences.at(-1);
    return absence !== undefined && startedNs <= absence.endNs;
  }

  /** Whether the relay owes a delivery to a connection for certain: it was there all the time, or what it asked for reaches it. */
  isOwed(connection: number, { startedNs, createdAt_s }: Owed): boolean {
    const { isKept } = this.#options;
    const absences = (this.#clients.get(connection)?.absences ?? []).filter(({ endNs }) => endNs > startedNs);
    return absences.every((absence) => isKept && this.#reaches(absence, createdAt_s));
  }

  #reaches({ since_s, endNs, stored, oldest_s }: Absence, createdAt_s: number): boolean {
    if (since_s === null || endNs === Number.POSITIVE_INFINITY || createdAt_s < since_s) return false;
    const isCut = stored >= (this.#options.fullAnswer ?? LEAST_SILENT_CAP);
    return !isCut || createdAt_s > oldest_s;
  }

  #clientOf(connection: number): Client {
    const known = this.#clients.get(connection);
    if (known !== undefined) return known;
    const none = Number.NEGATIVE_INFINITY;
    const client: Client = { newest_s: none, newestInAnswer_s: none, absences: [] };
    this.#clients.set(connection, client);
    return client;
  }
}

function newAbsence(): Absence {
  return {
    since_s: null,
    endNs: Number.POSITIVE_INFINITY,
    stored: 0,
    oldest_s: Number.POSITIVE_INFINITY,
  };
}

/** `created_at` of the event in a frame; NaN where there is none. */
function createdAtIn(frame: Buffer): number {
  const at = frame.indexOf(CREATED_AT);
  return at < 0
    ? Number.NaN
    : Number.parseInt(frame.toString('latin1', at + CREATED_AT.length, at + CREATED_AT.length + 16), 10);
}

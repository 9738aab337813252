import { setTimeout as delay } from 'node:timers/promises';

/** How long to go on; a machine may be busy, so that only what never comes should get to the end. */
export interface Patience {
  /** Between two looks. */
  readonly everyMs?: number;
  /** Looks in all; 600 unless given: half a minute where a look takes no time. */
  readonly looks?: number;
}

/**
 * Waits for something that will come by itself.
 * @param what names it in the error
 * @throws Error where it has not come after so many looks; whatever a look throws
 */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { everyMs = 50, looks = 600 }: Patience = {},
): Promise<void> {
  for (let look = 0; look < looks; look++) {
    if (await holds()) return;
    await delay(everyMs);
  }
  throw new Error(`never: ${what}`);
}

import { setTimeout as delay } from 'node:timers/promises';

/** How long to go on; a machine may be busy, so that only what never comes should get to the end. */
export interface Patience {
  /** Between two looks. */
  readonly everyMs?: number;
  /** Looks in all; 600 unless given: half a minute where a look takes no time. */
  readonly looks?: number;
}

/**
 * Waits for something that will come by itself. The one way in which tests poll: no loop of their own, and none of
 * vitest's, which give up after a second however busy the machine is.
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

/**
 * Waits until an assertion passes; {@link eventually} for what says best by itself what is amiss.
 * @throws what the assertion threw last, where it has not passed after so many looks
 */
export async function eventuallyPasses(
  assertion: () => unknown,
  { everyMs = 50, looks = 600 }: Patience = {},
): Promise<void> {
  let failure: unknown = null;
  const passes = async (): Promise<boolean> => {
    try {
      await assertion();
      return true;
    } catch (error) {
      failure = error;
      return false;
    }
  };
  await eventually('', passes, { everyMs, looks }).catch(() => {
    throw failure;
  });
}

import type { ReplySorterOptions } from '../../src/engine/worker/reply-sorter.ts';

/** Of a worker whose relay asks nobody who he is. */
export const NO_AUTHENTICATION: ReplySorterOptions['authentication'] = {
  onChallenge: () => true,
  hold: () => undefined,
  onAccepted: () => false,
  onOk: () => false,
};

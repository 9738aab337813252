import type { SendingOwner } from '../../workload/worker-part.ts';
import type { FromWorker } from '../messages.ts';
import { inSlices, SLICE_MS } from './in-slices.ts';

/** Builds frames of the first arrivals, as many as memory holds. */
export async function fillAhead(
  workloads: readonly Pick<SendingOwner, 'sender'>[],
  send: (message: FromWorker) => void,
): Promise<void> {
  for (const { sender } of workloads) {
    const task = { what: 'what is to be sent', total: sender.roomAhead, send };
    await inSlices(task, () => {
      const { built, isFull } = sender.fillAhead(SLICE_MS);
      return { done: built, isOver: isFull };
    });
  }
}

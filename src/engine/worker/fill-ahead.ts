import type { FrameSender } from '../../workload/frame-sender.ts';
import type { FromWorker } from '../messages.ts';
import { inSlices, SLICE_MS } from './in-slices.ts';

/** A workload whose frames are built before they are due. */
interface Sending {
  readonly sender: FrameSender;
}

/** Builds frames of the first arrivals, as many as memory holds. */
export async function fillAhead(
  workloads: readonly (Sending | null)[],
  send: (message: FromWorker) => void,
): Promise<void> {
  for (const workload of workloads) {
    if (workload === null) continue;
    const { sender } = workload;
    const task = { what: 'what is to be sent', total: sender.roomAhead, send };
    await inSlices(task, () => {
      const { built, isFull } = sender.fillAhead(SLICE_MS);
      return { done: built, isOver: isFull };
    });
  }
}

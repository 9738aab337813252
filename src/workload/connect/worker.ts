import { OpeningStream } from '../opening-stream.ts';
import { firstOpenedBy, scheduleOf } from '../stream-of.ts';
import { type CreatePart, IdlePart, type WorkerContext } from '../worker-part.ts';
import type { ConnectPlan } from './plan.ts';

/** A storm of new connections: each arrival opens one and holds it to the end of the run. */
class ConnectPart extends IdlePart {
  readonly #streams: readonly OpeningStream[];

  constructor(context: WorkerContext) {
    super();
    const { plan, start, connections } = context;
    const first = firstOpenedBy(plan, 'connect');
    this.#streams = [
      new OpeningStream({
        schedule: scheduleOf(context, 'connect'),
        start,
        open: (number, scheduledNs) => connections.open(first + number, scheduledNs, true),
        opening: () => connections.opening,
      }),
    ];
  }

  override get streams(): readonly OpeningStream[] {
    return this.#streams;
  }
}

export const createConnectPart: CreatePart<ConnectPlan> = (_plan, context) => new ConnectPart(context);

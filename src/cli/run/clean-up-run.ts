import { type CleanUpResult, cleanUp } from '../../clean-up/clean-up.ts';
import { ownEventsOf, undeletable } from '../../clean-up/own-events.ts';
import type { Plan } from '../../plan/plan.ts';
import { visible } from '../../report/escape.ts';
import type { Io } from '../io.ts';

/** Deletes what a run has published. */
export type RunCleanUp = (where: CleanUpPlace) => Promise<CleanUpResult>;

export interface CleanUpPlace {
  /** Fitted to the relay, so that the marks of the run are known. */
  readonly plan: Plan;
  /** Of every relay. */
  readonly urls: readonly string[];
  /** `max_limit` of the relays (NIP-11); null where they don't say. */
  readonly maxLimit: number | null;
}

/** The clean-up at the end of a run, which says on stderr what it does. */
export function prepareCleanUp(io: Pick<Io, 'stderr'>): RunCleanUp {
  return async ({ plan, urls, maxLimit }) => {
    const { insecure, authUrl } = plan.connections;
    if (plan.fitted === undefined)
      throw new Error('only a plan that was fitted to its relay can be cleaned up after');
    io.stderr.write('clean-up: looking for what this run has published\n');
    const result = await cleanUp({
      ...ownEventsOf(plan, plan.fitted),
      ...{ urls, insecure, maxLimit },
      authUrl: authUrl ?? undefined,
      onFound: (events) =>
        io.stderr.write(
          `clean-up: ${events.toLocaleString('en-US')} events of this run are there; asking for their deletion (NIP-09)\n`,
        ),
    });
    const lines = [cleanUpText(result), undeletable(plan), ...result.problems];
    for (const line of lines) if (line !== null) io.stderr.write(`clean-up: ${visible(line)}\n`);
    return result;
  };
}

/** What a clean-up has come to, one sentence. */
export function cleanUpText({ found, deleted, requests, refused }: CleanUpResult): string {
  const refusals = Object.entries(refused).map(([word, count]) => `${count} refused (${word})`);
  const asked = [`${requests} deletion requests taken`, ...refusals].join(', ');
  if (found === 0) return 'nothing of this run is there';
  const left = found - deleted;
  const rest = left === 0 ? '' : `; ${left.toLocaleString('en-US')} are still there`;
  return `${deleted.toLocaleString('en-US')} of ${found.toLocaleString('en-US')} events are gone${rest} (${asked}, which stay)`;
}

/** What a reader must know of a clean-up that did not come to its end. */
export function leftBehind(cleaned: CleanUpResult | null): readonly string[] {
  if (cleaned === null) return [];
  const isLeft = cleaned.deleted < cleaned.found || cleaned.problems.length > 0;
  return isLeft ? [`clean-up: ${[cleanUpText(cleaned), ...cleaned.problems].join('; ')}`] : [];
}

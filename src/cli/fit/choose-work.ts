import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import type { RelayInformation } from '../../nostr/nip11.ts';
import type { Plan } from '../../plan/plan.ts';

/** Leading zero bits that are mined at most: a million hashes, some seconds, an event. */
const MOST_BITS = 20;
/** Hashes of one worker at most: about ten minutes. */
const MOST_HASHES = 2 ** 28;

/** How much work the events of a run do. */
export interface ChosenWork {
  /** Leading zero bits of every id; 0 for none. */
  readonly work: number;
  /** What a reader must know. */
  readonly remarks: readonly string[];
}

/**
 * The work that a relay asks for in its NIP-11 document (NIP-13). Events that are signed for the run are mined for it;
 * those of a named corpus are not, since others refer to their ids.
 * @throws RelayBenchError `WORK_TOO_HARD`, `WORK_TOO_LONG` (exit 3)
 */
export function chooseWork({
  plan,
  information,
}: {
  readonly plan: Plan;
  readonly information: RelayInformation | null;
}): ChosenWork {
  const bits = Math.ceil(information?.limitation?.min_pow_difficulty ?? 0);
  const published = plan.streams.find(({ name }) => name === 'publish')?.total ?? 0;
  const events = plan.corpus.events + published;
  const isWriting = plan.workloads.publish !== undefined || events > 0;
  if (!(bits > 0) || !isWriting) return { work: 0, remarks: [] };
  const wanted = `the relay asks for ${bits} leading zero bits of work (NIP-13)`;
  if (plan.corpus.named !== null)
    return {
      work: 0,
      remarks: [`${wanted}, which the events of a named corpus do not carry: it may refuse them all`],
    };
  requirePossible(bits, Math.ceil(events / plan.workers), wanted);
  const whileRunning =
    plan.load.model === 'closed' && plan.workloads.publish !== undefined
      ? '; in the closed model those to be published are mined while it runs, which slows them'
      : '';
  return { work: bits, remarks: [`${wanted}: events were mined for it${whileRunning}`] };
}

function requirePossible(bits: number, eventsEach: number, wanted: string): void {
  if (bits > MOST_BITS)
    throw new RelayBenchError(`${wanted}, and at most ${MOST_BITS} are mined`, {
      code: 'WORK_TOO_HARD',
      hint: `lower min_pow_difficulty of the relay to ${MOST_BITS} or less for the benchmark`,
      exitCode: EXIT.unreachable,
    });
  const hashes = eventsEach * 2 ** bits;
  if (hashes <= MOST_HASHES) return;
  const affordable = Math.floor(MOST_HASHES / 2 ** bits);
  throw new RelayBenchError(
    `${wanted}: mining ${eventsEach} events a worker would take more than ten minutes`,
    {
      code: 'WORK_TOO_LONG',
      hint: `${affordable} events a worker can be mined: lower the rate, the duration or the events stored beforehand, or take more workers`,
      exitCode: EXIT.unreachable,
    },
  );
}

import { createHash } from 'node:crypto';
import { NEWEST_NOTE_S, NOTES_SPAN_S } from '../../plan/corpus-times.ts';
import type { FittedCorpus, NamedCorpus } from '../../plan/parts.ts';
import type { Plan } from '../../plan/plan.ts';
import { unenforcedLimits } from './check-limits.ts';
import { chooseTimes, type TimeQuestion, timesOf } from './choose-times.ts';
import { chooseWork } from './choose-work.ts';
import { findPresent } from './find-present.ts';
import { makeRunCorpus } from './make-run-corpus.ts';
import { meetLimits } from './meet-limits.ts';

/** What is published is new for each salt. */
export type FitRequest = TimeQuestion;

/** A plan whose corpus suits its relay. */
export interface Fitting {
  readonly plan: Plan;
  /** Removes what was made for this run. */
  release(): Promise<void>;
}

/** Fits the corpus of a plan to its relay. */
export type FitCorpus = (request: FitRequest) => Promise<Fitting>;

/** Hex digits of the salt in an event. */
const SALT_DIGITS = 16;

/**
 * Fits the corpus of a plan to its relay, before anything is measured: moves it into the time that the relay takes,
 * makes what will be published new, and finds out what of the rest is there already.
 * @throws RelayBenchError where the events can't be made, or the relay asks for more work than can be done for them
 */
export const fitCorpus: FitCorpus = async (request) => {
  const { plan, salt } = request;
  const { named, events } = plan.corpus;
  const { work, remarks: ofWork } = chooseWork(request);
  const remarks = [...meetLimits(request), ...ofWork];
  const findings = await unenforcedLimits(request);
  const plain: FittedCorpus = { salt, times: null, present: new Set(), work, remarks, findings };
  if (named !== null) return fitNamed(request, named, plain);
  const wanted = { end_s: Math.floor(Date.now() / 1_000) - NEWEST_NOTE_S, span_s: NOTES_SPAN_S };
  const chosen =
    events === 0 ? { times: null, remarks: [] } : await chooseTimes({ ...request, work }, wanted, 'notes');
  const fitted = { ...plain, times: chosen.times, remarks: [...remarks, ...chosen.remarks] };
  return { plan: { ...plan, fitted }, release: async () => undefined };
};

async function fitNamed(request: FitRequest, named: NamedCorpus, plain: FittedCorpus): Promise<Fitting> {
  const { plan } = request;
  const own = timesOf(named);
  if (own === null) return { plan: { ...plan, fitted: plain }, release: async () => undefined };
  const { times, remarks } = await chooseTimes(
    request,
    own,
    named.generated === null ? 'imported' : 'generated',
  );
  const isSalted = plan.workloads.publish?.replay != null && !named.fresh;
  const made = await makeRunCorpus(named, {
    times: times === own ? null : times,
    salt: isSalted ? { text: shortened(request.salt), from: plan.corpus.events } : null,
    signal: request.signal,
  });
  const asked = await findPresent(request, made.named);
  return {
    plan: {
      ...plan,
      corpus: { ...plan.corpus, named: made.named },
      fitted: {
        ...plain,
        times,
        present: asked.present,
        remarks: [...plain.remarks, ...remarks, ...asked.remarks],
      },
    },
    release: made.release,
  };
}

/** A salt may be any text; in an event stand 16 hex digits of its hash. */
function shortened(salt: string): string {
  return createHash('sha256').update(salt).digest('hex').slice(0, SALT_DIGITS);
}

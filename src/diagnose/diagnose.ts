import type { RunRecord } from '../record/schema.ts';
import { CAUSE_NAMES, CAUSES, type Sureness, type Suspect } from './causes.ts';
import { withoutConsequences, withoutStarved } from './consequences.ts';
import { waitsBehindRelays } from './database.ts';
import { busyMachine, busyThreads } from './processes.ts';
import { cappedParts } from './quota.ts';
import { DIAGNOSIS_VERSION, type Diagnosis } from './schema.ts';
import { headroomOf, ofFanOut, ofGenerator, ofLimiter, ofWay } from './traffic.ts';
import { type View, viewOf } from './view.ts';

const SURENESS: readonly Sureness[] = ['sure', 'likely', 'possible'];
/** More of what was not busy tells nothing. */
const MOST_HEADROOM = 5;

/**
 * What saturated first in a run, from its record alone: every part whose figures were at their end in a quarter of the
 * seconds or more, the surest first; of equally sure ones that which lies nearer to the data, because what stands before
 * it waits for it.
 */
export function diagnose(record: RunRecord): Diagnosis {
  const view = viewOf(record);
  const found = [...ofGenerator(view), ...ofLimiter(view), ...ofWay(view), ...busyThreads(view)];
  const seen = [...found, ...ofFanOut(view, found), ...busyMachine(view), ...waitsBehindRelays(view)];
  const all = withoutConsequences(cappedParts(view), withoutStarved(view, seen));
  const suspects = all.toSorted(byRank).map((suspect) => ({
    ...suspect,
    title: CAUSES[suspect.cause].title,
    remedy: suspect.remedy ?? CAUSES[suspect.cause].remedy,
    page: CAUSES[suspect.cause].page,
    seconds: [...suspect.seconds],
    evidence: [...suspect.evidence],
  }));
  return {
    diagnosisVersion: DIAGNOSIS_VERSION,
    runId: record.runId,
    scenario: record.scenario.name,
    verdict: record.verdict,
    bottleneck: suspects[0]?.cause ?? null,
    suspects,
    headroom: headroomOf(view)
      .slice(0, MOST_HEADROOM)
      .map((one) => ({ ...one })),
    notSeen: notSeen(view),
  };
}

function byRank(a: Suspect, b: Suspect): number {
  const sureness = SURENESS.indexOf(a.sureness) - SURENESS.indexOf(b.sureness);
  const place = CAUSE_NAMES.indexOf(b.cause) - CAUSE_NAMES.indexOf(a.cause);
  return sureness !== 0 ? sureness : place !== 0 ? place : b.seconds.length - a.seconds.length;
}

/** What this record can't tell, so that nobody takes it for excluded. */
function notSeen({ record, parts, seconds }: View): string[] {
  const unread = parts.filter(
    ({ samples }) => ![...samples.values()].some(({ cpuShare }) => cpuShare !== null),
  );
  return [
    ...(parts.length === 0
      ? [
          'nothing of the relay was sampled, only what its clients see: start it with `--relay NAME=COMMAND`, or load a stack',
        ]
      : []),
    ...unread.map(({ name }) => `${name} has no samples in this record`),
    ...(record.target.kind === 'stack' || parts.length === 0
      ? []
      : ['what the relay waits for inside (its store, its disk) is known of a stack alone']),
    ...(seconds.length === 0 ? ['the run has no measured second'] : []),
  ];
}

import { curveOf } from '../../capacity/knee.ts';
import type { Capacity, CapacityStep } from '../../capacity/schema.ts';
import { baseLatency, HEADLINES, type LatencyMetric } from '../../metric/catalogue.ts';
import { latencyWords } from '../latency-words.ts';
import { duration, NOTHING, number, percent, rate, seconds } from '../quantity.ts';
import {
  type Cell,
  cell,
  columns,
  list,
  type ReportDocument,
  type Section,
  type Tone,
} from '../view/document.ts';
import { gateSentence } from '../view/gate-sentence.ts';
import { scalingSection } from './scaling.ts';
import { type CapacityWord, endedText, levelOf, levelText, wordOf } from './words.ts';

/** What a report of a search says, in reading order: the limit, what failed first, the curve, every step. */
export function buildCapacityDocument(capacity: Capacity): ReportDocument<CapacityWord> {
  const sections = [
    failedSection(capacity),
    curveSection(capacity),
    scalingSection(capacity),
    stepsSection(capacity),
    capacity.caveats.length === 0 ? null : list('Caveats', capacity.caveats, 'verdict'),
  ];
  return {
    headline: {
      word: wordOf(capacity),
      question: questionOf(capacity),
      sentence: sentenceOf(capacity),
      next: nextOf(capacity),
      facts: factsOf(capacity),
    },
    sections: sections.filter((section) => section !== null),
  };
}

function questionOf({ scenario, target, of }: Capacity): string {
  const what = of === 'rate' ? 'which rate' : 'how many connections';
  return `${scenario.name} against ${target.name}: ${what} with every gate held`;
}

function sentenceOf(capacity: Capacity): string {
  const { limit, firstToFail } = capacity;
  const broke = firstToFail === null ? '' : `: ${firstGate(firstToFail)}`;
  const text = (level: number): string => levelText(capacity, level);
  if (limit.low === null) {
    const lowest = capacity.steps.toSorted((a, b) => levelOf(capacity, a) - levelOf(capacity, b))[0];
    if (lowest === undefined) return `nothing was measured: ${endedText(capacity)}`;
    const level = text(levelOf(capacity, lowest));
    return wordOf(capacity) === 'NONE'
      ? `not even ${level} hold every gate${broke}`
      : `nothing is known of the relay: ${lowest.reason === '' ? endedText(capacity) : lowest.reason}`;
  }
  if (limit.atLeast || limit.high === null)
    return `at least ${text(limit.low)} hold every gate; none was shown to break it (${whyNoMore(capacity)})`;
  const sure = limit.confirmed ? '' : `; not confirmed: ${endedText(capacity)}`;
  return `${text(limit.low)} hold every gate, ${number(limit.high)} do not${broke}${sure}`;
}

/** Why nothing higher was tried. */
function whyNoMore(capacity: Capacity): string {
  const { steps, ended } = capacity;
  const beyond = steps.findLast(({ verdict }) => verdict === 'invalid');
  return beyond !== undefined && ended !== 'budget' ? beyond.reason : endedText(capacity);
}

function firstGate({ gates, reason }: NonNullable<Capacity['firstToFail']>): string {
  const [first] = gates;
  return first === undefined ? reason : gateSentence(first);
}

function nextOf({ limit, ended, firstToFail, steps }: Capacity): string {
  const broken = steps.findLast(({ verdict, file }) => verdict === 'broken' && file !== null);
  if (ended === 'target-lost') return 'look into the log of the relay for why it went';
  if (limit.atLeast) return 'give the generator more cores or another machine, and search again';
  if (limit.low !== null && !limit.confirmed) return 'give it a longer --budget to confirm both ends';
  return firstToFail === null || broken === undefined
    ? 'free this machine of other work, and search again'
    : `relay-bench diagnose ${broken.file}, in the directory of this report, says what gave way`;
}

function factsOf(capacity: Capacity): string[] {
  const { scenario, target, steps, duration_s, tolerance, arrivals, startedAt, scaling } = capacity;
  const others = (scaling?.points ?? []).filter(({ relays }) => relays !== target.relays);
  return [
    scenario.name,
    target.urls[0] ?? target.name,
    `${steps.length} steps in ${seconds(duration_s)}`,
    `to ${percent(tolerance)}`,
    arrivals === 'even' ? 'arrivals evenly spaced' : 'arrivals as in the scenario',
    endedText(capacity),
    ...(others.length === 0
      ? []
      : [`searched with ${others.map(({ relays }) => relays).join(', ')} as well`]),
    startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
  ];
}

function failedSection({ firstToFail }: Capacity): Section | null {
  if (firstToFail === null || firstToFail.gates.length === 0) return null;
  return list('What failed first', firstToFail.gates.map(gateSentence), 'verdict');
}

/** The headline latencies that any step has, in the order of the catalogue. */
export function shownLatencies(steps: readonly CapacityStep[]): readonly LatencyMetric[] {
  return HEADLINES.filter((name) => steps.some(({ latencies }) => latencies[name] !== undefined));
}

function curveSection(capacity: Capacity): Section | null {
  const curve = curveOf(capacity.steps);
  if (curve.length === 0) return null;
  const metrics = shownLatencies(curve);
  const [main] = metrics;
  const { knee } = capacity;
  const metric = (knee?.metric as LatencyMetric | undefined) ?? main;
  const others = metrics.filter((name) => name !== metric);
  const offered = capacity.of === 'rate' ? '>offered' : '>connections';
  const heads = metric === undefined ? [] : ['>p50', '>p95', '>p99'];
  return {
    title: 'Throughput and latency',
    topic: 'latency',
    note: kneeNote(capacity, metric),
    content: {
      kind: 'table',
      columns: columns(
        '',
        offered,
        '>achieved',
        ...heads,
        ...others.map((name) => `>${shortName(name)} p95?`),
      ),
      rows: curve.map((step) => curveRow(capacity, step, { metric, others })),
    },
  };
}

function kneeNote({ knee }: Capacity, metric: LatencyMetric | undefined): string {
  const of = metric === undefined ? '' : `${latencyWords(metric)}; `;
  return knee === null
    ? `${of}too few levels for a knee`
    : `${of}knee at ${rate(knee.rate_per_s)}: most throughput for its latency`;
}

function shortName(name: LatencyMetric): string {
  return baseLatency(name).replace('_latency', '');
}

const MARKS = { held: '✓', broken: '✗', invalid: '?', stopped: '–' } as const;
const TONES: Readonly<Record<CapacityStep['verdict'], Tone>> = {
  held: 'good',
  broken: 'bad',
  invalid: 'warn',
  stopped: 'muted',
};

function curveRow(
  capacity: Capacity,
  step: CapacityStep,
  { metric, others }: { metric: LatencyMetric | undefined; others: readonly LatencyMetric[] },
): Cell[] {
  const { knee } = capacity;
  const isKnee =
    knee !== null && knee.rate_per_s === step.rate_per_s && knee.connections === step.connections;
  const latency = metric === undefined ? undefined : step.latencies[metric];
  const times =
    metric === undefined ? [] : [latency?.p50_us, latency?.p95_us, latency?.p99_us].map((us) => us ?? null);
  const level = capacity.of === 'rate' ? rate(step.rate_per_s) : number(step.connections);
  return [
    cell(`${MARKS[step.verdict]}${isKnee ? ' knee' : ''}`, TONES[step.verdict]),
    cell(level),
    cell(step.achieved_per_s === null ? NOTHING : rate(step.achieved_per_s)),
    ...times.map((us) => cell(duration(us))),
    ...others.map((name) => cell(duration(step.latencies[name]?.p95_us ?? null))),
  ];
}

function stepsSection(capacity: Capacity): Section {
  return {
    title: 'Steps',
    topic: 'load',
    detail: 'folded',
    note: 'each is a run of its own; its record lies in the directory of this report',
    content: {
      kind: 'table',
      columns: columns('>step', 'why?', '>level', 'verdict', '~reason', 'record?'),
      rows: capacity.steps.map((step): Cell[] => [
        cell(String(step.number)),
        cell(step.why),
        cell(levelText(capacity, levelOf(capacity, step))),
        cell(step.verdict, TONES[step.verdict]),
        cell(stepReason(step)),
        cell(step.file ?? NOTHING),
      ]),
    },
  };
}

/** What broke with its figure, where a gate did. */
export function stepReason({ failed, reason }: CapacityStep): string {
  const [first] = failed;
  return first === undefined ? reason : gateSentence(first);
}

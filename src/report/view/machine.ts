import type { ComponentUsage, RunRecord } from '../../record/schema.ts';
import { bytes, cores, count, duration, NOTHING, percent, seconds } from '../quantity.ts';
import { type Cell, cell, code, columns, row, type Section } from './document.ts';

/** Whether the generator itself was at ease; without it no latency can be believed. */
export function generatorSection(record: RunRecord): Section {
  const g = record.generator;
  const rows = [
    row('workers', count(g.workers), `CPU of the busiest ${cores(g.cpuShare)}`),
    ...placementRows(g),
    row(
      'event loop busy',
      `mean ${percent(g.eventLoopUtilization.mean)}`,
      `max ${percent(g.eventLoopUtilization.max)}`,
    ),
    distributionRow('event-loop delay', g.eventLoopDelay_us),
    distributionRow('send lag', g.sendLag_us),
    row('memory', `max ${bytes(g.rssMax_bytes)}`, `CPU stolen by the hypervisor ${percent(g.steal)}`),
    ...gcRows(record),
    ...ceilingRows(record),
  ];
  return {
    title: 'Generator',
    topic: 'machine',
    detail: 'folded',
    content: { kind: 'table', columns: columns('', '', ''), rows },
  };
}

/** Which cores the run has kept to; none where the system decided. */
function placementRows({ placement }: RunRecord['generator']): Cell[][] {
  if (placement === undefined) return [];
  const { workers, others } = placement;
  return [row('cores', `workers ${workers.join(', ')}`, `the rest of the run ${others.join(', ')}`)];
}

/** The longest pauses of the garbage collector: what a late operation may have waited for. */
function gcRows({ generator: { gcPauses, workers } }: RunRecord): Cell[][] {
  if (gcPauses === undefined) return [];
  const longest = gcPauses.longest.map(({ worker, second, kind, duration_us }) => {
    const place = workers > 1 ? `${kind}, second ${second}, worker ${worker}` : `${kind}, second ${second}`;
    return `${duration(duration_us)} (${place})`;
  });
  const named = longest.length === 0 ? NOTHING : `longest ${longest.join(', ')}`;
  return [
    row(
      'garbage collection',
      `${count(gcPauses.count)} pauses, ${percent(gcPauses.share)} of the time`,
      named,
    ),
  ];
}

/** How near the generator came to what it can do; none where that is unknown, which the caveats say. */
function ceilingRows({ generator: { ceiling, workers } }: RunRecord): Cell[][] {
  if (ceiling === null) return [];
  const rates = [
    [ceiling.eventsPerSecond, 'events'],
    [ceiling.queriesPerSecond, 'queries'],
    [ceiling.deliveriesPerSecond, 'deliveries'],
    [ceiling.connectionsPerSecond, 'connections'],
  ] as const;
  const [first = '', second = '', ...others] = rates.flatMap(([rate, what]) =>
    rate === null ? [] : [`${workers > 1 ? `${workers} × ` : ''}${count(rate)} ${what}/s`],
  );
  const share: Cell = {
    text: `${percent(ceiling.share)} of ${first}`,
    tone: ceiling.share > ceiling.limit ? 'bad' : 'plain',
  };
  const basis =
    ceiling.calibratedAt === null
      ? 'by how busy the workers were'
      : `calibrated ${ceiling.calibratedAt.slice(0, 10)}`;
  const more = second === '' ? [] : [row('other ceilings', second, others.join(', '))];
  return [[cell("machine's ceiling"), share, cell(basis)], ...more];
}

function distributionRow(label: string, d: RunRecord['generator']['sendLag_us']): Cell[] {
  return row(label, `p50 ${duration(d.p50_us)}, p99 ${duration(d.p99_us)}`, `max ${duration(d.max_us)}`);
}

/** CPU and memory of the relay and of every other observed process; null where none could be observed. */
export function componentsSection(record: RunRecord): Section | null {
  if (record.components.length === 0) return null;
  const more = record.target.kind === 'url' ? OF_A_RELAY : [];
  const shown = more.filter(({ of }) => record.components.some((component) => of(component) !== null));
  const rows = record.components.map((component) => [
    cell(component.name),
    cell(component.role),
    cell(cores(component.cpuShare)),
    cell(seconds(component.cpu_s)),
    cell(bytes(component.rssMax_bytes)),
    ...shown.map(({ of, text }) => cell(text(of(component)))),
  ]);
  const all = columns(
    ...['component', 'role', '>CPU, mean', '>CPU time', '>memory, max'],
    ...shown.map(({ title }) => `>${title}?`),
  );
  return {
    title: 'Components',
    topic: 'machine',
    detail: 'folded',
    content: { kind: 'table', columns: all, rows },
  };
}

interface MoreOfRelay {
  readonly title: string;
  readonly of: (component: ComponentUsage) => number | null;
  readonly text: (value: number | null) => string;
}

/** What is known besides of a relay that a command has started, or that `--process` names. */
const OF_A_RELAY: readonly MoreOfRelay[] = [
  {
    title: 'open files',
    of: mostDescriptors,
    text: (value) => (value === null ? NOTHING : count(value)),
  },
  { title: 'to disk', of: ({ figures = {} }) => figures['bytesToDisk_total'] ?? null, text: bytes },
  { title: 'data, max', of: ({ figures = {} }) => figures['data_bytes_max'] ?? null, text: bytes },
];

function mostDescriptors({ samples = [] }: ComponentUsage): number | null {
  const known = samples.flatMap(({ descriptors }) => descriptors ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

/** What commands have started for the run; null where that is nothing. */
export function startedSection({ target: { relays = [] } }: RunRecord): Section | null {
  const started = relays.flatMap(({ command, ...relay }) =>
    command === null ? [] : [{ ...relay, command }],
  );
  if (started.length === 0) return null;
  const rows = started.map(({ name, command, readyMs, dataBytes, log }) => [
    cell(name),
    cell(readyMs === null ? NOTHING : seconds(readyMs / 1_000)),
    cell(bytes(dataBytes)),
    cell(log ?? NOTHING),
    code(command),
  ]);
  const all = columns('relay', '>ready after', '>data at the end?', 'log?', '~command');
  return { title: 'Started for the run', topic: 'machine', content: { kind: 'table', columns: all, rows } };
}

/** Where the run took place. */
export function environmentSection(record: RunRecord): Section {
  const e = record.environment;
  const files = e.limits.openFiles === null ? 'unknown' : count(e.limits.openFiles);
  const software = ['name', 'software', 'version'].map((key) => record.target.nip11?.[key]);
  const relay = software
    .filter((text): text is string => typeof text === 'string' && text !== '')
    .join(' · ');
  const rows = [
    row('machine', `${e.cpus} CPUs, ${e.cpuModel}, ${bytes(e.memoryBytes)}`),
    row('system', `${e.os} ${e.kernel}, Node ${record.tool.node}, open files ${files}`),
    [
      cell('relay'),
      { text: relay === '' ? 'publishes nothing about itself (NIP-11)' : relay, code: relay !== '' },
    ],
    row(
      'corpus',
      `${record.corpus.profile}, ${count(record.corpus.events)} events, ${record.corpus.fingerprint}`,
    ),
    row('tool', `${record.tool.name} ${record.tool.version}, run ${record.runId}`),
  ];
  return {
    title: 'Environment',
    detail: 'background',
    content: { kind: 'table', columns: columns('', '~'), rows },
  };
}

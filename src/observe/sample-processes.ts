import { monotonicNs, NS_PER_S } from '../base/clock.ts';
import { type CpuQuota, readCpuQuota } from './cpu-quota.ts';
import { type Figures, growth, isTotal } from './figures/figures.ts';
import { type ProcessReading, readDescriptors, readProcess } from './proc.ts';
import { readFamily, readProcessTree } from './process-tree.ts';
import { QuotaWatch } from './quota-watch.ts';
import { type ComponentSample, SampleSeries } from './sample-series.ts';

/** A process whose resources belong into the record. */
export interface WatchedProcess {
  /** Unique within a run, for example `relay`. */
  readonly name: string;
  /** What it is, for example `relay process`. */
  readonly role: string;
  readonly pid: number;
  /** Its process now, where it may be replaced by another one during the run; null while there is none. */
  readonly pidNow?: () => number | null;
  /** Whether its children belong to it; default false. */
  readonly withChildren?: boolean;
  /** All processes that it is made of, as they are now, the leading one first; takes the place of `pidNow` and `withChildren`. */
  readonly familyNow?: () => readonly number[];
  /** Reads what it says about itself; kept with each sample. */
  readonly readFigures?: () => Promise<Figures>;
}

/** Resources that one process used between start and stop of a sampler. */
export interface ProcessUsage {
  readonly name: string;
  readonly role: string;
  readonly pid: number;
  readonly cpu_s: number | null;
  /** Mean cores in use. */
  readonly cpuShare: number | null;
  /** Highest of the samples taken once a second. */
  readonly rssMax_bytes: number | null;
  /** Cores that its control group let it use, the fewest; left out where there is no such limit. */
  readonly cpuQuota?: number;
  /** Growth of the figures that only grow (`…_total`), the highest sample of the others (`…_max`). */
  readonly figures?: Record<string, number>;
  readonly samples?: ComponentSample[];
}

export interface UsageReport {
  readonly components: readonly ProcessUsage[];
  /** Why numbers are null, by their place in the record. */
  readonly notMeasured: Readonly<Record<string, string>>;
}

export interface ProcessSampler {
  /** Starts the measurement; calling it again has no effect. */
  start(): void;
  /** Ends the measurement; later calls give the same report. A sampler that never started measured nothing. */
  stop(): UsageReport;
}

export interface SamplerOptions {
  readonly everyMs?: number;
  readonly read?: (pid: number) => ProcessReading;
  readonly readFamily?: (pids: readonly number[]) => ProcessReading;
  readonly readDescriptors?: (pid: number) => number | null;
  readonly readQuota?: (pid: number) => CpuQuota | null;
  readonly nowNs?: () => number;
}

const DEFAULT_EVERY_MS = 1_000;
/**
 * The processes are looked at one after the other, within this part of the time between two samples: all at once, each of them
 * busy with its figures, would hold up everybody else on the machine, once a second.
 */
const SPREAD = 0.5;

/**
 * Watches CPU and memory of `processes` between {@link ProcessSampler.start} and `stop`, meant to stand around
 * the measured phases. Its timer does not keep this process alive.
 */
export function sampleProcesses(
  processes: readonly WatchedProcess[],
  options: SamplerOptions = {},
): ProcessSampler {
  const nowNs = options.nowNs ?? monotonicNs;
  const tracks = processes.map((process) => new Track(process, options));
  const everyMs = options.everyMs ?? DEFAULT_EVERY_MS;
  const sampleAll = (): void => {
    for (const track of tracks) track.sample(nowNs());
  };
  const sampleInTurn = (): void => {
    for (const [index, track] of tracks.entries()) {
      const sample = (): void => {
        if (report === null) track.sample(nowNs());
      };
      if (index === 0) sample();
      else setTimeout(sample, (index * everyMs * SPREAD) / tracks.length).unref();
    }
  };
  let timer: NodeJS.Timeout | null = null;
  let report: UsageReport | null = null;
  return {
    start: () => {
      if (timer !== null || report !== null) return;
      sampleAll();
      timer = setInterval(sampleInTurn, everyMs).unref();
    },
    stop: () => {
      if (report !== null) return report;
      if (timer !== null) {
        clearInterval(timer);
        sampleAll();
      }
      report = reportOf(tracks);
      return report;
    },
  };
}

/** What is known of one process: its CPU so far, its highest memory, its samples. */
class Track {
  readonly process: WatchedProcess;
  readonly #read: (pids: readonly number[]) => ProcessReading;
  readonly #readDescriptors: (pid: number) => number | null;
  readonly #quota: QuotaWatch;
  readonly #series = new SampleSeries();
  #first: { atNs: number } | null = null;
  #last: { atNs: number; pids: readonly number[]; cpu_s: number } | null = null;
  #cpu_s = 0;
  #rssMax: number | null = null;
  readonly #grown = new Map<string, number>();
  readonly #highest = new Map<string, number>();
  #figures: Figures | null = null;
  #reason = 'the measured phases did not begin';

  constructor(process: WatchedProcess, options: SamplerOptions) {
    this.#quota = new QuotaWatch(options.readQuota ?? readCpuQuota);
    this.process = process;
    this.#readDescriptors = options.readDescriptors ?? readDescriptors;
    this.#read = readerOf(process, options);
  }

  sample(atNs: number): void {
    const { readFigures } = this.process;
    const pids = pidsNow(this.process);
    const reading = this.#read(pids);
    const cpuShare = reading.ok ? this.#add(reading.snapshot, pids, atNs) : null;
    if (!reading.ok) this.#reason = reading.reason;
    const t = (atNs - (this.#first?.atNs ?? atNs)) / NS_PER_S;
    const rss_bytes = reading.ok ? reading.snapshot.rss_bytes : null;
    const descriptors = reading.ok ? this.#descriptorsOf(pids) : null;
    const [pidAt] = pids;
    const throttled = pidAt === undefined ? null : this.#quota.throttledSince(pidAt);
    const quota = throttled === null ? {} : { throttled };
    const setFigures = this.#series.add({ t, cpuShare, rss_bytes, descriptors, ...quota, figures: null });
    readFigures?.().then(
      (figures) => {
        setFigures(figures);
        this.#take(figures);
      },
      // A component that does not answer has a sample without figures.
      () => undefined,
    );
  }

  /** Of all of them together; null where none can be read. */
  #descriptorsOf(pids: readonly number[]): number | null {
    const known = pids.flatMap((pid) => this.#readDescriptors(pid) ?? []);
    return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
  }

  /** @returns cores in use since the sample before */
  #add(snapshot: { cpu_s: number; rss_bytes: number }, pids: readonly number[], atNs: number): number | null {
    const { cpu_s, rss_bytes } = snapshot;
    const last = this.#last;
    this.#reason = 'only one sample could be taken';
    this.#first ??= { atNs };
    this.#last = { atNs, pids, cpu_s };
    this.#rssMax = Math.max(this.#rssMax ?? 0, rss_bytes);
    if (last === null || atNs <= last.atNs) return null;
    // What was started anew, so that nobody is left of those before, counts from zero.
    const isSame = last.pids.some((pid) => pids.includes(pid));
    const used_s = Math.max(0, isSame ? cpu_s - last.cpu_s : cpu_s);
    this.#cpu_s += used_s;
    return (used_s * NS_PER_S) / (atNs - last.atNs);
  }

  #take(figures: Figures): void {
    for (const [key, value] of Object.entries(growth(this.#figures ?? figures, figures))) {
      this.#grown.set(key, (this.#grown.get(key) ?? 0) + value);
    }
    for (const [key, value] of Object.entries(figures)) {
      if (isTotal(key)) continue;
      const name = `${key}_max`;
      this.#highest.set(name, Math.max(this.#highest.get(name) ?? value, value));
    }
    this.#figures = figures;
  }

  usage(): ProcessUsage {
    const { name, role, pid, readFigures } = this.process;
    const rssMax_bytes = this.#rssMax;
    const figures =
      readFigures === undefined ? {} : { figures: Object.fromEntries([...this.#grown, ...this.#highest]) };
    const cpuQuota = this.#quota.cores;
    const quota = cpuQuota === null ? {} : { cpuQuota };
    const extra = { ...quota, ...figures, samples: this.#series.samples };
    if (this.#first === null || this.#last === null || this.#last.atNs <= this.#first.atNs) {
      return { name, role, pid, cpu_s: null, cpuShare: null, rssMax_bytes, ...extra };
    }
    const cpuShare = (this.#cpu_s * NS_PER_S) / (this.#last.atNs - this.#first.atNs);
    return { name, role, pid, cpu_s: this.#cpu_s, cpuShare, rssMax_bytes, ...extra };
  }

  /** Why `cpu_s` is null. */
  get reason(): string {
    return this.#reason;
  }
}

/** The processes that a component is made of, the leading one first; empty while there is none. */
export function pidsNow({ pid, pidNow, familyNow }: WatchedProcess): readonly number[] {
  if (familyNow !== undefined) return familyNow();
  const now = pidNow === undefined ? pid : pidNow();
  return now === null ? [] : [now];
}

function readerOf(
  { familyNow, withChildren }: WatchedProcess,
  options: SamplerOptions,
): (pids: readonly number[]) => ProcessReading {
  if (familyNow !== undefined) return options.readFamily ?? ((pids) => readFamily(pids));
  const read = options.read ?? (withChildren === true ? readProcessTree : readProcess);
  return ([pid]) => (pid === undefined ? { ok: false, reason: 'it was not running' } : read(pid));
}

function reportOf(tracks: readonly Track[]): UsageReport {
  const components = tracks.map((track) => track.usage());
  const missing = tracks.flatMap((track, index) =>
    components[index]?.cpu_s === null ? [[`components.${track.process.name}`, track.reason] as const] : [],
  );
  return { components, notMeasured: Object.fromEntries(missing) };
}

import { monotonicNs, NS_PER_S } from '../base/clock.ts';
import { type ProcessReading, readProcess } from './proc.ts';

/** A process whose resources belong into the record. */
export interface WatchedProcess {
  /** Unique within a run, for example `relay`. */
  readonly name: string;
  /** What it is, for example `relay process`. */
  readonly role: string;
  readonly pid: number;
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
  readonly nowNs?: () => number;
}

const DEFAULT_EVERY_MS = 1_000;

/**
 * Watches CPU and memory of `processes` between {@link ProcessSampler.start} and `stop`, meant to stand around
 * the measured phases. Its timer does not keep this process alive.
 */
export function sampleProcesses(
  processes: readonly WatchedProcess[],
  options: SamplerOptions = {},
): ProcessSampler {
  const read = options.read ?? readProcess;
  const nowNs = options.nowNs ?? monotonicNs;
  const tracks = processes.map((process) => new Track(process));
  const sampleAll = (): void => {
    for (const track of tracks) track.add(read(track.process.pid), nowNs());
  };
  let timer: NodeJS.Timeout | null = null;
  let report: UsageReport | null = null;
  return {
    start: () => {
      if (timer !== null || report !== null) return;
      sampleAll();
      timer = setInterval(sampleAll, options.everyMs ?? DEFAULT_EVERY_MS).unref();
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

/** What is known of one process: its first and latest sample and its highest memory. */
class Track {
  readonly process: WatchedProcess;
  #first: { atNs: number; cpu_s: number } | null = null;
  #last: { atNs: number; cpu_s: number } | null = null;
  #rssMax: number | null = null;
  #reason = 'the measured phases did not begin';

  constructor(process: WatchedProcess) {
    this.process = process;
  }

  add(reading: ProcessReading, atNs: number): void {
    if (!reading.ok) {
      this.#reason = reading.reason;
      return;
    }
    const { cpu_s, rss_bytes } = reading.snapshot;
    this.#reason = 'only one sample could be taken';
    this.#first ??= { atNs, cpu_s };
    this.#last = { atNs, cpu_s };
    this.#rssMax = Math.max(this.#rssMax ?? 0, rss_bytes);
  }

  usage(): ProcessUsage {
    const { name, role, pid } = this.process;
    const rssMax_bytes = this.#rssMax;
    if (this.#first === null || this.#last === null || this.#last.atNs <= this.#first.atNs) {
      return { name, role, pid, cpu_s: null, cpuShare: null, rssMax_bytes };
    }
    const cpu_s = this.#last.cpu_s - this.#first.cpu_s;
    const cpuShare = (cpu_s * NS_PER_S) / (this.#last.atNs - this.#first.atNs);
    return { name, role, pid, cpu_s, cpuShare, rssMax_bytes };
  }

  /** Why `cpu_s` is null. */
  get reason(): string {
    return this.#reason;
  }
}

function reportOf(tracks: readonly Track[]): UsageReport {
  const notMeasured: Record<string, string> = {};
  for (const track of tracks) {
    const usage = track.usage();
    if (usage.cpu_s === null) notMeasured[`components.${usage.name}`] = track.reason;
  }
  return { components: tracks.map((track) => track.usage()), notMeasured };
}

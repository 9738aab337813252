import type { SampleSink } from '../../src/workload/sample-sink.ts';

/** A sink that keeps everything; phases are of one second. */
export class FakeSink implements SampleSink {
  readonly latencies: { series: number; phase: number; ns: number }[] = [];
  readonly counts: Record<string, number> = {};
  readonly notices: string[] = [];

  phaseOf(offsetNs: number): number {
    return Math.floor(offsetNs / 1e9);
  }

  latency(series: number, phase: number, fromNs: number, toNs: number): void {
    if (series >= 0) this.latencies.push({ series, phase, ns: toNs - fromNs });
  }

  censored(series: number, phase: number, _offsetNs: number, times = 1): void {
    if (series >= 0) this.count(phase, `censored:${series}`, times);
  }

  /** Operations of a series that never ended, in phase 0. */
  censoredOf(series: number): number {
    return this.counts[`censored:${series}/0`] ?? 0;
  }

  count(phase: number, counter: string, by = 1): void {
    const key = `${counter}/${phase}`;
    this.counts[key] = (this.counts[key] ?? 0) + by;
  }

  countWord(phase: number, map: string, word: string): void {
    this.count(phase, `${map}:${word}`);
  }

  notice(text: string): void {
    this.notices.push(text);
  }

  of(series: number): { series: number; phase: number; ns: number }[] {
    return this.latencies.filter((latency) => latency.series === series);
  }
}

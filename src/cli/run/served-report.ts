import { performance } from 'node:perf_hooks';
import { cpuUsage } from 'node:process';
import type { RunRecord } from '../../record/schema.ts';
import { LiveReport } from '../../report/html/live-report.ts';
import { reportPage } from '../../report/html/report-page.ts';
import type { ProgressEvent } from '../../result/progress.ts';
import { LivePage } from '../../telemetry/live-page.ts';
import type { RecordSoFar } from './so-far.ts';

export interface ServedReportOptions {
  /** Name of the scenario. */
  readonly scenario: string;
  /** Told where serving failed once it had begun. */
  readonly onFault: (error: unknown) => void;
}

/** The HTML report of one run as a live page (`--serve`). */
export class ServedReport {
  readonly #live: LiveReport;
  readonly #page: LivePage;

  private constructor(live: LiveReport, page: LivePage) {
    this.#live = live;
    this.#page = page;
  }

  /** @throws RelayBenchError `SERVE_FAILED` (exit 2) where nothing can listen */
  static async open({ scenario, onFault }: ServedReportOptions): Promise<ServedReport> {
    const live = new LiveReport({ scenario, nowMs: () => performance.now() });
    return new ServedReport(live, await LivePage.open({ page: () => live.page(), onFault, cpuMs }));
  }

  /** Where it is, with a secret. */
  get url(): string {
    return this.#page.url;
  }

  onProgress(event: ProgressEvent): void {
    this.#live.onProgress(event);
  }

  follow(recordSoFar: RecordSoFar): void {
    this.#live.follow(recordSoFar);
  }

  /** The run is over: the page becomes its report, as the file will be. */
  finish(record: RunRecord): void {
    this.#page.finish(() => reportPage(record));
  }

  linger(...wait: Parameters<LivePage['linger']>): Promise<void> {
    return this.#page.linger(...wait);
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}

const US_PER_MS = 1_000;

function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / US_PER_MS;
}

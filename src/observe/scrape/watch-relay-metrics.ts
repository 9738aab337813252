import { monotonicNs, NS_PER_S } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { maskUrl } from '../../base/mask-url.ts';
import { type Figures, growth, isTotal } from '../figures/figures.ts';
import { figuresOfAnyRelay } from '../figures/other-relays.ts';
import { SampleSeries } from '../sample-series.ts';
import { type FetchOptions, fetchText } from './fetch-text.ts';

/** One second of what a relay says of itself. */
export interface RelaySample {
  /** Seconds after the measured phases began. */
  readonly t: number;
  /** As read then, growing ones (`…_total`) since the relay started; null where it did not answer. */
  readonly figures: Figures | null;
}

/** What a relay said of itself at its metrics endpoint in the measured phases. */
export interface RelayMetrics {
  /** Without secrets. */
  readonly url: string;
  /** Whose names they were; null where nobody's whom this program knows. */
  readonly software: string | null;
  /** How often it was asked, and how often that failed. */
  readonly scrapes: number;
  readonly failed: number;
  /** Lines that were no metrics, of all answers. */
  readonly malformedLines: number;
  /** Why asking failed the last time that it did; null where it never did. */
  readonly problem: string | null;
  /** How much the growing figures grew, and the highest of the others (`…_max`). */
  readonly figures: Figures;
  readonly samples: RelaySample[];
}

export interface RelayMetricsWatch {
  start(): void;
  /** Asks no more, after a last time; has no effect when called again. */
  stop(): void;
  /** Resolves when nothing is asked at the moment; what does not answer is given up after its second. */
  settled(): Promise<void>;
  /** What was said so far; empty where nothing was asked. */
  report(): RelayMetrics[];
}

export interface WatchOptions {
  readonly everyMs?: number;
  readonly fetch?: (url: string, options: FetchOptions) => Promise<string>;
  readonly nowNs?: () => number;
  readonly insecure?: boolean;
}

const EVERY_MS = 1_000;

/**
 * Asks each address once a second between `start` and `stop`. What is there may be anything: it is read within bounds, and
 * nothing that it does fails a run. The timer does not keep this process alive.
 */
export function watchRelayMetrics(urls: readonly string[], options: WatchOptions = {}): RelayMetricsWatch {
  const tracks = urls.map((url) => new Track(url, options));
  let timer: NodeJS.Timeout | null = null;
  let isOver = false;
  const askAll = (): void => {
    for (const track of tracks) track.ask();
  };
  return {
    start: () => {
      if (timer !== null || isOver || tracks.length === 0) return;
      askAll();
      timer = setInterval(askAll, options.everyMs ?? EVERY_MS).unref();
    },
    stop: () => {
      if (timer !== null && !isOver) {
        clearInterval(timer);
        askAll();
      }
      isOver = true;
    },
    settled: async () => {
      await Promise.all(tracks.map((track) => track.answer));
    },
    report: () => tracks.map((track) => track.report()),
  };
}

/** What is known of one address. */
class Track {
  readonly #url: string;
  readonly #options: WatchOptions;
  readonly #series = new SampleSeries<RelaySample>();
  readonly #grown = new Map<string, number>();
  readonly #highest = new Map<string, number>();
  #beganNs: number | null = null;
  /** To the question that is open; null where none is. */
  #answer: Promise<void> | null = null;
  #last: Figures | null = null;
  #software: string | null = null;
  #scrapes = 0;
  #failed = 0;
  #malformedLines = 0;
  #problem: string | null = null;

  constructor(url: string, options: WatchOptions) {
    this.#url = url;
    this.#options = options;
  }

  get answer(): Promise<void> | null {
    return this.#answer;
  }

  /** One question at a time: what does not answer within its second is asked less often. */
  ask(): void {
    this.#answer ??= this.#ask().finally(() => {
      this.#answer = null;
    });
  }

  /** Never throws. */
  async #ask(): Promise<void> {
    const { nowNs = monotonicNs, fetch = fetchText, everyMs = EVERY_MS, insecure = false } = this.#options;
    const atNs = nowNs();
    this.#beganNs ??= atNs;
    this.#scrapes++;
    const setFigures = this.#series.add({ t: (atNs - this.#beganNs) / NS_PER_S, figures: null });
    try {
      const text = await fetch(this.#url, { timeoutMs: everyMs, insecure });
      const { software, figures, malformedLines } = figuresOfAnyRelay(text);
      this.#software = software ?? this.#software;
      this.#malformedLines += malformedLines;
      setFigures(figures);
      this.#take(figures);
    } catch (error) {
      this.#failed++;
      this.#problem = messageOf(error);
    }
  }

  #take(figures: Figures): void {
    // The first answer says nothing of how much grew.
    const grown = this.#last === null ? {} : growth(this.#last, figures);
    for (const [key, value] of Object.entries(grown))
      this.#grown.set(key, (this.#grown.get(key) ?? 0) + value);
    for (const [key, value] of Object.entries(figures)) {
      if (isTotal(key)) continue;
      const name = `${key}_max`;
      this.#highest.set(name, Math.max(this.#highest.get(name) ?? value, value));
    }
    this.#last = figures;
  }

  report(): RelayMetrics {
    return {
      url: maskUrl(this.#url),
      software: this.#software,
      scrapes: this.#scrapes,
      failed: this.#failed,
      malformedLines: this.#malformedLines,
      problem: this.#problem,
      figures: Object.fromEntries([...this.#grown, ...this.#highest]),
      samples: this.#series.samples,
    };
  }
}

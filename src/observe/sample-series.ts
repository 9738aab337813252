import type { Figures } from './figures/figures.ts';

/** One second of something that tells figures. */
interface TimedFigures {
  /** Seconds after the measured phases began. */
  readonly t: number;
  /** As read then, growing ones since the process started; null where they could not be read. */
  readonly figures: Figures | null;
}

/** One second of a component. */
export interface ComponentSample extends TimedFigures {
  /** Cores in use since the sample before; null for the first one and where it could not be read. */
  readonly cpuShare: number | null;
  readonly rss_bytes: number | null;
  /** Open files and sockets; null where they could not be read. */
  readonly descriptors: number | null;
  /** Part of the periods of its CPU quota in which it had used it up, since the sample before, 0..1; left out without a quota. */
  readonly throttled?: number;
}

/** Ten minutes of one sample a second; longer runs keep every second, every fourth, … of them. */
const MOST = 600;

/** Samples of one component in bounded memory: when there are too many, every other one goes. */
export class SampleSeries<Sample extends TimedFigures = ComponentSample> {
  #samples: Sample[] = [];
  #stride = 1;
  #offered = 0;

  get samples(): Sample[] {
    return [...this.#samples];
  }

  /** @returns fills in the figures of this sample once they are known */
  add(sample: Sample): (figures: Figures) => void {
    const isKept = this.#offered % this.#stride === 0;
    this.#offered++;
    if (!isKept) return () => undefined;
    const kept = { ...sample };
    this.#samples.push(kept);
    if (this.#samples.length > MOST) {
      this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
      this.#stride *= 2;
    }
    return (figures) => {
      (kept as { figures: Figures | null }).figures = figures;
    };
  }
}

import type { Figures } from './figures.ts';
import { type MetricSample, readPrometheusText } from './prometheus-text.ts';

/** How a sample of some program is called here. Samples that get the same name are added up. */
export interface NameRule {
  readonly sample: string;
  /** Labels that the sample must have; capitals make no difference. */
  readonly where?: Readonly<Record<string, string>>;
  /** See `Figures`: the unit stands in it, and `_total` at its end where it only grows. */
  readonly figure: string;
  /** From the sample's unit to that of the figure; default 1. */
  readonly factor?: number;
}

/** The names of one program. */
export interface NameMap {
  /** What reports call it. */
  readonly software: string;
  /** Samples that this program has and none of the others. */
  readonly signs: readonly string[];
  readonly rules: readonly NameRule[];
}

/** Nothing of a relay is as large; what is, is none of its figures. */
const MOST = 1e18;

/** What the text of a metrics endpoint says. */
export interface ReadFigures {
  /** Whose names they are; null where nobody's whom this program knows. */
  readonly software: string | null;
  readonly figures: Figures;
  readonly malformedLines: number;
}

/** Reads figures by the names of the first of `maps` of which the text has a sign; `always` by those of `common`. */
export function figuresByName(
  text: string,
  maps: readonly NameMap[],
  common: readonly NameRule[] = [],
): ReadFigures {
  const sums = new Map(maps.map(({ software }) => [software, new Map<string, number>()]));
  const ofAll = new Map<string, number>();
  const seen = new Set<string>();
  const signs = new Set(maps.flatMap((map) => map.signs));
  const malformedLines = readPrometheusText(text, (sample) => {
    if (signs.has(sample.name)) seen.add(sample.name);
    add(ofAll, common, sample);
    for (const { software, rules } of maps) add(sums.get(software) ?? new Map(), rules, sample);
  });
  const found = maps.find((map) => map.signs.some((sign) => seen.has(sign)));
  const named = found === undefined ? [] : (sums.get(found.software) ?? []);
  return {
    software: found?.software ?? null,
    figures: Object.fromEntries([...ofAll, ...named]),
    malformedLines,
  };
}

function add(figures: Map<string, number>, rules: readonly NameRule[], sample: MetricSample): void {
  for (const { sample: name, where = {}, figure, factor = 1 } of rules) {
    if (name !== sample.name || !(Math.abs(sample.value) <= MOST)) continue;
    if (!hasLabels(sample, where)) continue;
    figures.set(figure, (figures.get(figure) ?? 0) + sample.value * factor);
  }
}

function hasLabels({ labels }: MetricSample, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(
    ([label, value]) => labels.get(label)?.toLowerCase() === value.toLowerCase(),
  );
}

/** One sample of the Prometheus text format. */
export interface MetricSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** May be NaN or infinite. */
  readonly value: number;
}

/** Longer lines are no metrics. */
const LONGEST_LINE = 16_384;
/** A program that has more to say of itself is not read on. */
const MOST_LINES = 50_000;
/** More labels than anybody gives a sample. */
const MOST_LABELS = 64;

const NAME = /[a-zA-Z_:][\w:]*/y;
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/y;
const END_OF_LABELS = /\s*\}/y;
/** A value, then perhaps a time, and in OpenMetrics an exemplar. */
const VALUE = /[ \t]+([^\s#]+)(?:[ \t]+[-+.\d]+)?[ \t]*(?:# .*)?$/y;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const WORDS: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Nan', Number.NaN],
  ['+Inf', Number.POSITIVE_INFINITY],
  ['Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
]);

/**
 * Reads the text of a metrics endpoint. It comes from a program that may be anything: lines that are no samples are counted
 * and passed over, the time is linear in the length, and nothing is kept but what `onSample` keeps.
 * @returns how many lines were neither samples nor comments, those beyond the 50,000th included
 */
export function readPrometheusText(text: string, onSample: (sample: MetricSample) => void): number {
  const lines = text.split('\n');
  let malformed = Math.max(0, lines.length - MOST_LINES);
  for (const line of lines.slice(0, MOST_LINES)) {
    const trimmed = line.length > LONGEST_LINE ? line : line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const sample = trimmed.length > LONGEST_LINE ? null : parseSample(trimmed);
    if (sample === null) malformed++;
    else onSample(sample);
  }
  return malformed;
}

function parseSample(line: string): MetricSample | null {
  const name = matchAt(NAME, line, 0);
  if (name === null) return null;
  let at = name[0].length;
  const labels = new Map<string, string>();
  if (line[at] === '{') {
    const end = parseLabels(line, at + 1, labels);
    if (end === null) return null;
    at = end;
  }
  const value = numberOf(matchAt(VALUE, line, at)?.[1] ?? '');
  return value === null ? null : { name: name[0], labels, value };
}

/** @returns where the labels end; null where they are malformed */
function parseLabels(line: string, start: number, labels: Map<string, string>): number | null {
  let at = start;
  for (let read = 0; read <= MOST_LABELS; read++) {
    const end = matchAt(END_OF_LABELS, line, at);
    if (end !== null) return at + end[0].length;
    const label = matchAt(LABEL, line, at);
    if (label === null) return null;
    labels.set(label[1] ?? '', unescaped(label[2] ?? ''));
    at += label[0].length;
  }
  return null;
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

function numberOf(text: string): number | null {
  return WORDS.get(text) ?? (NUMBER.test(text) ? Number(text) : null);
}

import { Chalk } from 'chalk';
import type { CorpusManifest, InputForm, Quantities } from '../../corpus/files/manifest.ts';
import { visible } from '../../report/escape.ts';
import { plainTable } from '../../report/plain-table.ts';
import { bytes, count, number, percent } from '../../report/quantity.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';

const FORM_WORDS: Readonly<Record<InputForm, string>> = {
  lines: 'lines',
  messages: 'lines of WebSocket messages',
  mixed: 'lines, some of them WebSocket messages',
  array: 'elements of a JSON array',
};
/** Kinds that are listed; the others are added up. */
const KINDS_SHOWN = 12;

/** A manifest for a person. */
export function renderManifest(manifest: CorpusManifest, dir: string, colour: boolean): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const title = (text: string): string => chalk.bold(text);
  return [
    title(`Corpus ${visible(dir, dir.length)}`),
    facts(manifest),
    '',
    title('Sizes'),
    sizes(manifest),
    '',
    title('Kinds'),
    kinds(manifest),
    ...droppedLines(manifest, title),
    '',
  ].join('\n');
}

function facts(manifest: CorpusManifest): string {
  const { file, events, authors, createdAt, fingerprint } = manifest;
  const compressed = file.bytes === file.textBytes ? '' : `, ${bytes(file.textBytes)} decompressed`;
  return table([
    ['origin', originText(manifest)],
    ['events', `${count(events)} by ${count(authors)} authors`],
    ['written', `${isoTime(createdAt.oldest_s)} to ${isoTime(createdAt.newest_s)}`],
    ['order', createdAt.isAscending ? 'oldest first' : 'some events are older than the one before'],
    ['file', `${file.name}, ${bytes(file.bytes)}${compressed}`],
    ['fingerprint', fingerprint],
  ]);
}

function originText({ source }: CorpusManifest): string {
  if (source.type === 'imported') {
    const verbatim = source.verbatimIds ?? 0;
    const odd = verbatim === 0 ? '' : `, ${count(verbatim)} ids over control characters verbatim`;
    return `imported, ${count(source.lines)} ${FORM_WORDS[source.form ?? 'lines']}${odd}`;
  }
  const fresh = source.fresh ? ', dated by the clock' : '';
  return `generated, profile ${source.profile}, seed ${source.seed}, generator version ${source.generatorVersion}${fresh}`;
}

function isoTime(unix_s: number): string {
  const time = new Date(unix_s * 1_000);
  // An imported event may claim any time.
  return Number.isNaN(time.getTime()) ? String(unix_s) : time.toISOString().replace('.000Z', 'Z');
}

function sizes({ eventBytes, contentBytes, tagCount }: CorpusManifest): string {
  const row = (name: string, { mean, p50, p90, p99, max }: Quantities): string[] => [
    name,
    ...[mean, p50, p90, p99, max].map(number),
  ];
  return table(
    [
      ['', 'mean', 'p50', 'p90', 'p99', 'max'],
      row('bytes of an event', eventBytes),
      row('bytes of its content', contentBytes),
      row('tags', tagCount),
    ],
    true,
  );
}

function kinds({ kinds: counts, events }: CorpusManifest): string {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const others = sorted.slice(KINDS_SHOWN).reduce((sum, [, one]) => sum + one, 0);
  const shown = sorted.slice(0, KINDS_SHOWN);
  if (others > 0) shown.push([`${sorted.length - KINDS_SHOWN} others`, others]);
  return table(
    shown.map(([kind, one]) => [kind, count(one), percent(one / events)]),
    true,
  );
}

function droppedLines({ source }: CorpusManifest, title: (text: string) => string): string[] {
  if (source.type !== 'imported') return [];
  const reasons = Object.entries(source.dropped).filter(([, lines]) => lines > 0);
  if (reasons.length === 0) return [];
  const problems = source.problems.map(
    ({ line, reason, detail }) => `  line ${line}: ${reason}: ${visible(detail)}`,
  );
  return [
    '',
    title('Lines left out'),
    table(
      reasons.map(([reason, lines]) => [reason, count(lines)]),
      true,
    ),
    ...problems,
  ];
}

function table(rows: readonly (readonly string[])[], isNumeric = false): string {
  const columns = rows[0] ?? [];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const aligns = columns.map((_, at) => (isNumeric && at > 0 ? 'right' : 'left'));
  return plainTable({ rows, widths, aligns, wraps: -1, width: 100, gap: 2 });
}

/** Prints a manifest on stdout, for a person. */
export function printManifest(manifest: CorpusManifest, dir: string, { io, colourFlag }: CommandHost): void {
  io.stdout.write(renderManifest(manifest, dir, wantsColour(colourFlag(), io.env, io.stdout)));
}

import type { Standing, StandingEntry, StandingRow } from '../../compare/standing-schema.ts';
import { count, NOTHING, number } from '../quantity.ts';
import { type Cell, cell, code, columns, list, type ReportDocument, type Section } from '../view/document.ts';
import { boundText, chance, changeSize } from './quantities.ts';

/** Relays beside each other have no verdict of their own. */
export type StandingWord = 'VERSUS' | 'INVALID';

/** What a report of relays side by side says: one table, whether they answered alike, what to doubt. */
export function buildStandingDocument(standing: Standing): ReportDocument<StandingWord> {
  const { scenario, relays, rounds, warnings } = standing;
  const names = relays.map(({ name }) => name);
  const sections: (Section | null)[] = [
    resultsSection(standing),
    answersSection(standing),
    relaysSection(standing),
    warnings.length === 0 ? null : list('Warnings', warnings),
  ];
  return {
    headline: {
      word: standing.validity === 'invalid' ? 'INVALID' : 'VERSUS',
      question: `${scenario.name}: ${names.join(' against ')}, ${count(rounds)} interleaved ${rounds === 1 ? 'round' : 'rounds'}`,
      sentence: summaryOf(standing),
      next: nextOf(standing),
      facts: [
        scenario.name,
        `${count(rounds)} interleaved rounds`,
        'medians of the runs',
        `two-sided Mann–Whitney at ${standing.alpha} with Holm`,
      ],
    },
    sections: sections.filter((section) => section !== null),
  };
}

function summaryOf({ rows, answers, validity }: Standing): string {
  if (validity === 'invalid') return 'no round was valid, so these figures prove nothing';
  const judged = rows.filter((row) => row.judged);
  const won = judged.filter(({ best }) => best !== null);
  const differ = answers.some(({ differs }) => differs) ? ['their answers differ'] : [];
  if (judged.length === 0) return ['nothing was tested: too few rounds', ...differ].join('; ');
  if (won.length === 0) return [`no difference found${leastFound(judged)}`, ...differ].join('; ');
  const names = [...new Set(won.flatMap(({ best }) => best ?? []))];
  const wins = names.map((name) => `${name} best in ${won.filter(({ best }) => best === name).length}`);
  return [`${wins.join(', ')} of ${judged.length} figures: ${winText(won)}`, ...differ].join('; ');
}

/** The first figure that was won, with the range of its winner's runs and of the nearest other relay. */
function winText(won: readonly StandingRow[]): string {
  const [row] = won;
  if (row === undefined) return '';
  const winner = row.entries.find(({ relay }) => relay === row.best);
  const sign = row.direction === 'lower' ? 1 : -1;
  const [next] = row.entries
    .filter(({ relay, median }) => relay !== row.best && median !== null)
    .toSorted((a, b) => sign * ((a.median ?? 0) - (b.median ?? 0)));
  const of = (entry: StandingEntry | undefined): string =>
    entry === undefined ? NOTHING : entryText(entry, row.unit);
  return `${row.key} ${of(winner)}${next === undefined ? '' : `, next ${next.relay} ${of(next)}`}`;
}

/** From which size on these rounds would have found a difference. */
function leastFound(judged: readonly StandingRow[]): string {
  const found = judged.flatMap(({ detectable, unit }) => (detectable === null ? [] : [{ detectable, unit }]));
  const [least] = found.toSorted((a, b) => b.detectable - a.detectable);
  return least === undefined ? '' : `; one of ${changeSize(least.detectable, least.unit)} would have been`;
}

function nextOf({ validity, answers, rows }: Standing): string {
  if (validity === 'invalid') return 'lower the load or free this machine of other work, and measure again';
  if (answers.some(({ differs }) => differs))
    return 'look at their answers first: a relay that finds less is not faster: it does less';
  return rows.some(({ best }) => best !== null)
    ? 'see the table for by how much; the records of all runs lie beside it'
    : 'take more --rounds, or a longer --duration, to find smaller differences';
}

function resultsSection({ relays, rows, rounds, validity }: Standing): Section {
  const confidence = (1 - 0.5 ** (rounds - 1)) * 100;
  const range = `lowest–highest run${rounds > 1 ? `, which contain it with ${number(confidence)} % confidence` : ''}`;
  const tested =
    '★ better than every other relay; found from: the difference that these rounds find in 80 of 100 cases';
  return {
    title: validity === 'invalid' ? 'Results that prove nothing: every round was invalid' : 'Results',
    note: `median (${range}); ≥ at least that, too many were never answered; ${tested}`,
    content: {
      kind: 'table',
      columns: columns('figure', ...relays.map(({ name }) => `>${name}`), '>p?', '>found from?'),
      rows: rows.map(rowCells),
    },
  };
}

function rowCells(row: StandingRow): Cell[] {
  const { key, unit, entries, best, p, detectable, judged } = row;
  return [
    code(key),
    ...entries.map((entry) => {
      const isBest = entry.relay === best;
      const star = isBest ? '★ ' : '';
      const shown = cell(`${star}${entryText(entry, unit)}`, isBest ? 'good' : 'plain');
      return { ...shown, short: `${star}${shortText(entry, unit)}` };
    }),
    cell(judged ? chance(p) : NOTHING, 'muted'),
    cell(judged && detectable !== null ? changeSize(detectable, unit) : NOTHING, 'muted'),
  ];
}

function entryText(entry: StandingEntry, unit: StandingRow['unit']): string {
  const { median, low, high, atLeast, values, runs, withheld } = entry;
  const rests = runs < values.length ? `; ${runs} of ${values.length} runs` : '';
  if (withheld !== undefined) return `${NOTHING} (withheld: ${runs} of ${values.length} runs have it)`;
  if (runs === 0) return NOTHING;
  const text = (value: number | null, least: number | null | undefined): string =>
    boundText(value, least ?? null, unit);
  const range = `${text(low, atLeast?.low)}–${text(high, atLeast?.high)}`;
  return `${text(median, atLeast?.median)} (${range}${rests})`;
}

/** The median alone, for terminals; the page and the JSON have the ranges. */
function shortText({ median, atLeast, runs, withheld }: StandingEntry, unit: StandingRow['unit']): string {
  if (withheld !== undefined || runs === 0) return NOTHING;
  return boundText(median, atLeast?.median ?? null, unit);
}

/** What the relays found for the same queries; null where the scenario has none. */
function answersSection({ relays, answers }: Standing): Section | null {
  if (answers.length === 0) return null;
  return {
    title: 'Answers to the same queries',
    note: 'a relay that finds less is not faster: it does less',
    content: {
      kind: 'table',
      columns: columns('', 'answers', ...relays.map(({ name }) => `>${name}`), 'cross-check'),
      rows: answers.map(({ what, entries, differs }) => [
        cell(differs ? '✗' : '✓', differs ? 'bad' : 'good'),
        cell(what),
        ...entries.map(({ value }) => cell(answerText(what, value))),
        cell(differs ? 'relays differ' : 'alike', differs ? 'bad' : 'plain'),
      ]),
    },
  };
}

function answerText(what: string, value: number | null): string {
  if (value === null) return NOTHING;
  return what.startsWith('events') ? number(value) : `${number(value * 100)} %`;
}

function relaysSection({ relays }: Standing): Section {
  return {
    title: 'Relays',
    detail: 'folded',
    content: {
      kind: 'table',
      columns: columns('relay', '~address', '>runs'),
      rows: relays.map(({ name, urls, runs }) => [
        code(name),
        code(urls.length > 3 ? `${urls.slice(0, 3).join(' ')} …` : urls.join(' ')),
        cell(count(runs.length)),
      ]),
    },
  };
}

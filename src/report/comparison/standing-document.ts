import type { Standing, StandingRow } from '../../compare/standing.ts';
import { count, NOTHING, number } from '../quantity.ts';
import { type Cell, cell, code, columns, list, type ReportDocument, type Section } from '../view/document.ts';
import { valueText } from './quantities.ts';

/** Relays beside each other have no verdict of their own. */
export type StandingWord = 'VERSUS';

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
      word: 'VERSUS',
      sentence: `${names.join(' against ')}: ${summaryOf(standing)}`,
      facts: [scenario.name, `${count(rounds)} interleaved rounds`, 'medians of the runs'],
    },
    sections: sections.filter((section) => section !== null),
  };
}

function summaryOf({ rows, answers }: Standing): string {
  const best = rows.flatMap(({ best }) => best ?? []);
  const wins = [...new Set(best)].map(
    (name) => `${name} best in ${best.filter((one) => one === name).length}`,
  );
  const differ = answers.some(({ differs }) => differs) ? ['their answers differ'] : [];
  const parts = [...(wins.length === 0 ? ['no clear best'] : wins), `of ${rows.length} figures`];
  return [parts.join(wins.length === 0 ? ' ' : ' '), ...differ].join('; ');
}

function resultsSection({ relays, rows, rounds }: Standing): Section {
  const confidence = (1 - 0.5 ** (rounds - 1)) * 100;
  return {
    title: 'Results',
    note: `median (lowest–highest run${rounds > 1 ? `, which hold it with ${number(confidence)} %` : ''}); ★ better than every other relay`,
    content: {
      kind: 'table',
      columns: columns('figure', ...relays.map(({ name }) => `>${name}`)),
      rows: rows.map(rowCells),
    },
  };
}

function rowCells({ key, unit, entries, best }: StandingRow): Cell[] {
  return [
    code(key),
    ...entries.map(({ relay, median, low, high }) => {
      if (median === null) return cell(NOTHING);
      const range = `${valueText(low, unit)}–${valueText(high, unit)}`;
      const text = `${relay === best ? '★ ' : ''}${valueText(median, unit)} (${range})`;
      return cell(text, relay === best ? 'good' : 'plain');
    }),
  ];
}

/** What the relays found for the same queries; null where the scenario has none. */
function answersSection({ relays, answers }: Standing): Section | null {
  if (answers.length === 0) return null;
  return {
    title: 'Answers to the same queries',
    note: 'a relay that finds less is not faster, it does less',
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

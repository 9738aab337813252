import type { FigureComparison, RelayComparison, SuiteComparison } from '../../suite/comparison-schema.ts';
import { chance, changeSize, signed } from '../comparison/quantities.ts';
import { count, NOTHING, number } from '../quantity.ts';
import {
  type Cell,
  cell,
  code,
  columns,
  list,
  type ReportDocument,
  type Section,
  type Tone,
} from '../view/document.ts';
import { figureText } from './words.ts';

/** What two suites beside each other come to. */
export type SuiteComparisonWord = 'WORSE' | 'BETTER' | 'SAME' | 'MIXED';

const WORDS = { worse: 'WORSE', better: 'BETTER', same: 'SAME', mixed: 'MIXED' } as const;
const MARKS = { better: '▲', worse: '▼', same: '=', inconclusive: '?' } as const;
const TONES: Readonly<Record<FigureComparison['verdict'], Tone>> = {
  better: 'good',
  worse: 'bad',
  same: 'plain',
  inconclusive: 'muted',
};

/** What a report of two suites says: relay by relay the verdict over all parts, then the figures. */
export function buildSuiteComparisonDocument(found: SuiteComparison): ReportDocument<SuiteComparisonWord> {
  const { relays, mode, alpha, minEffect, tolerance, warnings } = found;
  const [first] = relays;
  return {
    headline: {
      word: WORDS[found.verdict],
      question: `${first?.candidate.name ?? ''} against ${first?.base.name ?? ''}`,
      sentence: relays.map(sentenceOf).join('; '),
      next: nextOf(found),
      facts: [
        'two suites',
        mode,
        `signed ranks over the parts at ${alpha}, and more than ${changeSize(minEffect, 'us')} in the middle`,
        `single figures: hints beyond ${changeSize(tolerance, 'us')}`,
      ],
    },
    sections: [
      ...relays.map((relay) => figuresSection(relay, ({ main }) => main)),
      ...relays
        .map((relay) => ({ ...figuresSection(relay, ({ main }) => !main), detail: 'folded' as const }))
        .filter(({ content }) => content.kind === 'table' && content.rows.length > 0),
      ...(warnings.length === 0 ? [] : [list('Warnings', warnings)]),
    ],
  };
}

function sentenceOf({ candidate, verdict, parts, slower, p, referred }: RelayComparison): string {
  if (slower === null) return `${candidate.relay}: no part was measured on both sides`;
  const how = `${changeSize(Math.abs(slower), 'us')} ${slower > 0 ? 'slower' : 'faster'} in the middle of ${count(parts)} parts`;
  const beside = referred ? ', the reference taken out' : '';
  const what = verdict === 'same' ? 'no confirmed difference' : verdict;
  return `${candidate.relay}: ${what}, ${how}${beside} (p ${chance(p)})`;
}

function nextOf({ verdict, relays }: SuiteComparison): string {
  if (verdict === 'worse' || verdict === 'mixed')
    return 'look at which parts changed, then measure that load with relay-bench ab';
  const hints = relays.some(({ figures }) => figures.some((one) => one.main && one.verdict === 'worse'));
  return hints ? 'a single figure may be chance: measure its load with relay-bench ab' : 'nothing';
}

function figuresSection(
  { base, candidate, figures }: RelayComparison,
  isShown: (figure: FigureComparison) => boolean,
): Section {
  const name = base.relay === candidate.relay ? base.relay : `${base.relay} → ${candidate.relay}`;
  const shown = figures.filter(isShown);
  const isMain = shown.some(({ main }) => main);
  return {
    title: isMain ? name : `${name}: query by query`,
    note: 'interval: that within single runs, which know nothing of how runs differ',
    content: {
      kind: 'table',
      columns: columns('', 'part', 'figure', '>base', '>candidate', '>change', '>interval?', 'hint'),
      rows: shown.map(rowOf),
    },
  };
}

function rowOf({ part, title, unit, base, candidate, ratio, verdict }: FigureComparison): Cell[] {
  const tone = TONES[verdict];
  return [
    cell(MARKS[verdict], tone),
    code(part),
    cell(title),
    cell(figureText(base, unit)),
    cell(figureText(candidate, unit)),
    cell(ratio === null ? NOTHING : signed(ratio.value - 1, 'us'), tone),
    cell(
      ratio === null || ratio.low === null || ratio.high === null
        ? NOTHING
        : `${number(ratio.low)}–${number(ratio.high)}×`,
    ),
    cell(verdict, tone),
  ];
}

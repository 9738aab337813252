import type { Comparison } from '../../compare/schema.ts';
import { list, type ReportDocument, type Section } from '../view/document.ts';
import { distributionSections } from './distributions.ts';
import { gatedSection, othersSection, regionsSection, signed, unclearSection } from './quantities.ts';
import { comparedSection, runsSection } from './runs.ts';

/** What a comparison comes to, in a word. */
export type ComparisonWord = 'WORSE' | 'BETTER' | 'SAME' | 'UNCLEAR';

const WORDS: Readonly<Record<Comparison['verdict'], ComparisonWord>> = {
  worse: 'WORSE',
  better: 'BETTER',
  same: 'SAME',
  inconclusive: 'UNCLEAR',
};

/** What a report of this comparison says, in reading order: verdict, what decided it, the rest, what to doubt. */
export function buildComparisonDocument(comparison: Comparison): ReportDocument<ComparisonWord> {
  const sections = [
    comparedSection(comparison),
    gatedSection(comparison),
    firstSection(comparison),
    unclearSection(comparison),
    regionsSection(comparison),
    othersSection(comparison),
    ...distributionSections(comparison),
    runsSection(comparison),
    warningsSection(comparison),
  ];
  return {
    headline: {
      word: WORDS[comparison.verdict],
      question: questionOf(comparison),
      sentence: sentenceOf(comparison),
      next: nextOf(comparison),
      facts: factsOf(comparison),
    },
    sections: sections.filter((section) => section !== null),
  };
}

function questionOf({ scenario, base, candidate }: Comparison): string {
  const side = (runs: Comparison['base']): string =>
    runs.length === 1 ? (runs[0]?.name ?? '') : `${runs.length} runs`;
  return `${scenario.name}: candidate ${side(candidate)} against base ${side(base)}`;
}

function nextOf({ verdict, method, confirmation }: Comparison): string {
  if (method === 'tolerance')
    return 'measure both in turn with relay-bench ab: single runs do not tell noise from change';
  if (verdict === 'inconclusive')
    return 'take more --rounds, a longer --duration or a quieter machine; see why it is not clear';
  if (verdict !== 'worse')
    return verdict === 'same' ? 'nothing: the change is too small to count' : 'keep it';
  return confirmation?.confirmed === true
    ? 'look for the cause in what is worse, and under Other changes in what came with it'
    : 'confirm it with relay-bench ab, which looks for it again in fresh pairs';
}

function sentenceOf({ reason, confirmation }: Comparison): string {
  if (confirmation === null) return reason;
  const { runs, confirmed } = confirmation;
  return confirmed
    ? `${reason}; confirmed by ${runs} fresh runs a side, whose figures these are`
    : `${reason}; ${runs} fresh runs a side did not confirm it`;
}

function factsOf({ scenario, base, candidate, method, tolerance, minEffect, alpha }: Comparison): string[] {
  const how =
    method === 'tolerance'
      ? `judged by a tolerance of ${percentOf(tolerance)}`
      : `Mann–Whitney at ${alpha} with Holm, and more than ${percentOf(minEffect)}; same within it by TOST`;
  return [
    scenario.name,
    `${base.length} against ${candidate.length} ${candidate.length === 1 ? 'run' : 'runs'}`,
    how,
  ];
}

/** A share in whole percents or as many digits as it needs. */
function percentOf(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}

/** What the first runs said of what the fresh ones were asked about; null where there were no fresh ones. */
function firstSection({ confirmation }: Comparison): Section | null {
  if (confirmation === null || confirmation.first.length === 0) return null;
  const items = confirmation.first.map(
    ({ key, change }) => `${key}: ${change === null ? 'not bounded' : signed(change, 'us')}`,
  );
  return list('What the first runs showed: too large, since they were picked for it', items, 'verdict');
}

function warningsSection({ warnings }: Comparison): Section | null {
  return warnings.length === 0 ? null : list('Warnings', warnings, 'verdict');
}

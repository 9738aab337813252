import type { Comparison } from '../../compare/schema.ts';
import { list, type ReportDocument, type Section } from '../view/document.ts';
import { distributionSections } from './distributions.ts';
import { gatedSection, othersSection, signed, unclearSection } from './quantities.ts';
import { runsSection } from './runs.ts';

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
    gatedSection(comparison),
    firstSection(comparison),
    unclearSection(comparison),
    othersSection(comparison),
    ...distributionSections(comparison),
    runsSection(comparison),
    warningsSection(comparison),
  ];
  return {
    headline: {
      word: WORDS[comparison.verdict],
      sentence: sentenceOf(comparison),
      facts: factsOf(comparison),
    },
    sections: sections.filter((section) => section !== null),
  };
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

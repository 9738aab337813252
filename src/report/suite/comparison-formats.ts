import { jsonText } from '../../record/json-text.ts';
import type { SuiteComparison } from '../../suite/comparison-schema.ts';
import type { Format } from '../format.ts';
import { pageDocument } from '../html/document.ts';
import { html } from '../html/markup.ts';
import { pageHead } from '../html/page-parts.ts';
import { sectionsMarkup } from '../html/table.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { buildSuiteComparisonDocument } from './comparison-document.ts';

const TONES = { WORSE: 'bad', BETTER: 'good', SAME: 'good', MIXED: 'warn' } as const;
const MARKS = { WORSE: '❌', BETTER: '✅', SAME: '✅', MIXED: '⚠️' } as const;
const SIGNS = { WORSE: '▼', BETTER: '▲', SAME: '=', MIXED: '?' } as const;

/** Every format that two suites side by side can be rendered in; the same names as those of a comparison of runs. */
export const SUITE_COMPARISON_FORMATS: readonly Format<SuiteComparison>[] = [
  {
    name: 'terminal',
    fileName: null,
    render: (found, options) => renderTerminal(buildSuiteComparisonDocument(found), TONES, options),
  },
  { name: 'json', fileName: null, render: (found) => jsonText(found) },
  {
    name: 'md',
    fileName: null,
    render: (found) => renderMarkdown(buildSuiteComparisonDocument(found), MARKS),
  },
  { name: 'html', fileName: null, render: suiteComparisonPage },
];

function suiteComparisonPage(found: SuiteComparison): string {
  const { headline, sections } = buildSuiteComparisonDocument(found);
  const badge = { mark: SIGNS[headline.word], tone: TONES[headline.word] };
  return pageDocument({
    title: `${headline.word}: two suites · relay-bench`,
    plots: [],
    body: html`${pageHead({ kind: 'relay-bench compare', badge, headline, chapters: [] })}
<main>
<h2 class="hidden">Changes</h2>
${sectionsMarkup(sections)}
</main>
<footer>compare --format json has all of it.</footer>`,
  });
}

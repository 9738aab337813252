import type { Suite } from '../../suite/schema.ts';
import { pageDocument } from '../html/document.ts';
import { html } from '../html/markup.ts';
import { pageHead } from '../html/page-parts.ts';
import { sectionsMarkup } from '../html/table.ts';
import { buildSuiteDocument } from './document.ts';

const BADGES = {
  SUITE: { mark: '▦', tone: 'plain' },
  PARTIAL: { mark: '–', tone: 'warn' },
  INVALID: { mark: '!', tone: 'warn' },
} as const;

/** The card of a suite as one HTML file. */
export function suitePage(suite: Suite): string {
  const { headline, sections } = buildSuiteDocument(suite);
  return pageDocument({
    title: `${headline.word}: ${suite.relays.map(({ name }) => name).join(', ')} · relay-bench`,
    plots: [],
    body: html`${pageHead({ kind: 'relay-bench suite', badge: BADGES[headline.word], headline, chapters: [] })}
<main>
<h2 class="hidden">Card</h2>
${sectionsMarkup(sections)}
</main>
<footer>All of it stands in suite.json, and every run in a run.json of its own beside it.</footer>`,
  });
}

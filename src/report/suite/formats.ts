import { jsonText } from '../../record/json-text.ts';
import type { Suite } from '../../suite/schema.ts';
import type { Format } from '../format.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { buildSuiteDocument } from './document.ts';
import { suitePage } from './page.ts';

const TONES = { SUITE: 'good', PARTIAL: 'plain', INVALID: 'warn' } as const;
const MARKS = { SUITE: '▦', PARTIAL: '⏹️', INVALID: '⚠️' } as const;

/** Every format that a suite can be rendered in; the first is the default. */
export const SUITE_FORMATS: readonly Format<Suite>[] = [
  {
    name: 'terminal',
    fileName: null,
    render: (suite, options) => renderTerminal(buildSuiteDocument(suite), TONES, options),
  },
  { name: 'json', fileName: 'suite.json', render: (suite) => jsonText(suite) },
  { name: 'md', fileName: 'suite.md', render: (suite) => renderMarkdown(buildSuiteDocument(suite), MARKS) },
  { name: 'html', fileName: 'suite.html', render: suitePage },
];

import type { Standing } from '../../compare/standing-schema.ts';
import { jsonText } from '../../record/json-text.ts';
import type { Format } from '../format.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { buildStandingDocument } from './standing-document.ts';
import { standingPage } from './standing-page.ts';

const TONES = { VERSUS: 'good', INVALID: 'bad' } as const;
const MARKS = { VERSUS: '⚖️', INVALID: '⚠️' } as const;

/** Every format that relays side by side can be rendered in; the first is the default. */
export const STANDING_FORMATS: readonly Format<Standing>[] = [
  {
    name: 'terminal',
    fileName: null,
    render: (standing, options) => renderTerminal(buildStandingDocument(standing), TONES, options),
  },
  { name: 'json', fileName: 'versus.json', render: (standing) => jsonText(standing) },
  {
    name: 'md',
    fileName: 'versus.md',
    render: (standing) => renderMarkdown(buildStandingDocument(standing), MARKS),
  },
  { name: 'html', fileName: 'versus.html', render: standingPage },
];

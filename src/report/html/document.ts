import { createHash } from 'node:crypto';
import { liveScript, pageStyle, plotAssets } from './assets.ts';
import { type Html, html, join, NO_MARKUP, raw } from './markup.ts';
import type { Plot } from './plot.ts';
import { plotData } from './plot-data.ts';

/** A page before its head is written. */
export interface Page {
  /** Not yet escaped. */
  readonly title: string;
  readonly body: Html;
  /** Every plot whose figure stands in the body and becomes interactive. */
  readonly plots: readonly Plot[];
  /** Whether the page follows a run that goes on: it then asks the server that it came from, and nobody else. */
  readonly isLive?: boolean;
}

/**
 * A whole page as one file that asks nothing of anybody: style, script and data stand in it, and its policy lets the
 * browser load nothing and run nothing but what has the hash of our own text. Readable without script. Only a live page
 * may talk, to its own server.
 */
export function pageDocument({ title, body, plots, isLive = false }: Page): string {
  const assets = plots.length === 0 ? null : plotAssets();
  const style = `${pageStyle()}${assets?.style ?? ''}`;
  const scripts = [
    ...(assets === null ? [] : [assets.library, assets.script]),
    ...(isLive ? [liveScript()] : []),
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy(style, scripts, isLive))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
${body}
${assets === null ? NO_MARKUP : html`<script type="application/json" id="plot-data">${raw(plotData(plots))}</script>`}
${join(
  scripts.map(
    (script) => html`<script>${raw(script)}</script>
`,
  ),
)}</body>
</html>
`;
  return page.markup;
}

/** Inline style and script by their hashes (CSP level 2); everything else is forbidden. */
function policy(style: string, scripts: readonly string[], isLive: boolean): string {
  const scriptSource = scripts.length === 0 ? "'none'" : scripts.map(hashSource).join(' ');
  const connections = isLive ? "; connect-src 'self'" : '';
  return `default-src 'none'; script-src ${scriptSource}; style-src ${hashSource(style)}${connections}; base-uri 'none'; form-action 'none'`;
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

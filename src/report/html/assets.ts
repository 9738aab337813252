import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Files of the package that go into every page. */
const OWN = new URL('../../../assets/report/', import.meta.url);
const require = createRequire(import.meta.url);

/** What makes plots interactive: uPlot with its licence, and the script that feeds it. */
export interface PlotAssets {
  readonly library: string;
  readonly script: string;
  readonly style: string;
}

/** In this order; the last one overrides the others on small screens and on paper. */
const STYLES = ['colours.css', 'page.css', 'tables.css', 'plots.css', 'media.css'];

/** In this order: the last one uses the others. */
const SCRIPTS = ['labels.js', 'keyboard.js', 'plots.js'];

/** The style sheet of a page. */
export function pageStyle(): string {
  return STYLES.map(own).join('\n');
}

/** Read when a page has plots; uPlot is MIT licensed and its notice travels with it. */
export function plotAssets(): PlotAssets {
  const licence = readFileSync(require.resolve('uplot/LICENSE'), 'utf8').trim();
  return {
    library: `/*!\n${licence}\n*/\n${readFileSync(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8')}`,
    script: SCRIPTS.map(own).join('\n'),
    style: readFileSync(require.resolve('uplot/dist/uPlot.min.css'), 'utf8'),
  };
}

/** What makes a page follow the run that it shows. */
export function liveScript(): string {
  return own('live.js');
}

function own(name: string): string {
  return readFileSync(fileURLToPath(new URL(name, OWN)), 'utf8');
}

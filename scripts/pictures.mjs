// Makes the pictures of the README in docs/pictures from the curated examples: the HTML report of reports/example, its head and its plots, and, where it
// exists, the card of reports/example-suite, as a headless Chromium shows them. Look at them before you commit them.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { chromiumOptions } from './chromium.mjs';

const ROOT = new URL('..', import.meta.url).pathname;
const DIRECTORY = `${ROOT}docs/pictures`;
/** Whoever reads the README loads them all. */
const MOST_BYTES = 200_000;
const WIDTH = 1_120;

/** What to show of which page: from the top of an element down to the end of another, at most so high. */
const PICTURES = [
  { name: 'report', page: 'reports/example/report.html', from: 'header', until: '.tiles', mostHigh: 700 },
  {
    name: 'plots',
    page: 'reports/example/report.html',
    from: '#latency',
    until: '.plots figure:nth-child(4) .drawing',
    mostHigh: 900,
  },
  { name: 'suite', page: 'reports/example-suite/suite.html', from: 'header', until: 'main', mostHigh: 884 },
];
const MARGIN = { top: 16, bottom: 4 };

/** Where an element is in a page that is not scrolled. */
async function boxOf(page, selector) {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`the page has no ${selector}`);
  return box;
}

async function take(browser, { name, page: path, from, until, mostHigh }) {
  // So high that all of it is in the window, and nothing is drawn late.
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 4_000 }, colorScheme: 'light' });
  await page.goto(pathToFileURL(`${ROOT}${path}`).href);
  const top = Math.max(0, Math.floor((await boxOf(page, from)).y) - MARGIN.top);
  const last = await boxOf(page, until);
  const height = Math.min(mostHigh, Math.ceil(last.y + last.height) - top + MARGIN.bottom);
  const clip = { x: 0, y: top, width: WIDTH, height };
  const image = await page.screenshot({ clip, animations: 'disabled' });
  await page.close();
  if (image.length > MOST_BYTES)
    throw new Error(`${name}.png would have ${image.length} bytes, more than ${MOST_BYTES}`);
  return image;
}

const browser = await chromium.launch(chromiumOptions());
try {
  mkdirSync(DIRECTORY, { recursive: true });
  for (const picture of PICTURES) {
    if (!existsSync(`${ROOT}${picture.page}`)) {
      console.log(`${picture.name}: there is no ${picture.page} yet`);
      continue;
    }
    const image = await take(browser, picture);
    writeFileSync(`${DIRECTORY}/${picture.name}.png`, image);
    console.log(`docs/pictures/${picture.name}.png: ${image.length} bytes`);
  }
} finally {
  await browser.close();
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { standingOf } from '../../src/compare/standing.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { comparisonPage } from '../../src/report/comparison/page.ts';
import { standingPage } from '../../src/report/comparison/standing-page.ts';
import { reportPage } from '../../src/report/html/report-page.ts';
import { launchBrowser } from '../support/browser.ts';
import { longRecord } from '../support/long-record.ts';
import { sampleFault } from '../support/sample-fault.ts';
import { sampleRecord } from '../support/sample-record.ts';
import { runsOf } from '../support/sample-runs.ts';
import { overprinted, plotTexts, rememberCanvasTexts, type TextBox } from '../support/text-boxes.ts';

let browser: Browser;
let directory = '';

const PAGES: Readonly<Record<string, () => string>> = {
  pass: () => reportPage(sampleRecord('pass')),
  fail: () => reportPage(sampleRecord('fail')),
  invalid: () => reportPage(sampleRecord('invalid')),
  stopped: () => reportPage(sampleRecord('partial')),
  steps: () => reportPage(crowded()),
  versus: () =>
    standingPage(
      standingOf(
        ['strfry', 'mine', 'another'].map((name, at) => ({
          name,
          runs: runsOf(5, 1 + at / 4, 0.02, at + 1),
        })),
        { alpha: 0.05, minEffect: 0.05 },
      ),
    ),
  comparison: () => comparisonPage(compareRuns(runsOf(5, 1, 0.02, 1), runsOf(5, 1.1, 0.02, 2))),
};
const NAMES = Object.keys(PAGES);

/** Five levels, a fault at the edge, and limits on, near and far beyond the data. */
function crowded(): RunRecord {
  const record = longRecord();
  const [gate] = record.gates;
  if (gate === undefined) throw new Error('the sample has a gate');
  const limits = [1, 1.2, 5, 100, 3_000].flatMap((limit) =>
    ['p95', 'p99'].map((aggregation) => ({
      ...gate,
      aggregation,
      limit,
      expression: `ack_latency ${aggregation} < ${limit}ms`,
    })),
  );
  const faults = [30, 32, 300, 600].map((at) => sampleFault({ at, action: 'kill', on: 'primary' }));
  return { ...record, gates: [...record.gates, ...limits], faults };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-layout-'));
  for (const [name, page] of Object.entries(PAGES)) await writeFile(join(directory, `${name}.html`), page());
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(directory, { recursive: true, force: true });
});

async function open(name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_400, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await rememberCanvasTexts(page);
  await page.goto(pathToFileURL(join(directory, `${name}.html`)).href);
  return page;
}

/** Two frames: the observers of sizes have been called and what they draw is drawn. */
function settled(page: Page): Promise<unknown> {
  return page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

const WIDTHS = [390, 768, 1_400];
/** A4 without its margins, in CSS pixels. */
const PAPER_WIDTH = 703;

describe.each(NAMES)('the plots of the %s page', (name) => {
  test('overprint no label on a phone, a tablet, a desktop, zoomed and on paper', async () => {
    const page = await open(name);
    const found: Record<string, readonly string[]> = {};
    const look = async (at: string): Promise<readonly TextBox[]> => {
      await settled(page);
      const texts = await plotTexts(page);
      expect(texts.length, at).toBeGreaterThan(10);
      found[at] = overprinted(texts);
      return texts;
    };
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await look(`${width} px`);
    }
    await zoomSome(page);
    await look('zoomed');
    await page.setViewportSize({ width: PAPER_WIDTH, height: 900 });
    await page.emulateMedia({ media: 'print' });
    await look('paper');
    for (const [at, pairs] of Object.entries(found)) expect(pairs, at).toEqual([]);
  });

  test('overprint no label without script', async () => {
    const page = await open(name, { javaScriptEnabled: false });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      expect(overprinted(await plotTexts(page)), `${width} px`).toEqual([]);
    }
  });
});

/** Drags over the middle of a plot of each kind; those over time share their cursor, not their zoom. */
async function zoomSome(page: Page): Promise<void> {
  for (const id of ['time-ack-latency', 'rates', 'percentiles', 'distribution-0']) {
    const over = page.locator(`#${id} .u-over`);
    if ((await over.count()) === 0) continue;
    await over.scrollIntoViewIfNeeded();
    const box = await over.boundingBox();
    if (box === null) continue;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.3, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, y, { steps: 3 });
    await page.mouse.up();
  }
}

describe('a plot', () => {
  test('keeps its labels where they were after zoom, a click on a line, and a change of size', async () => {
    const page = await open('steps');
    await settled(page);
    const places = async (): Promise<string[]> =>
      (await plotTexts(page))
        .filter(({ plot, text }) => plot === 'time-ack-latency' && /^(level|warm|↑|p9\d )/.test(text))
        .map(({ text, left }) => `${text} at ${Math.round(left)}`)
        .sort();
    const before = await places();
    expect(before.length).toBeGreaterThan(4);
    const over = page.locator('#time-ack-latency .u-over');
    const line = page.locator('#time-ack-latency .u-legend .u-series').nth(1).locator('th');
    await line.click();
    await line.click();
    await over.dblclick();
    await page.setViewportSize({ width: 900, height: 900 });
    await settled(page);
    await page.setViewportSize({ width: 1_400, height: 900 });
    await settled(page);
    expect(await places()).toEqual(before);
  });

  test('moves nothing under the pointer, and shows no values at rest', async () => {
    const page = await open('steps');
    const heights = (): Promise<number[]> =>
      page.$$eval('figure', (all) =>
        all.map((one) => (one as unknown as { offsetHeight: number }).offsetHeight),
      );
    const visible = (): Promise<number> => page.locator('.u-legend .u-value:visible').count();
    await settled(page);
    const before = await heights();
    expect(await visible()).toBe(0);
    await page.locator('#rates .u-over').hover({ position: { x: 120, y: 60 } });
    await expect.poll(visible).toBeGreaterThan(3);
    expect(await heights()).toEqual(before);
  });

  test('shades the warm-up in every plot over time, on a phone too', async () => {
    const page = await open('pass', { viewport: { width: 390, height: 844 } });
    await settled(page);
    const shaded = await page.$$eval('.interactive canvas', (all) =>
      all
        .filter((one) => (one as never as Found).closest('figure').querySelector('rect.warm-up') !== null)
        .map((one) => {
          const canvas = one as never as Found;
          const ratio = canvas.width / canvas.clientWidth;
          const at = (x: number): string =>
            canvas
              .getContext('2d')
              .getImageData(x * ratio, 200 * ratio, 1, 1)
              .data.join();
          return at(63) !== at(200);
        }),
    );
    expect(shaded.length).toBeGreaterThan(3);
    expect(shaded).not.toContain(false);
  });

  test('is read, zoomed and switched by keyboard alone', async () => {
    const page = await open('steps');
    const over = page.locator('#time-ack-latency .u-over');
    await over.focus();
    const text = (): Promise<string | null> => over.getAttribute('aria-valuetext');
    const first = await text();
    for (let step = 0; step < 40; step++) await page.keyboard.press('ArrowRight');
    await expect.poll(text).not.toBe(first);
    expect(await text()).toMatch(/^1:\d\d: max [\d.]+ m?s, p99/);
    await expect.poll(() => page.locator('#time-ack-latency .u-value:visible').count()).toBeGreaterThan(3);
    await page.keyboard.press('+');
    await settled(page);
    const zoomed = (await plotTexts(page)).filter(({ plot }) => plot === 'time-ack-latency');
    await page.keyboard.press('Escape');
    await settled(page);
    const whole = (await plotTexts(page)).filter(({ plot }) => plot === 'time-ack-latency');
    expect(zoomed.map((one) => one.text)).not.toEqual(whole.map((one) => one.text));
    const button = page.locator('#time-ack-latency .u-legend th[role=button]').first();
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await button.getAttribute('aria-pressed')).toBe('false');
  });
});

interface Found {
  readonly width: number;
  readonly clientWidth: number;
  closest(selector: string): { querySelector(selector: string): unknown };
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}

describe.each(NAMES)('axe finds nothing in the %s page', (name) => {
  test('in light and in dark', async () => {
    const page = await open(name, { bypassCSP: true });
    await page.addScriptTag({ content: axe.source });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      expect(found, colorScheme).toEqual([]);
    }
  });
});

test('a run of quick takes at most four sheets of A4', async () => {
  const page = await open('pass');
  const margin = '12mm';
  const pdf = await page.pdf({
    format: 'A4',
    margin: { top: margin, bottom: margin, left: margin, right: margin },
  });
  expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeLessThanOrEqual(4);
});

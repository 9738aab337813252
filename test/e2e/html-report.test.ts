import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { recordToJson } from '../../src/record/write.ts';
import { reportPage } from '../../src/report/html/report-page.ts';
import { launchBrowser } from '../support/browser.ts';
import { eventuallyPasses } from '../support/eventually.ts';
import { longRecord } from '../support/long-record.ts';
import { runCli } from '../support/run-cli.ts';
import { sampleRecord } from '../support/sample-record.ts';

let browser: Browser;
let directory = '';

/** Records whose pages are opened: what succeeds, what fails, what attacks, what lasts long. */
const RECORDS = {
  pass: sampleRecord('pass'),
  fail: sampleRecord('fail'),
  invalid: sampleRecord('invalid'),
  partial: sampleRecord('partial'),
  hostile: sampleRecord('hostile'),
  long: longRecord(),
};
type Name = keyof typeof RECORDS;
const NAMES = Object.keys(RECORDS) as Name[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-html-'));
  for (const name of NAMES) await writeFile(join(directory, `${name}.html`), reportPage(RECORDS[name]));
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(directory, { recursive: true, force: true });
});

/** A page that was opened, and everything that it must not do. */
interface Opened {
  readonly page: Page;
  /** Console messages of the browser, violations of the policy among them, errors of scripts, dialogs. */
  readonly complaints: string[];
  /** Addresses that were asked for, besides the file itself. */
  readonly requests: string[];
}

async function open(name: Name, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  const url = pathToFileURL(join(directory, `${name}.html`)).href;
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, requests };
}

/** For each canvas, how many different colours it holds: an empty one has one. */
function coloursOfCanvases(page: Page): Promise<number[]> {
  return page.$$eval('.interactive canvas', (canvases) =>
    canvases.map((element) => {
      const canvas = element as unknown as CanvasLike;
      const pixels = new Uint32Array(
        canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer,
      );
      return new Set(pixels).size;
    }),
  );
}

interface CanvasLike {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: { buffer: ArrayBuffer } };
  };
}

test('report prints the page of a finished run', async () => {
  const run = join(directory, 'run.json');
  await writeFile(run, recordToJson(RECORDS.pass));
  const { stdout, exitCode } = await runCli(['report', run, '--format', 'html']);
  expect(exitCode).toBe(0);
  expect(stdout).toBe(await readFile(join(directory, 'pass.html'), 'utf8'));
});

describe.each(NAMES)('the page of the %s run in a browser', (name) => {
  test('complains of nothing, asks for nothing, draws every plot and fits a phone', async () => {
    const { page, complaints, requests } = await open(name);
    const figures = await page.locator('figure').count();
    expect(figures).toBeGreaterThan(4);
    const colours = await coloursOfCanvases(page);
    expect(colours).toHaveLength(figures);
    for (const count of colours) expect(count).toBeGreaterThan(3);
    await page.setViewportSize({ width: 390, height: 844 });
    // Drawings follow in a frame of their own.
    await eventuallyPasses(async () =>
      expect(await page.evaluate('document.documentElement.scrollWidth'), 'width on a phone').toBe(390),
    );
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
  });
});

describe('a page in a browser', () => {
  test('is whole without script: drawings, legends and tables', async () => {
    const { page, complaints } = await open('long', { javaScriptEnabled: false });
    const figures = await page.locator('figure').count();
    expect(await page.locator('svg.plot:visible').count()).toBe(figures);
    expect(await page.locator('figure .legend:visible').count()).toBe(figures);
    await page.locator('figure summary').first().click();
    expect(await page.locator('figure table').first().isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('shows hostile text as text', async () => {
    const { page } = await open('hostile');
    expect(await page.locator('main script, main img, [onerror], [onload]').count()).toBe(0);
    expect(await page.locator('main').textContent()).toContain('<img src=x onerror=alert(1)>');
  });

  test('shows the values under the pointer in all plots over time', async () => {
    const { page } = await open('long');
    const plot = page.locator('#time-ack-latency .u-over');
    await plot.hover({ position: { x: 150, y: 80 } });
    const values = page.locator('#time-ack-latency .u-legend .u-value');
    await eventuallyPasses(async () => expect(await values.last().textContent()).toMatch(/ms$/));
    expect(await page.locator('#rates .u-legend .u-value').last().textContent()).toMatch(/\/s$/);
  });

  test('draws in dark where the reader prefers it, and follows a change', async () => {
    const { page } = await open('pass', { colorScheme: 'dark' });
    const background = 'getComputedStyle(document.documentElement).backgroundColor';
    const dark = await page.evaluate(background);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await page.evaluate(background)).not.toBe(dark);
    for (const count of await coloursOfCanvases(page)) expect(count).toBeGreaterThan(3);
  });

  test('puts the drawings on paper, not the interactive plots', async () => {
    const { page } = await open('pass');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('svg.plot:visible').count()).toBe(await page.locator('figure').count());
    expect(await page.locator('.interactive:visible').count()).toBe(0);
  });
});

import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { eventuallyPasses } from '../support/eventually.ts';
import { startCli } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** Opens the page of a run and keeps everything that it must not do, and every document that it was. */
async function open(url: string) {
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  const documents: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url && request.url() !== `${url}events`) elsewhere.push(request.url());
  });
  page.on('response', async (response) => {
    if (response.request().isNavigationRequest()) documents.push(await response.text());
  });
  await page.goto(url);
  return { page, complaints, elsewhere, documents };
}

const lead = (page: Page): Promise<string | null> => page.locator('.lead').first().textContent();

test('run --serve shows the report while the run goes on, and then is the report', async () => {
  const out = await tempDir();
  const running = startCli([
    ...['run', 'quick', '--out', out, '--progress', 'plain', '--serve', '--seed', '5'],
    ...['--duration', '60s', '--warmup', '0s', '--connections', '8', '--format', 'html'],
  ]);
  onTestFinished(() => running.stop());
  await running.until(/live report at http:\S+/);
  const [, url = ''] = /live report at (http:\S+)/.exec(running.stderr()) ?? [];
  const { origin } = new URL(url);
  for (const path of ['/', '/0123456789abcdef0123456789abcdef/', '/report.html'])
    expect((await fetch(origin + path)).status, path).toBe(404);

  const { page, complaints, elsewhere, documents } = await open(url);
  // What stays in the page while the run goes on: it was not loaded again.
  await page.evaluate('globalThis.isSamePage = true');
  await eventuallyPasses(async () => {
    expect(await page.locator('.badge').textContent()).toBe('● RUNNING');
    expect(await page.locator('#time-ack-latency svg.plot').count()).toBe(1);
    expect(await lead(page)).toMatch(/ of 1m 00s; /);
  });
  expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
  // What the reader unfolds stays unfolded while the figures change.
  await page.locator('#time-ack-latency summary').click();
  const before = await lead(page);
  await eventuallyPasses(async () => expect(await lead(page)).not.toBe(before));
  expect(await page.title()).toMatch(/^RUNNING: quick/);
  expect(await page.locator('#time-ack-latency details[open]').count()).toBe(1);
  expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY');

  // Whatever ends the run, what it has measured is its report.
  running.child.kill('SIGINT');
  const { exitCode } = await running.result;
  expect(exitCode).toBe(130);
  const file = await readFile(`${out}/report.html`, 'utf8');
  await eventuallyPasses(async () => expect(await page.locator('.badge').textContent()).toBe('■ STOPPED'));
  // The run is over and its server gone: the page is whole all the same, and the same as the file.
  await expect(fetch(url)).rejects.toThrow();
  expect(documents).toHaveLength(2);
  expect(documents[1] === file, 'the page is the file').toBe(true);
  await eventuallyPasses(async () =>
    expect(await page.locator('.interactive canvas').count()).toBe(await page.locator('figure').count()),
  );
  expect(complaints).toEqual([]);
  expect(elsewhere).toEqual([]);
});

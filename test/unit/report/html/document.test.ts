import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pageDocument } from '../../../../src/report/html/document.ts';
import { figureMarkup } from '../../../../src/report/html/figure.ts';
import { html } from '../../../../src/report/html/markup.ts';
import type { Plot } from '../../../../src/report/html/plot.ts';

const plot: Plot = {
  id: 'p',
  title: 'p',
  x: { label: 'x', unit: 's' },
  y: { label: 'y', unit: 'count' },
  series: [
    {
      label: '</script><script>alert(1)</script>',
      ink: 1,
      points: [
        [0, 1],
        [1, 2],
      ],
    },
  ],
};
const page = pageDocument({ title: 'a < b', body: html`${figureMarkup(plot)}`, plots: [plot] });
const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const contents = (element: string): string[] =>
  [...page.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, 'g'))].map((match) => match[1] ?? '');

describe('a page', () => {
  it('forbids everything but its own style and scripts, by their hashes', () => {
    expect(policy).toContain("default-src 'none'");
    expect(contents('script')).toHaveLength(2);
    for (const text of [...contents('script'), ...contents('style')]) expect(policy).toContain(hash(text));
    expect(policy).not.toMatch(/unsafe|https?:|\*|connect-src/);
  });

  it('has no attribute of style or event, which its policy would forbid', () => {
    expect(page.replace(/<(script|style)[\s\S]*?<\/\1>/g, '')).not.toMatch(/<[^>]*\s(style|on\w+)=/i);
  });

  it('names no address that a browser would load', () => {
    expect(page).not.toMatch(/\b(src|href)="(?!#)|@import|url\(/);
  });

  it('carries the licence of the plot library', () => {
    expect(page).toContain('The MIT License (MIT)');
  });

  it('carries no script where it has no plot', () => {
    const plain = pageDocument({ title: 'x', body: html`<p>x</p>`, plots: [] });
    expect(plain).not.toContain('<script');
    expect(plain).toContain("script-src 'none'");
  });

  it('escapes its title and the labels in its data', () => {
    expect(page).toContain('<title>a &lt; b</title>');
    expect(page).not.toContain('alert(1)</script>');
  });
});

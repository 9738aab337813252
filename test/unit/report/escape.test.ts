import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownCellCode, markdownCode, markdownText, markup, visible } from '../../../src/report/escape.ts';

describe('visible', () => {
  it.each([
    ['plain text, ünïcode and 🤙', 'plain text, ünïcode and 🤙'],
    ['\u001b[31mred', '\\x1b[31mred'],
    ['\u009b2J', '\\x9b2J'],
    ['a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['\u2028', '\\u{2028}'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}', '\\u{e0041}'],
  ])('shows %j as %s', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('cuts long texts, by characters and not within one', () => {
    expect(visible('🤙'.repeat(10), 4)).toBe('🤙🤙🤙…');
    expect(visible('abcd', 4)).toBe('abcd');
  });

  it('leaves no control character of any text', () => {
    const codePoints = fc.array(fc.oneof(fc.nat(0x10ffff), fc.nat(0x2100)), { maxLength: 300 });
    const harmful = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
    fc.assert(fc.property(codePoints, (points) => !harmful.test(visible(String.fromCodePoint(...points)))));
  });
});

describe('markdownText', () => {
  it.each([
    ['**bold** _x_', '\\*\\*bold\\*\\* \\_x\\_'],
    ['<img src=x>', '&lt;img src=x&gt;'],
    ['[a](javascript:1)', '\\[a\\](javascript:1)'],
    ['$x$ and ~y~', '&#36;x&#36; and \\~y\\~'],
    ['@everyone', '&#64;everyone'],
    ['https://evil.example', 'https&#58;//evil.example'],
    ['www.evil.example', 'www&#46;evil.example'],
    ['a | b', 'a \\| b'],
    ['a\n# b', 'a\\\\n\\# b'],
  ])('writes %j as %s', (text, escaped) => {
    expect(markdownText(text)).toBe(escaped);
  });
});

describe('markdownCode', () => {
  it.each([
    ['blocked', '`blocked`'],
    ['a|b', '`a|b`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['``x', '``` ``x ```'],
    ['', '`  `'],
    ['<b>@all', '`<b>@all`'],
  ])('writes %j as %s', (text, code) => {
    expect(markdownCode(text)).toBe(code);
  });
});

describe('markdownCellCode', () => {
  it('keeps a bar from ending the cell', () => {
    expect(markdownCellCode('a|b')).toBe('`a\\|b`');
  });
});

describe('markup', () => {
  it('escapes everything that has a meaning in HTML and XML', () => {
    expect(markup(`<a href="x" title='y'>&\u0000`)).toBe(
      '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;\\x00',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { html, jsonBlock, preformatted, raw } from '../../../../src/report/html/markup.ts';

describe('a template', () => {
  it('escapes texts and takes over markup', () => {
    expect(html`<p title="${'"><b>'}">${'a < b & c'}${raw('<i>')}</p>`.markup).toBe(
      '<p title="&quot;&gt;&lt;b&gt;">a &lt; b &amp; c<i></p>',
    );
  });

  it('joins lists and leaves out null', () => {
    expect(html`<ul>${['a', '<'].map((one) => html`<li>${one}</li>`)}</ul>${null}`.markup).toBe(
      '<ul><li>a</li><li>&lt;</li></ul>',
    );
  });

  it('shows characters that hide or act', () => {
    expect(html`${'\u202egnp.exe\u001b[31m'}`.markup).toBe('\\u{202e}gnp.exe\\x1b[31m');
  });
});

describe('preformatted text', () => {
  it('keeps its lines and is escaped', () => {
    expect(preformatted('{\n  "a": "<b>"\n}', 100).markup).toBe(
      '{\n  &quot;a&quot;: &quot;&lt;b&gt;&quot;\n}',
    );
  });

  it('is cut where it is too long, and says so', () => {
    expect(preformatted('abcdef', 3).markup).toBe('abc\n…');
  });
});

describe('a JSON block', () => {
  it('can neither end its script element nor begin a comment', () => {
    const text = jsonBlock({ a: '</script><!--', b: '\u2028&' });
    expect(text).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(text)).toEqual({ a: '</script><!--', b: '\u2028&' });
  });
});

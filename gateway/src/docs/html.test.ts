import fc from 'fast-check';
import { expect, it } from 'vitest';
import { html } from './html.ts';

it('escapes whatever is put into it, and nothing that is HTML already', () => {
  const inner = html`<b>${'a < b & "c"'}</b>`;
  expect(html`<p title="${"it's"}">${inner}${[1, inner]}${false}${undefined}</p>`.text).toBe(
    '<p title="it&#39;s"><b>a &lt; b &amp; &quot;c&quot;</b>1<b>a &lt; b &amp; &quot;c&quot;</b></p>',
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(html`${text}`.text).not.toMatch(/[<>"']/);
    }),
  );
});

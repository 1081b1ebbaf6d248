import { html } from './html.ts';
import type { Html, HtmlPart } from './html.ts';

export interface Crumb {
  readonly text: string;
  readonly href: string;
}

/** A whole page. */
export function layout(title: string, crumbs: readonly Crumb[], body: HtmlPart): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Takt</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <nav>${crumbs.map(({ text, href }) => html`<a href="${href}">${text}</a> <span>/</span> `)}<b>${title}</b></nav>
        <main>${body}</main>
      </body>
    </html> `.text;
}

const style: Html = html`
  :root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #0a6cc4; --warn: #b45309; } @media
  (prefers-color-scheme: dark) { :root { --accent: #6cb6ff; --warn: #f0b04a; } } body { font: 16px/1.5 system-ui,
  sans-serif; margin: 0; } nav { padding: .6rem 1.2rem; border-bottom: 1px solid var(--line); } nav span { opacity: .5;
  } main { max-width: 62rem; margin: 0 auto; padding: 1rem 1.2rem 4rem; } a { color: var(--accent); text-decoration:
  none; } a:hover { text-decoration: underline; } table { border-collapse: collapse; width: 100%; } td, th { text-align:
  left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); } code, pre { font: 14px/1.45
  ui-monospace, monospace; } pre { background: var(--soft); padding: .8rem; overflow: auto; border-radius: 6px; } .note
  { border-left: 4px solid var(--warn); padding: .4rem .8rem; background: var(--soft); } .warn { color: var(--warn); }
  td p { margin: 0 0 .3rem; } .quiet { opacity: .7; } .map { width: 100%; height: auto; } .map path { fill: none;
  stroke: var(--line); stroke-width: 1.5; } .map rect { fill: Canvas; stroke: var(--accent); } .map text { fill:
  currentColor; font-size: 12px; text-anchor: middle; } .map .domain { font-weight: 600; font-size: 14px; } ul.columns {
  columns: 3 14rem; padding-left: 1.1rem; }
`;

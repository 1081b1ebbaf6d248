import type { EventSchema } from './content.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

export function eventsPage(events: ReadonlyMap<string, EventSchema>, base: string): Html {
  return html`<h1>Events</h1>
    <p>
      What happens in the domains is written to their logs as CloudEvents, one JSON Schema a type and version. A version
      only ever gains optional data; what is more than that becomes a new version beside it.
    </p>
    <ul class="columns">
      ${[...events.keys()].map((name) => html`<li><a href="${base}/events/${name}">${name}</a></li>`)}
    </ul>`;
}

export function eventPage(name: string, { description, properties, ...schema }: EventSchema): Html {
  return html`<h1>${name}</h1>
    ${description !== undefined && html`<p>${description}</p>`}
    <h2>Data</h2>
    <pre>${JSON.stringify(properties.data ?? {}, undefined, 2)}</pre>
    <details>
      <summary>The whole schema</summary>
      <pre>${JSON.stringify({ ...schema, properties }, undefined, 2)}</pre>
    </details>`;
}

import type { Lifecycle, Release } from '@takt/gateway';
import { type ChangedElement, type ContractChanges, contractChanges } from './contract-changes.ts';
import { exampleQuery } from './example-queries.ts';
import { ownerOf } from './schema-coordinates.ts';

/** A release and the one before it. */
export interface ReleasedChange {
  readonly release: Release;
  /** As its consumers see it. */
  readonly sdl: string;
  readonly previous: { readonly release: Release; readonly sdl: string } | undefined;
  readonly lives: ReadonlyMap<string, Lifecycle>;
  /** Names of event schemas, e.g. `StockMoved.v2`, that the release before did not have. */
  readonly newEvents: readonly string[];
}

/** What a release is to its consumers, in Markdown: what they have to do first, what they may use last. */
export async function changelog(change: ReleasedChange): Promise<string> {
  const { release, previous, newEvents } = change;
  const intro = [`# ${release.version}`, `Released on ${release.released}. ${howToAsk(release.version)}`];
  if (!previous) return joined([...intro, 'The first version. Everything in it is new.']);
  const { version, sunset } = previous.release;
  const stays = sunset === undefined ? 'stays' : `is served until ${sunset}`;
  const changes = await contractChanges(previous.sdl, change.sdl, change.lives);
  const sections = [
    section(
      'Gone: what you have to change',
      changes.gone.map((each) => goneText(each, changes)),
    ),
    section('Values that are called otherwise', changes.renamedValues.map(renamedValueText(version))),
    section('Other changes', changes.other.map(capitalised)),
    section(
      'Deprecated: change it before it goes',
      changes.deprecated.map((each) => deprecatedText(each, changes)),
    ),
    section('New', changes.added.map(addedText)),
    section(
      'New events',
      newEvents.map((name) => `\`${name}\`, described by \`schema/events/${name}.json\`.`),
    ),
  ];
  const told = sections.flat();
  const nothing = told.length === 0 ? ['It shows the same as the version before.'] : [];
  return joined([...intro, `It follows ${version}, which ${stays}.`, ...told, ...nothing]);
}

function howToAsk(version: string): string {
  return `Ask for it at \`/graphql/${version}\`, or by the header \`Takt-Contract: ${version}\`.`;
}

function section(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : [`## ${title}`, entries.map((entry) => `- ${entry}`).join('\n')];
}

function goneText(element: ChangedElement, changes: ContractChanges): string {
  return `${told(element)}${example(element, changes)}`;
}

function deprecatedText(element: ChangedElement, changes: ContractChanges): string {
  const goes = element.removed === undefined ? 'no date yet' : `gone in ${element.removed}`;
  return `${told(element, ` (${goes})`)}${example(element, changes)}`;
}

function told({ coordinate, reason, replacement, replacementComesIn }: ChangedElement, when = ''): string {
  const instead = replacement === undefined ? [] : [insteadOf(coordinate, replacement, replacementComesIn)];
  const why = reason === undefined ? [] : [sentence(reason)];
  return `\`${coordinate}\`${when}: ${[...instead, ...why].join(' ') || 'nothing takes its place.'}`;
}

/** A replacement in another type has gathered what was beside others before. */
function insteadOf(coordinate: string, replacement: string, comesIn: string | undefined): string {
  if (comesIn !== undefined) return `use \`${replacement}\` from ${comesIn} on.`;
  const [from, to] = [ownerOf(coordinate), ownerOf(replacement)];
  if (from !== undefined && to !== undefined && from !== to)
    return `it is gathered in \`${to}\` now: use \`${replacement}\`.`;
  return `use \`${replacement}\` instead.`;
}

function renamedValueText(before: string) {
  return ({ enumName, was, is }: ContractChanges['renamedValues'][number]) =>
    `\`${enumName}.${was}\` is \`${is}\` from now on; who asks for ${before} goes on reading \`${was}\`. As an input both are taken.`;
}

function addedText({ coordinate, description }: ChangedElement): string {
  return description === undefined ? `\`${coordinate}\`` : `\`${coordinate}\`: ${sentence(description)}`;
}

function example({ coordinate, replacement }: ChangedElement, { before, after }: ContractChanges): string {
  if (replacement === undefined) return '';
  const asked = exampleQuery(before, coordinate);
  const asksNow = exampleQuery(after, replacement, ownerOf(coordinate));
  if (asked === undefined || asksNow === undefined) return '';
  return `\n\n${indented(`Before:\n\n\`\`\`graphql\n${asked}\n\`\`\`\n\nNow:\n\n\`\`\`graphql\n${asksNow}\n\`\`\``)}\n`;
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

function sentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function capitalised(text: string): string {
  return sentence(text.charAt(0).toUpperCase() + text.slice(1));
}

function joined(blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}

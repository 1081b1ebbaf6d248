/** What the graph says of fields and arguments that many of its types have. */
export const FILTER =
  'Every condition must hold; a list means any of its values; what is absent or null does not matter.';
export const ORDER_BY =
  'What comes first; unless given, the order that the description of the list says, or that of ids.';
export const COMMAND_INPUT = 'What the command is about, and what it says.';
export const AFTER_CURSOR =
  'Cursor of the last change that was received: what came since is told first. Unless given, only what comes from now on.';
export const PLANT = 'Code of a location: only what concerns it. Unless given, all.';
export const SKU = 'Stock keeping unit: what the product is called throughout the graph.';
export const LOCATION_CODE = 'Code of the location.';
export const REVISION = 'Grows by one with each change; give it as `expectedRevision` of a command.';
export const PROVENANCE = 'Which system it comes from, as of when, and whether it can still be relied on.';

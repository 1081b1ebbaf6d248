/** What is looked at before a change of the graph is merged, in the order of the report. */
export const CHECKS = [
  'composition',
  'lifecycle',
  'audiences',
  'generated files',
  'released versions',
  'breaking changes',
  'recorded operations',
  'style',
  'ownership',
  'event schemas',
] as const;

export type Check = (typeof CHECKS)[number];

/** Something that stands in the way of a merge or a release (`error`), or that somebody should know (`warning`). */
export interface Finding {
  readonly check: Check;
  readonly severity: 'error' | 'warning';
  /** A file and line, a coordinate of the graph, a client’s operation. */
  readonly where: string;
  readonly message: string;
  readonly whatToDo: string;
}

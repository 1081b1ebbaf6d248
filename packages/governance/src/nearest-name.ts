/** The name that it takes the fewest letters to make of another: added, left out or replaced. Undefined if there is none. */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  let nearest: { readonly name: string; readonly distance: number } | undefined;
  for (const other of names) {
    const distance = editDistance(name, other);
    if (!nearest || distance < nearest.distance) nearest = { name: other, distance };
  }
  return nearest?.name;
}

/** By Levenshtein, a row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: Array.from(to).length + 1 }, (_, column) => column);
  for (const [line, letter] of Array.from(from).entries()) {
    const above = row;
    row = [line + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const [corner = 0, over = 0, left = 0] = [above[column], above[column + 1], row[column]];
      row.push(Math.min(corner + (letter === other ? 0 : 1), over + 1, left + 1));
    }
  }
  return row.at(-1) ?? 0;
}

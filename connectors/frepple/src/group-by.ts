/** The members by key, in their order; those without a key are left out. */
export function groupBy<Member>(
  members: Iterable<Member>,
  key: (member: Member) => string | undefined,
): Map<string, Member[]> {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const name = key(member);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [member]);
    else group.push(member);
  }
  return groups;
}
